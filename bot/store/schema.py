"""The tables, as migrations. Append only: a migration that was released never changes."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("dealwire")


@migrations()
def m001_first_tables(db: Database) -> None:
    db.executescript(
        """
        create table feeds (
            name text primary key,
            url text not null,
            next_poll text,            -- UTC; null: never again (the host said 410 Gone)
            first_polled_at text,
            succeeded_at text,
            new_story_at text,
            etag text not null default '',
            last_modified text not null default '',
            body_hash text not null default '',
            errors integer not null default 0,
            error text not null default ''
        ) strict;
        create index feeds_due on feeds (next_poll);

        -- id = day of the first report * 100000 + number of that day: order is date
        create table deals (
            id integer primary key,
            kind text not null,
            status text not null,
            layer text,
            currency text,
            usd integer,               -- what the amount is in US dollars, for comparing
            announced text not null,
            updated text not null,
            record text not null       -- the whole deal as JSON; the columns above are for search
        ) strict;
        create index deals_by_amount on deals (usd desc, id desc);

        -- a deal is found again by the first word of any of its parties
        create table deal_parties (
            word text not null,
            deal integer not null references deals (id),
            primary key (word, deal)
        ) strict, without rowid;
        create index deal_parties_by_deal on deal_parties (deal);

        -- texts come normalized, so that plain blanks part the words
        create virtual table deals_text using fts5 (payers, recipients, rest, tokenize = 'ascii');

        -- every story ever seen, with what was made of it
        create table stories (
            id text primary key,
            url text not null,
            source text not null,
            title text not null,
            text text not null,
            feed text not null,
            published text,
            seen_at text not null,
            deal integer references deals (id),
            reason text,               -- why it was put aside; null when it tells of a deal
            score real not null,
            why text not null          -- JSON list: the words that decided
        ) strict;
        create index stories_by_url on stories (url) where url != '';
        create index stories_aside on stories (seen_at) where deal is null;

        create table outbox (
            id integer primary key,
            key text not null,         -- what makes the alert one of a kind
            channel text not null,
            deal integer not null references deals (id),
            news text not null,
            alert text not null,       -- JSON
            state text not null check (state in ('waiting', 'sent', 'refused')),
            queued_at text not null,
            send_at text not null,     -- not before
            sent_at text,
            attempts integer not null default 0,
            reason text not null default '',
            unique (key, channel)
        ) strict;
        create index outbox_waiting on outbox (channel, id) where state = 'waiting';
        create index outbox_by_deal on outbox (deal);

        -- where a deal's card hangs in a channel
        create table places (
            deal integer not null references deals (id),
            channel text not null,
            address text not null,
            message text not null,
            primary key (deal, channel)
        ) strict, without rowid;
        """
    )


@migrations()
def m002_language_model(db: Database) -> None:
    db.executescript(
        """
        -- what a language model answered, by a hash of the question
        create table llm_answers (
            key text primary key,
            answer text not null,
            at text not null
        ) strict, without rowid;

        -- what it was asked and what that cost, for the caps
        create table llm_days (
            day text primary key,
            requests integer not null,
            tokens integer not null
        ) strict, without rowid;
        """
    )


@migrations()
def m003_subscriptions(db: Database) -> None:
    db.executescript(
        """
        -- what channels and people asked in chat to hear of
        create table subscriptions (
            id integer primary key autoincrement,   -- never used again: people type it
            service text not null,
            address text not null,     -- the channel's id; the person's own for a watch
            query text not null,
            made_by text not null,
            made_at text not null,
            unique (service, address, query)
        ) strict;

        -- what was said in chat about a channel's hours; null: as channels.toml has it
        create table channel_hours (
            service text not null,
            address text not null,
            quiet text,
            timezone text,
            digest text,
            primary key (service, address)
        ) strict, without rowid;

        create index outbox_told on outbox (channel, sent_at)
            where news = 'new' and state = 'sent';
        """
    )


@migrations()
def m004_corrections(db: Database) -> None:
    db.executescript(
        """
        -- what people said about deals; undoing is a mark, no row is ever deleted
        create table corrections (
            id integer primary key,
            kind text not null check (kind in ('reject', 'fix', 'merge', 'split')),
            deal integer not null references deals (id),
            other integer references deals (id),   -- a merge's survivor, a split's new deal
            request text unique,       -- the chat service's id of the order; null without one
            made text not null,
            undone text,               -- null while it holds
            record text not null       -- the whole correction as JSON
        ) strict;
        create index corrections_by_deal on corrections (deal);
        create index corrections_by_other on corrections (other) where other is not null;

        -- 1 for what people said is no deal, or the same as another: no look-up shows it
        alter table deals add column hidden integer not null default 0;
        """
    )
