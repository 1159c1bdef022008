"""Claims and stories for the tests, each said in one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.deals.merge import Merge, merge
from bot.deals.settle import settle
from bot.model import Claim, Deal, Kind, Money, Qualifier, Source, Status, Story

DAY_ONE = datetime(2026, 3, 2, 9, tzinfo=UTC)
B = 10**9


def claim(
    who: str,
    size: float | Money | None = None,
    *,
    day: float = 0,
    id: str = "",
    kind: Kind = Kind.EQUITY,
    status: Status = Status.ANNOUNCED,
    **fields: Any,
) -> Claim:
    """Return what a story says: claim("Nvidia, AMD > Nokia", 1.5, day=2) is $1.5B."""
    payers, _, recipients = who.partition(">")
    money = Money(round(size * B)) if isinstance(size, int | float) else size
    said = Claim(id, DAY_ONE + timedelta(days=day), kind, status)
    said = replace(said, payers=names(payers), recipients=names(recipients), money=money)
    return replace(said, **fields)


def names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def money(billions: float, currency: str = "USD", qualifier: Qualifier = Qualifier.EXACT) -> Money:
    return Money(round(billions * B), currency, qualifier)


def story(said: Claim, publisher: str = "Example News", title: str = "") -> Story:
    return Story(said.story_id, f"https://news.example/{said.story_id}", publisher, title)


def told(*claims: Claim, publishers: str = "") -> Deal:
    """Return the deal that *claims* make when all are about one; publishers are letters."""
    return merges(*claims, publishers=publishers)[-1].deal


def merges(*claims: Claim, publishers: str = "") -> list[Merge]:
    """Return what each of *claims* changed, all being about one deal."""
    done: list[Merge] = []
    for number, each in enumerate(claims):
        said = each if each.story_id else replace(each, story_id=f"s{number}")
        publisher = publishers[number] if publishers else f"Paper {number}"
        known = done[-1].deal if done else None
        done.append(merge(known, story(said, publisher), said, deal_id="20260302-1"))
    return done


def clustered(claims: list[Claim], titles: Mapping[str, str] | None = None) -> dict[str, list[str]]:
    """Return deal id → story ids, as the pipeline would sort *claims* in their order.

    *titles* are those of the stories, by story id; none has one otherwise.
    """
    deals = settled(claims, titles)
    return {deal.id: [source.story_id for source in deal.sources] for deal in deals if deal.sources}


def settled(
    claims: list[Claim], titles: Mapping[str, str] | None = None, told: frozenset[str] = frozenset()
) -> list[Deal]:
    """Return what deals *claims* leave, heard in their order; people were *told* of some."""
    deals: dict[str, Deal] = {}
    for said in claims:
        heard = story(said, title=(titles or {}).get(said.story_id, ""))
        source = Source(said.story_id, heard.url, heard.source, heard.title, said)
        done = settle(
            source,
            list(deals.values()),
            told=told,
            new_id=lambda day, skip: f"{day:%Y%m%d}-{len(deals) + 1 + skip}",
        )
        for each in (done.home, *done.others):
            deals[each.deal.id] = each.deal
    return list(deals.values())
