"""The nouns of the bot, as frozen data: Feed → Story → Claim → Deal → Alert → Delivery. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

_NO_TIME = datetime.min.replace(tzinfo=UTC)


class Kind(StrEnum):
    """What changes hands. Source: docs/domain.md, "Kinds"."""

    EQUITY = "equity"  #: shares bought: strategic stake or funding round
    ACQUISITION = "acquisition"  #: control of a company, or purchase of assets
    DEBT = "debt"  #: loan, bonds, credit facility, project finance
    SUPPLY = "supply"  #: contract to buy or lease compute, chips, capacity or power
    BUILDOUT = "buildout"  #: a company or government commits its own capital to build
    VENTURE = "venture"  #: joint venture, fund or consortium formed


class Status(StrEnum):
    """How far a deal has come; it only moves forward."""

    RUMORED = "rumored"  #: talks, sources say, considering
    ANNOUNCED = "announced"  #: agreed, signed, committed
    COMPLETED = "completed"  #: closed, finalised
    CANCELLED = "cancelled"  #: called off, lapsed, paused, on ice


class Qualifier(StrEnum):
    """How an amount is meant: "up to" is not "exactly"."""

    EXACT = "exact"
    UP_TO = "up_to"
    AT_LEAST = "at_least"
    ABOUT = "about"


class Layer(StrEnum):
    """Which part of AI infrastructure the money goes to."""

    CHIPS = "chips"
    COMPUTE = "compute"
    DATACENTER = "datacenter"
    NETWORKING = "networking"
    POWER = "power"
    MODELS = "models"


class Reason(StrEnum):
    """Why a story was put aside."""

    PRICE_MOVE = "price_move"
    EARNINGS = "earnings"
    OPINION = "opinion"
    EXPLAINER = "explainer"
    PRODUCT = "product"
    POLICY = "policy"
    LEGAL = "legal"
    PEOPLE = "people"
    OUT_OF_SCOPE_DEAL = "out_of_scope_deal"
    ROUNDUP = "roundup"
    LANGUAGE = "language"  #: not in English
    UNREADABLE = "unreadable"  #: reading it failed or took too long
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount as a story states it."""

    amount: int  #: whole units of ``currency``: 2_500_000_000, never 2.5
    currency: str = "USD"  #: ISO 4217
    qualifier: Qualifier = Qualifier.EXACT
    per: str = ""  #: "year", "month", … of a rate, as in "$30bn a year"; "" of a whole

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise ValueError(f"amount must be positive, got {self.amount}")


@dataclass(frozen=True, slots=True)
class Feed:
    """One source of stories, as config/feeds.toml lists it."""

    name: str  #: unique; used in logs, tables and commands
    url: str
    every_min: int = 30  #: minutes between polls, before the host's wishes are heard
    enabled: bool = True
    currency: str = "USD"  #: what a bare "$" means on this site, ISO 4217
    full_text: bool = False  #: fetch the article of a story that looks like a deal and is short


@dataclass(frozen=True, slots=True)
class FeedState:
    """What we remember of a feed between polls."""

    name: str
    url: str
    next_poll: datetime | None = None  #: UTC; None when it is never polled again (410)
    first_polled_at: datetime | None = None  #: None until a first poll brought a feed
    succeeded_at: datetime | None = None
    new_story_at: datetime | None = None  #: when a poll last brought a story not seen before
    etag: str = ""
    last_modified: str = ""  #: as the host wrote it
    body_hash: str = ""
    errors: int = 0  #: failures in a row
    error: str = ""  #: the last one, in words


@dataclass(frozen=True, slots=True)
class Story:
    """One news item, as a feed gave it."""

    id: str  #: unique: the archive's id, or a hash of the canonical URL
    url: str  #: canonical: no tracking parameters, no fragment; "" when the item had none
    source: str  #: the publisher's name
    title: str  #: plain text, no markup
    text: str = ""  #: summary, lead or body as plain text; may be empty
    published: datetime | None = None  #: UTC; None when the feed did not say, or absurdly
    feed: str = ""  #: name of the feed that brought it
    dollar: str = "USD"  #: what a bare "$" means on this site, ISO 4217


@dataclass(frozen=True, slots=True)
class Claim:
    """What one story says about one deal. Nothing in it that the story does not say."""

    story_id: str
    said_at: datetime  #: when the story was published (or first seen), UTC
    kind: Kind
    status: Status
    payers: tuple[str, ...] = ()  #: canonical names of who invests, buys, lends, commits
    recipients: tuple[str, ...] = ()  #: who gets the money, is bought, borrows, supplies, hosts
    money: Money | None = None  #: the deal's size; None when the story does not say
    valuation: Money | None = None  #: what the company is worth: never the deal's size
    stake_pct: float | None = None  #: percent of the company, 0..100
    capacity_mw: float | None = None  #: megawatts: 6 GW is 6000
    term_years: float | None = None  #: how long the contract or loan runs, or the work takes
    round: str | None = None  #: "Series C"
    layer: Layer | None = None
    binding: bool | None = None  #: False for letters of intent, memoranda; None when not said
    evidence: Mapping[str, str] = field(default_factory=dict)  #: field name → sentence
    lead: tuple[str, ...] = ()  #: the first whole sentences of the text, without a dateline


@dataclass(frozen=True, slots=True)
class Verdict:
    """What reading one story came to: a claim, or the reason it was put aside."""

    story: Story
    claim: Claim | None = None
    reason: Reason | None = None  #: set exactly when ``claim`` is None
    score: float = 0.0  #: how sure we are that it is a deal, 0..1
    why: tuple[str, ...] = ()  #: the words and features that decided, strongest first


@dataclass(frozen=True, slots=True)
class Aside:
    """A story that was put aside, as people look it up."""

    title: str
    source: str
    url: str
    reason: str
    score: float  #: how sure we were that it is a deal, 0..1
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One story that reports a deal, with what it claimed."""

    story_id: str
    url: str
    publisher: str
    title: str
    claim: Claim
    score: float = 1.0  #: how sure reading was that the story tells of a deal, 0..1

    @property
    def said_at(self) -> datetime:
        """Return when the story was published (or first seen), UTC."""
        return self.claim.said_at


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a deal that a story changed."""

    field: str  #: "status", "money", "payers", …; "new" for a first sighting
    old: str  #: as shown to people; "" when there was none
    new: str
    story_id: str  #: or the correction's name
    at: datetime  #: when the story, or the person, said so, UTC
    by: str = ""  #: the Slack id of the person who said so; "" for a story


class CorrectionKind(StrEnum):
    """What people can do about a deal that is wrong."""

    REJECT = "reject"  #: it is no deal
    FIX = "fix"  #: some of its facts are others
    MERGE = "merge"  #: it is the same as another
    SPLIT = "split"  #: some of its sources tell of another


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody said about a deal: durable, and undone by a mark, never by forgetting."""

    kind: CorrectionKind
    deal_id: str  #: for a merge the later deal, which ends in ``other``
    by: str  #: the service's id of who said so
    facts: Mapping[str, str] = field(default_factory=dict)  #: of a fix, as deals/facts.py writes
    reason: Reason | None = None  #: of a rejection
    other: str = ""  #: the deal that a merge ends in, or that a split made
    stories: tuple[str, ...] = ()  #: ids of the stories that a split took out
    request: str = ""  #: the chat service's own id of the order, so that none is taken twice
    id: int = 0  #: 0 until it is stored
    made: datetime = _NO_TIME  #: UTC; of no meaning until it is stored
    undone: datetime | None = None  #: UTC; None while it holds
    undone_by: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """What people's corrections make of a deal: it beats whatever its sources say."""

    facts: Mapping[str, str] = field(default_factory=dict)  #: as deals/facts.py writes them
    who: Mapping[str, str] = field(default_factory=dict)  #: fact → who said so
    reason: Reason | None = None  #: why it is no deal; None while it is one
    merged_into: str = ""  #: id of the deal that it is the same as, as people or stories showed
    parts: tuple[str, ...] = ()  #: ids of the deals that ended in this one
    last: int = 0  #: number of the newest correction that holds; 0 without any
    by: str = ""  #: who made that one


@dataclass(frozen=True, slots=True)
class Deal:
    """What we believe about one real-world transaction, from all its sources."""

    id: str  #: "20251028-1": the day it was first reported, then a number
    kind: Kind
    status: Status
    payers: tuple[str, ...]
    recipients: tuple[str, ...]
    money: Money | None
    valuation: Money | None
    stake_pct: float | None
    capacity_mw: float | None
    round: str | None
    layer: Layer | None
    binding: bool | None
    announced: datetime  #: first report, UTC; dates the deal for life
    updated: datetime  #: last report that changed something, UTC
    sources: tuple[Source, ...]  #: oldest first
    evidence: Mapping[str, tuple[str, str]]  #: field → (sentence, story id)
    history: tuple[Change, ...] = ()  #: oldest first
    usd: int | None = None  #: what ``money`` is in US dollars, for comparing and sorting
    term_years: float | None = None
    linked: tuple[str, ...] = ()  #: ids of deals that may be the same, or follow from this one
    override: Override = field(default_factory=Override)

    @property
    def hidden(self) -> bool:
        """Say whether people took it out of sight: it is no deal, or the same as another."""
        return bool(self.override.reason or self.override.merged_into)


class News(StrEnum):
    """What an alert tells."""

    NEW = "new"  #: a deal first seen: a card
    SOURCE = "source"  #: one more outlet reports it: a silent reply, count raised
    CHANGE = "change"  #: status, amount or parties changed: edit, reply, broadcast
    CORRECTION = "correction"  #: a person corrected it: edit, silent reply


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing people should hear about a deal."""

    news: News
    deal_id: str
    story_id: str  #: the story that brought it, or the name of the correction
    headline: str  #: the notification line: says it all by itself
    changes: tuple[Change, ...] = ()

    @property
    def key(self) -> str:
        """Return what makes this alert one of a kind: it is never queued twice."""
        return f"{self.deal_id}/{self.news}/{self.story_id}"


@dataclass(frozen=True, slots=True)
class Channel:
    """A place that gets alerts, as config/channels.toml lists it."""

    name: str  #: unique; used in logs and in the outbox
    service: str  #: "slack", "telegram" or "console"
    address: str = ""  #: Slack channel id (C…), Telegram chat id (-100…)
    query: str = ""  #: only deals that match this look-up; empty hears all
    broadcast: bool = True  #: changes are shown in the channel, not in the thread alone
    quiet: str = ""  #: hours in which alerts wait: "22:00-07:00"
    timezone: str = "UTC"  #: of ``quiet`` and ``digest``: an IANA name
    digest: str = ""  #: when briefs replace cards: "daily 08:00", "weekly mon 08:00"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One look-up that a channel, or a person, asked in chat to hear of."""

    service: str  #: "slack" or "telegram"
    address: str  #: the channel's id; the person's own id for a personal watch
    query: str  #: as typed; empty hears all
    made_by: str  #: the service's id of who asked
    made_at: datetime  #: UTC
    id: int = 0  #: for life, so that no list that changed meanwhile removes another one


@dataclass(frozen=True, slots=True)
class Hours:
    """What was said in chat about a channel's hours; None is as channels.toml has it."""

    quiet: str | None = None  #: "" is off
    timezone: str | None = None
    digest: str | None = None  #: "" is off


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the bot is, as people are told."""

    since: datetime | None  #: when it was started, UTC
    feeds: int  #: that are on
    failing: tuple[str, ...]  #: names of those whose last poll failed
    new_story_at: datetime | None  #: when a poll last brought a story not seen before
    waiting: int  #: messages that have still to go out


@dataclass(frozen=True, slots=True)
class Place:
    """Where a deal's card hangs, so that it can be edited and answered for life."""

    channel: str  #: the channel's name
    address: str  #: the service's own id of the channel that took the message
    message: str  #: Slack ts, Telegram message id


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert on its way to one channel: a row of the outbox."""

    id: int
    alert: Alert
    channel: str
    queued_at: datetime  #: UTC
    send_at: datetime  #: UTC; not before
    attempts: int = 0
