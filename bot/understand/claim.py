"""One story read: the claim it makes about a deal, or why it is put aside. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, islice
from typing import TypeVar

from bot.model import Claim, Kind, Money, Qualifier, Reason, Status, Story, Verdict
from bot.understand.capacity import capacity_mw_of
from bot.understand.cast import Sides
from bot.understand.knowledge import Knowledge
from bot.understand.language import is_english
from bot.understand.mentions import Company
from bot.understand.money import MoneyMention, Role, dollar_of
from bot.understand.parties import Reading, read_sentence
from bot.understand.relevance import Cues, judge
from bot.understand.sentences import each_sentence
from bot.understand.sides import sides_of
from bot.understand.terms import (
    binding_of,
    kind_of,
    layer_of,
    round_of,
    stake_pct_of,
    status_of,
    term_years_of,
)
from bot.understand.tokens import Act
from bot.understand.unlisted import DATELINE

_T = TypeVar("_T")

_LEAD = 5  #: sentences after the title that are read; what follows is background
_LONGEST = 4_000  #: characters
_LONGEST_PUBLISHER = 5  #: words
#: Sentences in which the capacity of a deal is told: of a round, only in the title.
_CAPACITY_TOLD = {Kind.EQUITY: 1, Kind.DEBT: 2}


def read_story(story: Story, knowledge: Knowledge, now: datetime) -> Verdict:
    """Return what *story* claims about a deal, or the reason why it is put aside.

    *now* dates a story that carries no date.
    """
    if not is_english(f"{story.title}. {story.text[:300]}"):
        return Verdict(story, reason=Reason.LANGUAGE)
    readings = readings_of(story, knowledge)
    outline = _outline_of(readings, knowledge)
    relevance = judge(readings, outline.cues, knowledge)
    return Verdict(
        story,
        claim=_claim_of(story, now, readings, outline) if relevance.is_deal else None,
        reason=relevance.reason,
        score=relevance.score,
        why=relevance.why,
    )


def draft(
    story: Story, knowledge: Knowledge, now: datetime, readings: Sequence[Reading] = ()
) -> tuple[Claim, Cues]:
    """Return the claim that *story* would make if it is a deal, and the cues for judging that.

    *readings* are those of readings_of(), where they are at hand.
    """
    readings = readings or readings_of(story, knowledge)
    outline = _outline_of(readings, knowledge)
    return _claim_of(story, now, readings, outline), outline.cues


@dataclass(frozen=True, slots=True)
class _Outline:
    """What a story tells of a deal as far as it takes to judge whether it is one."""

    kind: Kind
    sides: Sides
    money: Money | None
    money_from: str  #: the sentence that says so
    status: Status
    status_from: str
    cues: Cues


def _outline_of(readings: Sequence[Reading], knowledge: Knowledge) -> _Outline:
    kind = kind_of(readings, knowledge)
    sides = sides_of(readings, kind, knowledge)
    money, money_from = _size(readings, kind)
    status, status_from = status_of(readings, kind, knowledge)
    cues = Cues(
        payers=sides.payers,
        recipients=sides.recipients,
        money=money,
        has_act=readings[0].act is not None,
        kind=kind,
        status=status,
    )
    return _Outline(kind, sides, money, money_from, status, status_from, cues)


def _claim_of(story: Story, now: datetime, readings: Sequence[Reading], outline: _Outline) -> Claim:
    kind, sides, money = outline.kind, outline.sides, outline.money
    of_company = kind in (Kind.EQUITY, Kind.ACQUISITION)
    today = _of_today(readings)
    evidence = {"kind": story.title, "status": outline.status_from}
    evidence |= {field: text for field, text in sides.evidence.items() if text}
    stake = _first(today, stake_pct_of, "stake_pct", evidence) if of_company else None
    # What is paid for the whole of a company is what it is worth.
    has_worth = of_company and (kind is Kind.EQUITY or stake is not None or money is None)
    claim = Claim(
        story_id=story.id,
        said_at=story.published or now,
        kind=kind,
        status=outline.status,
        payers=tuple(sides.payers),
        recipients=tuple(sides.recipients),
        money=money,
        valuation=_valuation(readings, evidence, kind) if has_worth else None,
        stake_pct=stake,
        capacity_mw=_first(
            _now(readings[: _CAPACITY_TOLD.get(kind, 4)]),
            lambda text: capacity_mw_of(text, kind),
            "capacity_mw",
            evidence,
        ),
        term_years=_first(
            _now(readings[:4]), lambda text: term_years_of(text, kind), "term_years", evidence
        ),
        round=_first(today, round_of, "round", evidence) if kind is Kind.EQUITY else None,
        layer=layer_of(
            kind,
            story.title,
            f"{story.title}. {story.text[:600]}",
            sides.recipients.values(),
            sides.payers.values(),
        ),
        binding=_first(readings, binding_of, "binding", evidence),
        evidence=evidence,
        lead=tuple(_lead_of(readings[1:3])),
    )
    if money is not None:
        evidence["money"] = outline.money_from
    return claim


#: "Jan 21 (Reuters) - ", "RIYADH: "
_PLACE_AND_DAY = re.compile(
    r"(?:[A-Z][\w.,’' -]{1,40})?\([A-Z][\w /.]{1,25}\) ?[-–—:]+ |[A-Z][A-Z ]{3,25}: "
)
_WHOLE = re.compile(r"(?<![.…])[.!?][”\"’']?$")
#: A sentence that goes on to other news.
_GOES_ON = re.compile(
    r"(?:Also|Besides|Earlier|Elsewhere|Meanwhile|Previously|Rivals?|Separately)\b", re.IGNORECASE
)
#: What stands around the text of a page, and is none of it.
_FURNITURE = re.compile(r"[|•*#]|\b(?:Images?|Photo|Credits?):|\(Image|Key Points")
_LONGEST_SENTENCE = 320  #: characters of one that is kept as told


def _lead_of(lead: Iterable[Reading]) -> Iterator[str]:
    """Yield the first sentences of a text as they are told, as far as they are whole."""
    for reading in lead:
        line = DATELINE.match(reading.text) or _PLACE_AND_DAY.match(reading.text)
        told = reading.text[line.end() if line else 0 :].strip(" -–—")
        if (
            not _WHOLE.search(told)
            or _FURNITURE.search(told)
            or _GOES_ON.match(told)
            or len(told) > _LONGEST_SENTENCE
        ):
            return
        yield told


def readings_of(story: Story, knowledge: Knowledge) -> list[Reading]:
    """Return the title and the first sentences, read one by one."""
    body = _after_title(story.text[:_LONGEST], story.title)
    told = _without_title(each_sentence(body), story.title)
    texts = [story.title, *islice(told, _LEAD)]
    named: dict[str, None] = {}  # in order

    def read(text: str, in_full: Mapping[str, Company]) -> Reading:
        reading = read_sentence(
            text,
            knowledge,
            context=body[:600],
            dollar=dollar_of(story),
            named=named,
            in_full=in_full,
        )
        named.update((found.name, None) for found in reading.names if found.company is None)
        return reading

    readings = [read(text, {}) for text in texts]
    in_full = _told_in_full(readings)
    for at, reading in enumerate(readings) if in_full else ():
        if any(found.name in in_full for found in reading.names):
            readings[at] = read(reading.text, in_full)
    return readings


def _told_in_full(readings: Sequence[Reading]) -> dict[str, Company]:
    """Return the one company that the text tells in full for each name that is cut short.

    "Warburg" is Warburg Pincus. A listed name is that only in the title, and only if the text
    does not have it too: "Siemens" in a story of Siemens Energy.
    """
    told = {found.name: found.company for reading in readings[1:] for found in reading.names}
    listed = {name: company for name, company in told.items() if company is not None}
    in_full = {}
    for found in chain.from_iterable(reading.names for reading in readings):
        longer = [company for name, company in listed.items() if name.startswith(f"{found.name} ")]
        if len(longer) == 1 and (found.company is None or found.name not in told):
            in_full[found.name] = longer[0]
    return in_full


#: Characters before a repeated title: byline, date, credits.
_PREAMBLE = 300
_CREDIT = re.compile(r"\((?:Image|Photo)(?: [Cc]redits?)?: ?[^()]{1,80}\)")


def _after_title(body: str, title: str) -> str:
    """Return a body without the head of the page, which ends with the title told again."""
    title = title.rstrip("\\_ .|-…")
    start = body.find(title, 0, _PREAMBLE + len(title)) if title else -1
    if start > 0:
        body = body[start + len(title) :].lstrip("\\_ .|-…")
    return _CREDIT.sub("", body)


def _without_title(found: Iterable[str], title: str) -> Iterator[str]:
    """Yield the sentences without the title that the first ones may repeat."""
    start = _bare(title)[:60]
    for sentence in found:
        rest = sentence.removeprefix(title).lstrip(" .-–—|:")
        # what follows a repeated title is often just the publisher's name
        told_more = rest == sentence or len(rest.split()) > _LONGEST_PUBLISHER
        if rest and told_more and not (start and _bare(rest).startswith(start)):
            yield rest


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


# ---- size -----------------------------------------------------------------------------------


#: "Google has invested $3bn in it": news in a first sentence, history in a later one.
_SO_FAR = re.compile(
    r"\b(?:has|have) (?:\w+ )?(?:invested|put|spent)\b|"
    r"\balready (?:building|committed|invested|investing|spending|spent)\b"
)
#: Words of a later sentence that goes on to another deal.
_ASIDE = re.compile(
    r"\b(?:separate(?:ly)?|elsewhere|meanwhile|another|earlier|recently|will also|"
    r"for its part)\b",
    re.IGNORECASE,
)
_TERMS = r"(?:terms|price|financial|figures?|value|amount|sum|cost|details|much|size)"
_TOLD = (
    r"(?:disclos\w+|reveal\w*|giv(?:e|en|ing)|made public|public(?:ly)?|stat(?:e|ed|ing)|released?|"
    r"announced|shared?|say|said?|break out|record(?:ed)?|provided?|specif(?:y|ied))"
)
#: "Terms were not disclosed": sums told before that are of something else.
_UNTOLD = re.compile(
    rf"\b{_TERMS}\b[^.;,]{{0,60}}(?:\bnot|n['’]t) (?:be |been |immediately )?{_TOLD}\b"
    rf"|(?:\bnot|n['’]t|\bwithout|\bdeclined to|\bneither\b[^.;,]{{0,20}}) {_TOLD}\b"
    rf"[^.;,]{{0,30}}\b{_TERMS}\b"
    rf"|\bno (?:\w+ )?{_TERMS}\b[^.;,]{{0,30}}\b(?:was|were|given|disclosed)\b"
    rf"|(?:\bnot|n['’]t|\bneither\b[^.;,]{{0,30}}) put a (?:price|figure)\b"
    rf"|(?:\bnot|n['’]t|\bdeclined to) (?:discuss|{_TOLD}) (?:what|how much)\b"
    rf"|\b{_TERMS}\b[^.;,]{{0,40}}\b(?:kept|being kept|remain\w*|stay\w*) "
    r"(?:confidential|private|secret)\b"
    rf"|\bwithout (?:giving|naming|putting|setting) (?:a|any) (?:budget|cost|figure|price|sum)\b"
    r"|\bundisclosed (?:sum|amount|price|terms)\b",
    re.IGNORECASE,
)
#: "a deal that could value it at $2bn": of a company bought whole, that is the price
_PRICED = re.compile(
    r"\b(deal|transaction|acquisition|sale|takeover|purchase|offer|bid|agreement|buyout)\b.*"
    r"(?:\bat|\bvalu\w+)\b(?!.*pre-money)",
    re.IGNORECASE,
)
_OF_WHOLE = frozenset(["acquisition", "takeover", "buyout"])
#: A later sentence without an act may still tell what the deal comes to.
_PRICE = re.compile(
    r"\b(?:price|cost|costs|deal|contract|order|loan|round|investment|brought in)\b", re.IGNORECASE
)


_SIZE_TOLD = 4  #: sentences; a sum in a later one is as often another's


def _size(readings: Sequence[Reading], kind: Kind) -> tuple[Money | None, str]:
    """Return THE amount of the deal: title before lead, and never a valuation or a total.

    Where the lead says that the terms are not disclosed, only the title or what follows on that
    ("but a paper put it at $2bn") tells a size.
    """
    for place, reading in enumerate(readings[:_SIZE_TOLD]):
        found = [mention for mention in reading.money if _can_be_size(mention, reading, place)]
        if place and found and any(_UNTOLD.search(other.text) for other in readings[1:]):
            hidden = _UNTOLD.search(reading.text)
            found = [mention for mention in found if hidden and hidden.end() <= mention.start]
        # "$900 million a month" is the size only when no whole is told
        found = [mention for mention in found if not mention.money.per] or found
        if found and (place <= 1 or reading.act is not None or _PRICE.search(reading.text)):
            act = reading.act if place else None  # a title may tell two
            money = max(found, key=lambda mention: _fitness(mention, reading, act)).money
            return _as_the_lead_tells(money, readings[place + 1 : 4]), reading.text
    return _whole_price(readings, kind)


def _whole_price(readings: Sequence[Reading], kind: Kind) -> tuple[Money | None, str]:
    """Return what a company is worth in the deal that buys all of it, and the sentence."""
    for reading in readings[:5]:
        for mention in reading.money:
            if mention.role is not Role.VALUATION:
                continue
            priced = _PRICED.search(reading.text[: mention.start])
            if priced and (kind is Kind.ACQUISITION or priced[1].lower() in _OF_WHOLE):
                if any(stake_pct_of(other.text) for other in readings[:4]):
                    return None, ""  # a part is bought
                return mention.money, reading.text
    return None, ""


def _can_be_size(mention: MoneyMention, reading: Reading, place: int) -> bool:
    before = reading.text[: mention.start]
    return (
        mention.role is Role.DEAL
        and mention.money.amount >= 100_000
        and not (place > 1 and any(words.search(before) for words in (_SO_FAR, _ASIDE, _OWNED)))
    )


#: What somebody has besides: "its $300 million loan", "Acme's $16 billion of sites".
_OWNED = re.compile(r"(?:['’]s?|\bits|\btheir) $", re.IGNORECASE)
_OTHER_DOLLARS = frozenset(["AUD", "CAD", "SGD", "HKD", "NZD", "TWD"])


def _as_the_lead_tells(money: Money, lead: Sequence[Reading]) -> Money:
    """Return *money* with the limit and the kind of dollar in which the lead tells the same sum."""
    for reading in lead:
        for mention in reading.money:
            told, also = mention.money, mention.also
            if also and also.amount == money.amount and also.currency in _OTHER_DOLLARS:
                return told  # the title's "$19bn" are Singapore's
            if _is_rounded(money, told) and mention.role is Role.DEAL:
                return told
            if told.amount != money.amount:
                continue
            if money.currency == "USD" and told.currency in _OTHER_DOLLARS:
                money = replace(money, currency=told.currency)
            if told.currency == money.currency and _is_hedge(money, told):
                money = replace(money, qualifier=told.qualifier)
    return money


def _is_rounded(money: Money, told: Money) -> bool:
    """Say whether *money* is *told* in fewer digits: a title's "$12bn" for $11.9bn."""
    return (
        money.currency == told.currency
        and 0 < abs(money.amount - told.amount) <= told.amount // 30
        and len(str(told.amount).rstrip("0")) > len(str(money.amount).rstrip("0"))
    )


def _is_hedge(money: Money, told: Money) -> bool:
    """Say whether *told* limits an amount that stands bare."""
    return money.qualifier is Qualifier.EXACT is not told.qualifier


def _fitness(mention: MoneyMention, reading: Reading, act: Act | None) -> tuple[int, int]:
    """Return how well an amount fits as the deal's: near *act*, or any, and the first one."""
    forms = ((token.start, token.form) for token in reading.tokens if token.form is not None)
    acts = [start for start, form in forms if act in (None, form.act)]
    near = min((abs(mention.start - start) for start in acts), default=999)
    return -(near // (20 if act else 40)), -mention.start


#: What a company was worth before, or another is, is not what this deal values it at.
_LAST_WORTH = re.compile(
    r"\b(?:last|previously|earlier|once) (?:valued|worth|planned|raised)\b|\bstock\b|\bhad been\b|"
    r"\b(?:rivals?|competitors?|competes?|peers?)\b|"
    r"\b(?:last year|years? ago)\b.*\bwas valued\b",
    re.IGNORECASE,
)
_YEARS_AGO = re.compile(
    r"^(?:[ -](?:valuation|then|back))?,? (?:a year|(?:\w+ )?(?:years|months) ago|"
    r"in (?:its|the|a) last|in (?:19|20)\d\d|last|this (?:spring|summer|autumn|fall|winter)|"
    r"in (?:January|February|March|April|May|June|July|August|September|October|November|December)|"
    r"when (?:it|they|\w+ (?:\w+ )?(?:backed|invested|led)))\b",
    re.IGNORECASE,
)
#: "nears $1T valuation" tells of a mark, not of what it was valued at.
_NEARS = re.compile(r"\bnear(?:s|ed|ing)? (?:an? )?$", re.IGNORECASE)


def _valuation(readings: Sequence[Reading], evidence: dict[str, str], kind: Kind) -> Money | None:
    """Return what the company is worth."""
    for place, reading in enumerate(readings if kind is Kind.EQUITY else readings[:3]):
        for mention in reading.money:
            worth = mention.money
            if mention.role is not Role.VALUATION or worth.amount < 1_000_000:
                continue
            before, after = reading.text[: mention.start], reading.text[mention.end :]
            if place and (_LAST_WORTH.search(before) or _YEARS_AGO.match(after)):
                continue
            if _NEARS.search(before):
                continue
            evidence["valuation"] = reading.text
            return worth
    return None


def _now(readings: Sequence[Reading]) -> list[Reading]:
    """Return the sentences but those of the lead that tell of what was, or of another deal."""
    lead = [each for each in readings[1:] if not _ASIDE.search(each.text)]
    return [readings[0], *(each for each in lead if not _SO_FAR.search(each.text))]


def _of_today(readings: Sequence[Reading]) -> list[Reading]:
    """Return the sentences but those that only tell of earlier money."""
    return [
        reading
        for reading in readings
        if not any(mention.role is Role.PAST for mention in reading.money)
        or any(mention.role is Role.DEAL for mention in reading.money)
    ]


def _first(
    readings: Sequence[Reading],
    find: Callable[[str], _T | None],
    field: str,
    evidence: dict[str, str],
) -> _T | None:
    """Return what the first sentence that says anything about a field says."""
    for reading in readings:
        value = find(reading.text)
        if value is not None:
            evidence[field] = reading.text
            return value
    return None
