"""A question in, an answer out, the same for every chat service. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Protocol

from bot.alerts.answer import Answer
from bot.chat import Question
from bot.errors import QueryError
from bot.model import Deal
from bot.query import Query, parse_query

HELP = """\
/deals nvidia since:90d: deals with this word, newest first
/deals payer:nvidia to:openai kind:equity amount>=1b: also status: layer: currency: sort:
/deals company nvidia: money in and out, with whom
/deals stats kind:debt since:1y: figures, a picture; /deals top, /deals export take the same
/deals why https://example.com/story: why it was told of; /deals read judges any article
/deal 20251028-1: one deal with its sources, evidence and history
/deals subscribe payer:nvidia: in this channel; /deals subscriptions, /deals unsubscribe 3
/deals watch coreweave: tells you alone; /deals watches, /deals unwatch 3; /deals feeds
/deals quiet 22:00-07:00 Europe/Berlin: alerts wait; /deals digest daily 08:00, /deals health
/deals reject 20251028-1: it is not a deal; /deals undo 20251028-1 takes it back"""


class DealLibrary(Protocol):
    """Past deals, as questions need them."""

    def search(self, query: Query, *, limit: int, offset: int = 0) -> list[Deal]:
        """Return a page of the deals that *query* asks for."""
        ...

    def count(self, query: Query) -> int:
        """Return how many there are."""
        ...

    def get(self, deal_id: str) -> Deal | None:
        """Return the deal with this id, or None."""
        ...


def answer(question: Question, deals: DealLibrary, today: date, *, page_size: int = 10) -> Answer:
    """Answer "deals" with a look-up, "deal" with an id, and anything else with help."""
    asked = question.text.strip()
    if question.command == "deal":
        return _one(asked, deals)
    if question.command == "top":
        return _top(asked, deals, today, page_size)
    if question.command == "deals" and asked.casefold() != "help":
        return _many(asked, deals, today, page_size, question.offset)
    return Answer("Dealwire: past deals in AI infrastructure", text=HELP)


def _many(asked: str, deals: DealLibrary, today: date, page_size: int, offset: int) -> Answer:
    try:
        query = parse_query(asked, today)
    except QueryError as error:
        return not_understood(asked, error)
    total = deals.count(query)
    if not total:
        return nothing_found(asked)
    page = tuple(deals.search(query, limit=page_size, offset=offset))
    title = f"{total} {'deal' if total == 1 else 'deals'}" + (f" for {asked}" if asked else "")
    return Answer(title, deals=page, total=total, offset=offset, page_size=page_size, query=asked)


def _top(asked: str, deals: DealLibrary, today: date, page_size: int) -> Answer:
    """Return the largest deals; unless a status is asked for, those that stand."""
    narrowed = asked if "status:" in asked else f"{asked} -status:rumored -status:cancelled"
    found = _many(f"{narrowed} sort:amount".strip(), deals, today, page_size, 0)
    if not found.deals:
        return found
    title = "Largest deals" + (f" for {asked}" if asked else "")
    return replace(found, title=title)


def not_understood(asked: str, error: QueryError) -> Answer:
    """Answer a look-up with a part we do not understand."""
    return Answer("Not understood", query=asked, error=_sentence(str(error)))


def nothing_found(asked: str) -> Answer:
    """Answer a look-up that no deal matches."""
    found = "No deals yet" if not asked else f"No deals for {asked}"
    hint = "Try fewer words, or /deals help." if asked else "They come with the news."
    return Answer(found, query=asked, hint=hint)


def _one(asked: str, deals: DealLibrary) -> Answer:
    deal_id = asked.strip("#`'\"<> ")
    deal = deals.get(deal_id)
    while deal is not None and (home := deals.get(deal.override.merged_into)):
        deal = home
    if deal is not None:
        return Answer(f"Deal {deal.id}", deal=deal)
    if not deal_id:
        return Answer("Which deal?", error="Name a deal by its id.", hint="Try /deal 20251028-1.")
    if re.fullmatch(r"\d{8}-\d+", deal_id):
        return Answer("Not found", error=f"No deal {deal_id}.", hint="/deals lists the newest.")
    return Answer(
        "Not found",
        error=f"{asked[:100]!r} is not the id of a deal.",
        hint=f"Try /deals {asked[:100]}, or an id such as 20251028-1.",
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
