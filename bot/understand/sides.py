"""The two sides of a deal, from the parts that companies play in title and lead. Pure.

The rules put companies on sides by the acts they take part in; bot/understand/cast.py then weighs
the rules' word against everything else that stands around a name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from bot.model import Kind
from bot.understand.cast import Sides, cast, site_of
from bot.understand.knowledge import Knowledge
from bot.understand.mentions import Company
from bot.understand.parties import Part, Reading, leftover_names
from bot.understand.rounds import joiners_of, leaders_of
from bot.understand.trades import trades_of

#: Who sells to whom along the stack: the lower sells to the higher.
_STACK = {"power": 0, "networking": 1, "chips": 1, "datacenter": 2, "compute": 3, "models": 5}
_STACK_OF_ROLE = {
    "foundry/equipment": 0.5, "memory": 0.5, "EDA/IP": 0.5, "optical/components": 0.5,
    "server OEM": 1.5, "hyperscaler": 4, "tech group": 4,
}  # fmt: skip
_TOP = 6
_MANY = 10  #: payers a card can name; of more, those who lead
_POWER_SOLD = re.compile(
    r"\b(?:ppas?|power purchase|solar|wind|nuclear|geothermal|hydro(?:power|electric)?|"
    r"batter(?:y|ies)|energy storage|fuel cells?|turbines?|renewables?|"
    r"(?:clean|renewable|nuclear) (?:energy|power)|electricity)\b",
    re.IGNORECASE,
)
_COMPUTE_SOLD = re.compile(
    r"\b(?:compute|computing|cloud|gpu) (?:capacity|contract|deal|pact|rental|services?)\b",
    re.IGNORECASE,
)
_SPACE_LET = re.compile(
    r"\b(?:lease[sd]?|leasing|tenant|colocation|data cent(?:er|re)s?|campus|hosting)\b",
    re.IGNORECASE,
)


def sides_of(readings: Sequence[Reading], kind: Kind, knowledge: Knowledge) -> Sides:
    """Return who pays and who gets in a story, of which *readings* are title and lead."""
    sides = cast(readings, kind, ruled_sides(readings, kind, knowledge), knowledge)
    if any(
        token.form is not None and token.form.act.name == "list" for token in readings[0].tokens
    ):
        # banks bring shares to the market and buy none
        sides.payers = {name: of for name, of in sides.payers.items() if not _is_bank(of)}
    if len(sides.payers) > _MANY:
        leaders = {name for reading in readings for name in leaders_of(reading)}
        if led := {name: of for name, of in sides.payers.items() if name in leaders}:
            sides.payers = led
    return sides


def _is_bank(company: Company | None) -> bool:
    return company is not None and company.role.startswith("bank")


def ruled_sides(readings: Sequence[Reading], kind: Kind, knowledge: Knowledge) -> Sides:
    """Return the sides as the rules alone see them."""
    sides = Sides({}, {}, {})
    for place, reading in enumerate(readings[:3]):
        payers, recipients = _roles(reading, kind, readings)
        if not sides.payers and payers and not set(payers) & set(sides.recipients):
            sides.payers, sides.evidence["payers"] = payers, reading.text
        if not sides.recipients and recipients and not set(recipients) & set(sides.payers):
            sides.recipients, sides.evidence["recipients"] = recipients, reading.text
        if sides.payers and sides.recipients:
            break
        if place == 0 and kind is Kind.VENTURE and sides.payers:
            break
        if place == 0:
            _add_leftover(readings, sides, kind)
    if kind in (Kind.EQUITY, Kind.DEBT):
        _add_joiners(readings, sides)
    if not sides.payers and kind in (Kind.BUILDOUT, Kind.VENTURE, Kind.EQUITY):
        _add_government(readings[0], sides)
    if kind is Kind.BUILDOUT and not sides.recipients:
        _add_place(readings, sides, knowledge)
    elif kind is Kind.VENTURE and not sides.recipients and _SPACE_LET.search(readings[0].text):
        _add_place(readings[:1], sides, knowledge)
    return sides


def _roles(
    reading: Reading, kind: Kind, readings: Sequence[Reading]
) -> tuple[dict[str, Company | None], dict[str, Company | None]]:
    """Return the payers and recipients that one sentence names."""
    payers: dict[str, Company | None] = {}
    recipients: dict[str, Company | None] = {}
    partners: list[Part] = []
    mover: Part | None = None
    for part in reading.parts:
        role = part.role
        if role in ("partner", "gaining partner", "customer", "both"):
            partners.append(part)
        elif role == "mover":
            mover = part
        elif role == "payer" and part.name not in recipients:
            payers.setdefault(part.name, part.company)
        elif role == "recipient" and part.name not in payers:
            recipients.setdefault(part.name, part.company)
    partners = [
        part for part in partners if part.name not in payers and part.name not in recipients
    ]
    if mover is not None and mover.name not in {*payers, *recipients} and len(partners) < 2:
        # "after company lands Acme deal" speaks of the company whose shares moved
        partners = [replace(part, role="partner") for part in [mover, *partners]]
    _place_partners(partners, payers, recipients, kind, readings)
    if len(payers) > 1 and not recipients and kind not in (Kind.VENTURE, Kind.BUILDOUT, Kind.DEBT):
        first = _joined_with_first(reading, payers)
        recipients = {name: company for name, company in payers.items() if name not in first}
        payers = {name: company for name, company in payers.items() if name in first}
    if kind is Kind.BUILDOUT:
        recipients = {}
    return payers, recipients


_JOINS = re.compile(r"\W*(?:(?:and|plus)\W*)?")


def _joined_with_first(reading: Reading, payers: Mapping[str, Company | None]) -> set[str]:
    """Return the names told in one breath with the first payer: "Acme, Example and Sample"."""
    found = [token for token in reading.tokens if token.name and token.name.name in payers]
    joined = {found[0].name.name} if found and found[0].name else set()
    for before, token in pairwise(found):
        if not _JOINS.fullmatch(reading.text[before.end : token.start]) or token.name is None:
            break
        joined.add(token.name.name)
    return joined


def _place_partners(
    partners: Sequence[Part],
    payers: dict[str, Company | None],
    recipients: dict[str, Company | None],
    kind: Kind,
    readings: Sequence[Reading],
) -> None:
    """Put partners on their sides: the lower in the stack sells to the higher."""
    if kind in (Kind.VENTURE, Kind.BUILDOUT):
        payers.update((part.name, part.company) for part in partners)
        return
    if not partners:
        return
    if kind in (Kind.EQUITY, Kind.DEBT) and not payers and not recipients and len(partners) == 1:
        recipients[partners[0].name] = partners[0].company
        return
    if kind is Kind.EQUITY and not payers and not recipients:
        _place_investors(partners, payers, recipients)
        return
    ranks = _ranks(partners, readings)
    if payers and not recipients:
        recipients.update((part.name, part.company) for part in partners)
    elif recipients and not payers:
        payers.update((part.name, part.company) for part in partners)
    elif len(ranks) == 1:
        part = partners[0]
        # who is only told to let or rent lets when that is its trade
        least, most = (2, 2) if part.role == "customer" else (0, 3)
        sells = part.role == "gaining partner" or least <= ranks[part.name] <= most
        (recipients if sells else payers)[part.name] = part.company
    else:
        sellers = _sellers(partners, ranks)
        for part in partners:
            (recipients if part.name in sellers else payers)[part.name] = part.company


def _sellers(partners: Sequence[Part], ranks: Mapping[str, float]) -> set[str]:
    """Return who of several partners sells: who gains, or who is lower in the stack."""
    lowest = min(ranks.values())
    gaining = {part.name for part in partners if part.role == "gaining partner"}
    if gaining and min(ranks[name] for name in gaining) <= lowest + 1:
        return gaining
    told_after = {part.name for part in partners if part.slot == "with"}
    told_before = set(ranks) - told_after
    if told_after and told_before:  # each side stands together
        after, before = (min(ranks[name] for name in names) for names in (told_after, told_before))
        return told_after if after <= before else told_before
    if lowest == max(ranks.values()):
        return {part.name for part in partners[1:]}
    return {name for name, rank in ranks.items() if rank == lowest}


def _place_investors(
    partners: Sequence[Part],
    payers: dict[str, Company | None],
    recipients: dict[str, Company | None],
) -> None:
    """Of partners in a deal for shares the younger kind of company gets the money."""
    ranks = [_may_invest(part.company) for part in partners]
    level = min(ranks) == max(ranks)
    for index, part in enumerate(partners):
        gets = index > 0 if level else ranks[index] == min(ranks)
        (recipients if gets else payers)[part.name] = part.company


def _may_invest(company: Company | None) -> int:
    """Return how likely a company is to be the one that buys shares, 0 to 4."""
    if company is None:
        return 1
    if company.role.startswith(("investor", "bank")):
        return 4
    if company.role in ("hyperscaler", "chipmaker", "tech group"):
        return 3
    return 0 if company.layer in ("models", "compute") else 2


def _ranks(partners: Sequence[Part], readings: Sequence[Reading]) -> dict[str, float]:
    """Return where *partners* stand in the stack; unlisted ones by their trade, or what is sold."""
    trades = trades_of(readings)
    ranks: dict[str, float] = {}
    for part in partners:
        company = part.company
        if company is None:
            trade = trades.get(part.name)
            ranks[part.name] = _STACK[trade] if trade in _STACK else _rank_of_sold(readings)
        elif company.role.startswith(("investor", "bank")):
            ranks[part.name] = _TOP
        else:
            ranks[part.name] = _STACK_OF_ROLE.get(company.role, _STACK.get(company.layer, _TOP))
    return ranks


def _rank_of_sold(readings: Sequence[Reading]) -> float:
    """Return where a company that is not listed stands in the stack, by what is sold here."""
    text = " ".join(reading.text for reading in readings[:3])
    if _POWER_SOLD.search(text):
        return _STACK["power"]
    if _SPACE_LET.search(text):
        return _STACK["datacenter"]
    # who is not listed sells to the large rather than the large to it
    return _STACK["compute"] if _COMPUTE_SOLD.search(text) else _STACK["compute"] + 0.5


def _add_joiners(readings: Sequence[Reading], sides: Sides) -> None:
    """Name those who put money in too, wherever in the lead that is told."""
    for reading in readings:
        companies = {found.name: found.company for found in reading.names}
        for name in joiners_of(reading):
            if name not in sides.recipients:
                sides.payers.setdefault(name, companies[name])
                sides.evidence.setdefault("payers", reading.text)


_GOVERNS = re.compile(
    r"(?:'s government)? (?:government )?(?:to|will|plans?|weighs?|readies|eyes|is|commits?|"
    r"invests?|pledges?|approves?|launch(?:es)?|unveils?|sets? up|considers?|announces?)\b",
    re.IGNORECASE,
)


def _add_government(title: Reading, sides: Sides) -> None:
    """Name the government that a title begins with as the one that pays: "Japan to spend"."""
    if any(token.name is not None for token in title.tokens) or not title.places:
        return
    place = title.places[0]
    if title.text[: place.start].strip().lower() in ("", "the") and _GOVERNS.match(
        title.text, place.end
    ):
        sides.payers[f"{place.name} government"] = None
        sides.evidence["payers"] = title.text


_SEAT = re.compile(
    r"-based|-backed|\$|"
    r" (?:(?:ai|cloud|chip|data cent(?:er|re)|power|tech) )?"
    r"(?:billionaire|company|developer|firm|giant|group|lab|maker|operator|provider|startup)",
    re.IGNORECASE,
)
_APOSTROPHES = ("'", "’")
_INTO = re.compile(
    r"\b(?:in|near|to|at|for|outside|of|across|around|on)(?: \w+)?\s$", re.IGNORECASE
)
_WHOLE = frozenset(["US", "U.S.", "USA", "America", "United States", "Europe", "Asia"])
_NEAR_PLACE = re.compile(r"\b(?:in|near|outside)\s$", re.IGNORECASE)


def _add_place(readings: Sequence[Reading], sides: Sides, knowledge: Knowledge) -> None:
    """Name what a build-out goes to: a metropolis, else the state that is told after a town."""
    for reading in readings[:3]:
        name = _site(reading, sides, knowledge)
        if name:
            sides.recipients = {site_of(name): None}
            sides.evidence["recipients"] = reading.text
            return


def _site(reading: Reading, sides: Sides, knowledge: Knowledge) -> str:
    text = reading.text
    names = {token.start: token.name for token in reading.tokens if token.name is not None}
    found = [
        place
        for place in reading.places
        if place.name not in sides.payers
        and not _SEAT.match(text, place.end)
        # "Ohio's Acme" tells the seat, "Ohio's grid" the site
        and not (
            text[place.end :][:1] in _APOSTROPHES and {place.end + 2, place.end + 3} & set(names)
        )
    ]
    found.sort(key=lambda place: place.name in _WHOLE)
    chosen = (
        [place for place in found if _NEAR_PLACE.search(text[: place.start])]
        or [place for place in found if _INTO.search(text[: place.start])]
        or found
    )
    towns = [
        town
        for town in names.values()
        if town.company is None
        and town.name not in sides.payers
        and _NEAR_PLACE.search(text[: town.start])
    ]
    if towns and (not chosen or towns[0].start < chosen[0].start):
        return towns[0].name
    if not chosen:
        return ""
    place = chosen[0]
    following = next((other for other in found if other.start > place.end), None)
    if following is not None and place.name not in knowledge.metropolises:
        between = text[place.end : following.start]
        if between in (", ", "'s ", "’s ") or place.name.endswith(("County", "Parish")):
            return following.name
    return place.name


def _add_leftover(readings: Sequence[Reading], sides: Sides, kind: Kind) -> None:
    """Give a side that stayed empty the first name of the title that has no part yet."""
    if kind is Kind.BUILDOUT:
        side, field = sides.payers, "payers"
    elif kind in (Kind.EQUITY, Kind.DEBT) or sides.payers:
        side, field = sides.recipients, "recipients"
    else:
        side, field = sides.payers, "payers"
    if side or kind is Kind.VENTURE:
        return
    for name, company in leftover_names(readings[0], at_place=kind is not Kind.BUILDOUT):
        if name not in sides.payers and name not in sides.recipients:
            side[name] = company
            sides.evidence[field] = readings[0].text
            return
