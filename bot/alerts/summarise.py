"""A deal in the words people read: headline, sentences, facts, follow-ups. Pure.

Everything here is composed from the deal's merged facts: nothing is said that no source said.
Escaping is left to the chat service's own writer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.deals.correct import standing
from bot.deals.words import list_text, money_text, percent_text, power_text, term_text
from bot.model import Alert, Change, Deal, Kind, Layer, Money, News, Override, Source, Status
from bot.understand.capacity import limit_of
from bot.understand.money import find_money

__all__ = [
    "Chip", "change_text", "chip", "corrected_text", "day", "facts", "follow_up", "headline",
    "money_text", "notification", "standing", "summary",
]  # fmt: skip

_UNDISCLOSED = "undisclosed"
_NAMES = 3  #: as many parties stand in a headline; the rest is counted
_IN_TEXT = 6  #: as many stand in a sentence


@dataclass(frozen=True, slots=True)
class Chip:
    """The mark of a status: the word always stands, the colour only supports it."""

    slack: str
    symbol: str
    word: str


_CHIPS = {
    Status.RUMORED: Chip(":large_yellow_circle:", "🟡", "Rumored"),
    Status.ANNOUNCED: Chip(":large_green_circle:", "🟢", "Announced"),
    Status.COMPLETED: Chip(":large_blue_circle:", "🔵", "Completed"),
    Status.CANCELLED: Chip(":red_circle:", "🔴", "Cancelled"),
}
_KINDS = {
    Kind.EQUITY: "equity investment",
    Kind.ACQUISITION: "acquisition",
    Kind.DEBT: "debt financing",
    Kind.SUPPLY: "contract",
    Kind.BUILDOUT: "build-out",
    Kind.VENTURE: "joint venture",
}
_GOODS = {
    Layer.CHIPS: "chip",
    Layer.COMPUTE: "compute",
    Layer.DATACENTER: "data-center",
    Layer.NETWORKING: "networking",
    Layer.POWER: "power",
}


#: Kinds of which the first sentence names the stake.
_SHARES = (Kind.EQUITY, Kind.ACQUISITION)


def chip(status: Status) -> Chip:
    """Return the mark of *status*."""
    return _CHIPS[status]


def day(moment: datetime) -> str:
    """Return the day of *moment* as it is read anywhere.

    >>> day(datetime(2025, 10, 28))
    '28 Oct 2025'
    """
    return f"{moment.day} {moment:%b %Y}"


# ---- one line -------------------------------------------------------------------------------


def headline(deal: Deal) -> str:
    """Return who → whom, how much and what in one line: "Nvidia → Nokia · $1.0B equity …"."""
    sides = [_few(side) for side in (deal.payers, deal.recipients) if side]
    size = ""
    if deal.money:
        size = money_text(deal.money)
    elif deal.capacity_mw:
        size = _capacity(deal)
    what = f"{size} {_instrument(deal)}".strip()
    notes = [] if deal.status is Status.ANNOUNCED else [deal.status.value]
    if deal.binding is False:
        notes.append("non-binding")
    note = f" ({', '.join(notes)})" if notes else ""
    return f"{' → '.join(sides) or _UNDISCLOSED} · {what}{note}"


def _few(names: Sequence[str]) -> str:
    rest = len(names) - _NAMES
    shown = ", ".join(names[:_NAMES])
    return f"{shown} +{rest}" if rest > 0 else shown


def _instrument(deal: Deal) -> str:
    if deal.kind is Kind.EQUITY and deal.round:
        return deal.round if _is_listing(deal) else f"{deal.round} round"
    if deal.kind is Kind.EQUITY and not deal.payers:
        return "funding round"
    if deal.kind is Kind.SUPPLY:
        return f"{_goods(deal)} contract"
    return _KINDS[deal.kind]


def _goods(deal: Deal) -> str:
    if deal.layer is Layer.POWER and any(_COOLS.search(each.title) for each in deal.sources):
        return "cooling"
    return _GOODS.get(deal.layer, "supply") if deal.layer else "supply"


_COOLS = re.compile(r"\b(?:cool(?:ing|ers?)|chillers?)\b", re.IGNORECASE)


def _is_listing(deal: Deal) -> bool:
    return (deal.round or "").upper() == "IPO"


# ---- sentences ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Act:
    """What the subject of a deal does, ready to be put into each status."""

    subject: tuple[str, ...]
    base: str  #: "invest"
    present: str  #: "invests"
    rest: str  #: "$1.0B in Nokia"
    noun: str  #: "investment of $1.0B in Nokia"


def summary(deal: Deal) -> str:
    """Return one to three plain sentences on what is known of *deal*."""
    act = _ACTS[deal.kind](deal)
    sentences = [_told(act, deal.status) if act.subject else _nameless(deal), *_terms(deal)]
    quote = _in_their_words(deal, " ".join(sentences), _SENTENCES - len(sentences))
    return " ".join(sentence for sentence in (*sentences, quote) if sentence)


_SENTENCES = 3  #: in a summary, those quoted with them
_WORD = re.compile(r"[a-z]{4,}|\d[\d.,]*\d")
#: What titles say of every deal.
_NOTHING_NEW = frozenset(
    (
        "about amid announced announces billion companies company data deal from inks into million "
        "over raises report reportedly said says sign signs sources than that their this today "
        "which will with worth"
    ).split()
)
_FURTHER = 2  #: words beyond that for which a title is worth quoting
_LONGEST_TITLE = 160  #: characters
_LONGEST_QUOTE = 420
_QUOTED = re.compile(r"[“\"]([^“”\"]*)[”\"]")
_PUBLISHER_AFTER = re.compile(r"(?:\s*\\_)+|\s+\|\s[^|]{2,40}$")


def _in_their_words(deal: Deal, said: str, most: int) -> str:
    """Return what a source adds most to what is *said*, quoted: what it is all for.

    That is its title, or as many as *most* sentences that its text begins with. Sources that
    tell of another status or another sum, and those of deals that people corrected, may
    contradict the card.
    """
    if deal.override != Override():
        return ""
    known = set(_WORD.findall(f"{said} {headline(deal)}".lower())) | _NOTHING_NEW
    told = [
        (len(set(_WORD.findall(text.lower())) - known), source.publisher, text)
        for source in deal.sources
        if source.claim.status is deal.status
        for text in _quotable(source, deal, most)
    ]
    further, publisher, text = max(told, key=lambda each: each[0], default=(0, "", ""))
    if further < _FURTHER:
        return ""
    end = "" if text.endswith((".", "!", "?")) else "."
    return f"{publisher or 'A source'}: “{text}”{end}"


def _quotable(source: Source, deal: Deal, most: int) -> Iterator[str]:
    """Yield what of a source may be quoted: its title, and more and more of its first sentences."""
    title = _PUBLISHER_AFTER.sub("", source.title).strip(" .")
    if len(title) <= _LONGEST_TITLE and not _tells_other_sums(source.title, deal):
        yield title
    if source.claim.money == deal.money:
        for count in range(1, min(most, len(source.claim.lead)) + 1):
            text = _QUOTED.sub(r"‘\1’", " ".join(source.claim.lead[:count]))
            if len(text) <= _LONGEST_QUOTE:
                yield text


#: "the trillion-dollar race": a sum in a manner of speaking
_HYPE = re.compile(r"(?<!\d )(?<!\d-)\b[mbt]r?illions?\b", re.IGNORECASE)


def _tells_other_sums(title: str, deal: Deal) -> bool:
    known = [money.amount for money in (deal.money, deal.valuation) if money is not None]
    told = (mention.money.amount for mention in find_money(title))
    return _HYPE.search(title) is not None or any(amount not in known for amount in told)


def _told(act: _Act, status: Status) -> str:
    many = len(act.subject) > 1
    subject = _listed(act.subject)
    if status is Status.RUMORED:
        return f"{subject} may {_joined(act.base, act.rest)}, according to unconfirmed reports."
    if status is Status.COMPLETED:
        have, their = ("have", "their") if many else ("has", "its")
        return f"{subject} {have} completed {their} {act.noun}."
    if status is Status.CANCELLED:
        # Called off, lapsed, paused or cut down: the sources mean one of these.
        return f"{_owner(act.subject)} {act.noun} is not going ahead as planned."
    return f"{subject} {_joined(act.base if many else act.present, act.rest)}."


def _nameless(deal: Deal) -> str:
    """Return the sentence on a deal of which no party is known."""
    power = _power(deal) if deal.kind not in _SHARES else ""
    what = _joined(power, _instrument(deal), _worth(deal))
    told = {
        Status.RUMORED: "is possible, according to unconfirmed reports",
        Status.ANNOUNCED: "has been announced",
        Status.COMPLETED: "has been completed",
        Status.CANCELLED: "is not going ahead as planned",
    }
    article = _a(what)
    return f"{article[0].upper()}{article[1:]} {told[deal.status]}; the parties are undisclosed."


def _equity(deal: Deal) -> _Act:
    name, size = _listed(deal.recipients), _size(deal)
    if _is_listing(deal):
        to = f"to raise {size}" if size else ""
        noun = _joined("IPO", f"of {size}" if size else "")
        subject = deal.recipients or deal.payers
        return _Act(subject, "go public", "is to go public", to, noun)
    if deal.payers and not (deal.round and name):
        into = f"in {name}" if name else ""
        stake = _a(f"{percent_text(deal.stake_pct)} stake") if deal.stake_pct is not None else ""
        if not size:
            share = _joined(stake or "an equity stake", into)
            return _Act(deal.payers, "take", "takes", share, _joined("investment", into))
        rest = _joined(size, into, f"for {stake}" if stake else "")
        return _Act(deal.payers, "invest", "invests", rest, _joined("investment of", rest))
    # The amount of a round is that of all its backers: none of them is said to pay it alone.
    round_of = f"{deal.round} round" if deal.round else "funding round"
    backed = f"backed by {_listed(deal.payers)}" if deal.payers else ""
    noun = _joined(round_of, f"of {size}" if size else "", backed)
    if not size:
        return _Act(
            deal.recipients, "raise", "raises", _joined("equity in", _a(round_of), backed), noun
        )
    rest = _joined(size, f"in {_a(round_of)}" if deal.round else "in equity", backed)
    return _Act(deal.recipients, "raise", "raises", rest, noun)


def _acquisition(deal: Deal) -> _Act:
    name = _listed(deal.recipients)
    price = f"for {_size(deal)}" if deal.money else ""
    share = f"{percent_text(deal.stake_pct)} of" if deal.stake_pct is not None else ""
    if not deal.payers:
        return _Act(deal.recipients, "be bought", "is being bought", price, _joined("sale", price))
    if not name:
        noun = _joined("acquisition", _worth(deal))
        return _Act(deal.payers, "make", "makes", _a(noun), noun)
    what = _joined(share, name, price)
    return _Act(deal.payers, "buy", "buys", what, _joined("purchase of", what))


def _debt(deal: Deal) -> _Act:
    name, size = _listed(deal.recipients), _size(deal)
    of = f"of {size}" if size else ""
    if not deal.payers:
        noun = _joined("debt financing", of)
        return _Act(deal.recipients, "borrow", "borrows", size or "new debt", noun)
    to = f"to {name}" if name else ""
    noun = _joined("debt financing", of, f"for {name}" if name else "")
    return _Act(deal.payers, "lend", "lends", _joined(size or "money", to), noun)


def _supply(deal: Deal) -> _Act:
    long_and_large = ", ".join(filter(None, (_term(deal), _power(deal))))
    contract = _joined(long_and_large, f"{_goods(deal)} contract")
    if not deal.payers:
        noun = _joined(contract, _worth(deal))
        return _Act(deal.recipients, "win", "wins", _a(noun), noun)
    name = _listed(deal.recipients)
    noun = _joined(contract, f"with {name}" if name else "", _worth(deal))
    return _Act(deal.payers, "sign", "signs", _a(noun), noun)


def _buildout(deal: Deal) -> _Act:
    # "Texas build-out" and "Terafab build-out" both read well: a site may be a project.
    goods = _GOODS.get(deal.layer, "") if deal.layer else ""
    if not deal.payers:
        noun = _joined(_power(deal), goods, "build-out", _worth(deal))
        return _Act(deal.recipients, "get", "gets", _a(noun), noun)
    work = _joined(_power(deal), _listed(deal.recipients), goods, "build-out")
    their = "their" if len(deal.payers) > 1 else "its"
    over = f"over {term_text(deal.term_years)}" if deal.term_years else ""
    rest = _joined(_size(deal), f"to {their}", work, over)
    return _Act(deal.payers, "commit", "commits", rest, _joined(work, _worth(deal), over))


def _venture(deal: Deal) -> _Act:
    partners = deal.payers or deal.recipients
    name = _listed(deal.recipients) if deal.payers else ""
    venture = _joined(_power(deal), "joint venture")
    # two form it without a third: what else is named is the venture, its site or its customer
    tie = "for" if len(partners) > 1 else "with"
    noun = _joined(venture, f"{tie} {name}" if name else "", _worth(deal))
    return _Act(partners, "form", "forms", _a(noun), noun)


_ACTS = {
    Kind.EQUITY: _equity,
    Kind.ACQUISITION: _acquisition,
    Kind.DEBT: _debt,
    Kind.SUPPLY: _supply,
    Kind.BUILDOUT: _buildout,
    Kind.VENTURE: _venture,
}


def _terms(deal: Deal) -> list[str]:
    """Return what the first sentence left out: value, capacity, term, firmness."""
    said = []
    if deal.stake_pct is not None and not (deal.payers and deal.kind in _SHARES):
        said.append(f"the stake is {percent_text(deal.stake_pct)}")
    if deal.valuation:
        said.append(_valued(deal, deal.valuation))
    if deal.capacity_mw and (
        _limit(deal) or deal.kind not in (Kind.SUPPLY, Kind.BUILDOUT, Kind.VENTURE)
    ):
        said.append(f"the capacity is {_capacity(deal)}")
    if deal.term_years and deal.kind not in (Kind.SUPPLY, Kind.BUILDOUT):
        said.append(f"the term is {term_text(deal.term_years)}")
    if deal.binding is False:
        said.append("the agreement is non-binding")
    if not said:
        return []
    # A company's name keeps its own first letter: "xAI is valued at …".
    text = list_text(tuple(said))
    return [f"{text[0].upper()}{text[1:]}." if text.startswith("the ") else f"{text}."]


_BEFORE_THE_MONEY = re.compile(
    r"pre-money|before the (?:new )?(?:funding|investment|money|round)", re.IGNORECASE
)


def _valued(deal: Deal, valuation: Money) -> str:
    worth = _equal(valuation, None)
    if _BEFORE_THE_MONEY.search(deal.evidence.get("valuation", ("", ""))[0]):
        worth = f"{worth} before the new money"
    # What is bought may be merged with its buyer: the worth may be that of both.
    if len(deal.recipients) > 1 or deal.kind is Kind.ACQUISITION:
        return f"the valuation is {worth}"
    name = _listed(deal.recipients) or "the company"
    if deal.status is Status.RUMORED:
        return f"the deal would value {name} at {worth}"
    if deal.status is Status.CANCELLED:
        return f"the deal would have valued {name} at {worth}"
    return f"{name} is valued at {worth}"


def _a(noun: str) -> str:
    """Return *noun* with its article.

    >>> _a("chip contract"), _a("IPO"), _a("8% stake"), _a("18 MW site"), _a("$80M loan")
    ('a chip contract', 'an IPO', 'an 8% stake', 'an 18 MW site', 'an $80M loan')
    """
    spoken = re.sub(r"^\W+", "", noun).lower()
    return f"an {noun}" if re.match(r"[aeio]|8|1[18](?![\d,])", spoken) else f"a {noun}"


def _owner(names: Sequence[str]) -> str:
    owner = _listed(names)
    return f"{owner}’" if owner.endswith("s") else f"{owner}’s"


def _listed(names: Sequence[str]) -> str:
    if len(names) > _IN_TEXT:
        rest = len(names) - _IN_TEXT
        return f"{', '.join(names[:_IN_TEXT])} and {f'{rest} others' if rest > 1 else 'one other'}"
    return list_text(tuple(names))


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _worth(deal: Deal) -> str:
    return f"worth {_size(deal)}" if deal.money else ""


def _power(deal: Deal) -> str:
    """Return the capacity as it stands before a noun, unless it is a limit: "2 GW"."""
    return power_text(deal.capacity_mw) if deal.capacity_mw and not _limit(deal) else ""


def _capacity(deal: Deal) -> str:
    return _joined(_limit(deal), power_text(deal.capacity_mw)) if deal.capacity_mw else ""


def _limit(deal: Deal) -> str:
    """Return how the sentence that tells the capacity limits it: "up to", "over" or ""."""
    return limit_of(deal.evidence.get("capacity_mw", ("", ""))[0], deal.capacity_mw or 0)


def _term(deal: Deal) -> str:
    """Return the term as it stands before a contract: "15-year"."""
    return term_text(deal.term_years).removesuffix("s").replace(" ", "-") if deal.term_years else ""


def _size(deal: Deal) -> str:
    return _equal(deal.money, deal.usd) if deal.money else ""


def _equal(money: Money, dollars: int | None) -> str:
    """Return *money* with what it is in US dollars, to two digits, where it is not."""
    text = money_text(money)
    if money.currency == "USD" or not dollars:
        return text
    # An exchange rate of the day carries no more than two digits of news.
    places = max(len(str(dollars)) - 2, 0)
    return f"{text} (≈ {money_text(Money(round(dollars, -places)))})"


# ---- the card's table -----------------------------------------------------------------------


def facts(deal: Deal) -> tuple[tuple[str, str], ...]:
    """Return labels and values in a fixed order.

    Amount, payer and recipient always show, and the stake where shares are bought; what
    nobody said is "undisclosed". Others are left out until somebody says them.
    """
    stake = percent_text(deal.stake_pct) if deal.stake_pct is not None else ""
    shown = [
        ("Amount", _size(deal) or _UNDISCLOSED),
        ("Stake", stake or (_UNDISCLOSED if deal.kind is Kind.EQUITY else "")),
        ("Payer", ", ".join(deal.payers) or _UNDISCLOSED),
        ("Recipient", ", ".join(deal.recipients) or _UNDISCLOSED),
        ("Valuation", _equal(deal.valuation, None) if deal.valuation else ""),
        ("Round", deal.round or ""),
        ("Capacity", _capacity(deal)),
        ("Term", term_text(deal.term_years) if deal.term_years else ""),
        ("Terms", "non-binding" if deal.binding is False else ""),
    ]
    return tuple((label, value) for label, value in shown if value)


def former(deal: Deal, field: str) -> str:
    """Return what a fact was before it last changed, struck out on cards; "" if it never did."""
    last = next((each for each in reversed(deal.history) if each.field == field), None)
    return last.old if last else ""


# ---- what is new ----------------------------------------------------------------------------

_LABELS = {
    "money": "amount",
    "payers": "payer",
    "recipients": "recipient",
    "stake_pct": "stake",
    "capacity_mw": "capacity",
    "term_years": "term",
    "binding": "terms",
}
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}


def notification(alert: Alert, deal: Deal) -> str:
    """Return the line a phone shows: it says it all by itself."""
    if alert.news is News.CORRECTION:
        return f"CORRECTED: {headline(deal)} · {follow_up(alert, deal)}"
    if said := standing(deal):
        return f"{said}: {headline(deal)}"
    if alert.news is News.NEW:
        mark = "RUMOR" if deal.status is Status.RUMORED else "NEW DEAL"
        return f"{mark}: {headline(deal)}"
    if alert.news is News.CHANGE:
        return f"UPDATE: {headline(deal)} · {follow_up(alert, deal)}"
    return f"{headline(deal)} · {follow_up(alert, deal)}"


def follow_up(alert: Alert, deal: Deal) -> str:
    """Return what one more story, or a person, brought, for the thread under the card."""
    if alert.news is News.CORRECTION:
        return _corrected(alert)
    source = next((each for each in deal.sources if each.story_id == alert.story_id), None)
    publisher = source.publisher if source else ""
    changes = [change for change in alert.changes if change.field != "new"]
    if alert.news is News.CHANGE:
        told = [_changed(change, publisher) for change in changes]
        return " · ".join(told) or "Updated"
    added = [_added(change, publisher) for change in changes]
    return " · ".join([f"{_ordinal(deal, source)} source: {publisher}".strip(), *added])


def _changed(change: Change, publisher: str) -> str:
    if change.field == "conflict":
        return _conflict(change, publisher)
    if change.field == "status":
        return f"Now {change.new} (was {change.old})"
    label = _LABELS.get(change.field, change.field)
    if not change.new:
        return f"{label.capitalize()} withdrawn (was {change.old})"
    if not change.old:
        return f"{label.capitalize()} disclosed: {change.new}"
    return f"{label.capitalize()} now {change.new} (was {change.old})"


def _added(change: Change, publisher: str) -> str:
    if change.field == "conflict":
        return _conflict(change, publisher)
    label = _LABELS.get(change.field, change.field)
    if not change.old:
        return f"adds {label} {change.new}"
    return f"{label} now {change.new or _UNDISCLOSED} (was {change.old})"


def _conflict(change: Change, publisher: str) -> str:
    who = publisher or "this source"
    return f"{who} says {change.new} where others say {change.old}: one may be a slip"


# ---- what people corrected ------------------------------------------------------------------

#: What a correction did to a deal: said when it is made, and when it is undone.
_CORRECTED = {
    "rejected": ("Not a deal", "A deal after all"),
    "merged": ("Deal {} is the same: its sources are here now", "Deal {} is one of its own again"),
    "merged_into": ("Merged into deal {}", "No longer merged into deal {}"),
    "split": ("Sources that tell of another deal are now deal {}", "Deal {} is part of this again"),
    "split_from": ("Parted from deal {}", "Part of deal {} again"),
}


def _corrected(alert: Alert) -> str:
    told = [_said_by_person(change) for change in alert.changes]
    by = alert.changes[0].by if alert.changes else ""
    if not by:  # a story showed it
        return " · ".join(told)
    done = "undone" if alert.story_id.startswith("undo") else "corrected"
    return f"{' · '.join(told) or 'Corrected'} · {done} by @{by}"


def _said_by_person(change: Change) -> str:
    if change.field not in _CORRECTED:
        return _changed(change, "")
    made, undone = _CORRECTED[change.field]
    if change.field == "rejected" and change.new not in ("", "other"):
        return f"{made}: {change.new}"
    return (made if change.new else undone).format(change.new or change.old)


def corrected_text(deal: Deal) -> str:
    """Return which facts of *deal* people corrected: "Corrected by @U1: amount"; "" if none."""
    fields = [_LABELS.get(field, field) for field in deal.override.facts]
    people = dict.fromkeys(deal.override.who.values())
    by = list_text(tuple(f"@{person}" for person in people))
    return f"Corrected by {by}: {', '.join(fields)}" if fields else ""


def change_text(change: Change) -> str:
    """Return one line of a deal's history."""
    by = f", by @{change.by}" if change.by else ""
    if change.by and change.field in _CORRECTED:
        return f"{_said_by_person(change)}{by}"
    field = change.field.replace("_", " ")
    told = f"{field}: {change.old} → {change.new}" if change.old else f"{field}: {change.new}"
    return told + by


def _ordinal(deal: Deal, source: Source | None) -> str:
    """Return which publisher of the deal this is, by the order in which they reported it."""
    publishers = list(dict.fromkeys(each.publisher for each in deal.sources))
    number = publishers.index(source.publisher) + 1 if source else len(publishers)
    teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teen else _ORDINALS.get(number % 10, 'th')}"
