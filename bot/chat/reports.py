"""Deals summed up: figures with a picture, and a table to download. Pure but for the drawing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.alerts.answer import Answer, File
from bot.alerts.chart import draw
from bot.alerts.records import csv_text, deal_record
from bot.alerts.stats import stats_of
from bot.chat import Question
from bot.chat.commands import DealLibrary, not_understood, nothing_found
from bot.errors import QueryError
from bot.model import Deal
from bot.query import parse_query

MOST = 50_000  #: deals in one report


def stats_answer(
    question: Question, deals: DealLibrary, today: date, *, draws: bool = True
) -> Answer:
    """Answer "stats QUERY" with figures, and a picture where there is money to draw."""
    asked = question.text.strip()
    found = _found(asked, deals, today)
    if isinstance(found, Answer):
        return found
    stats = stats_of(found)
    title = f"Deals for {asked}" if asked else "All deals"
    picture = draw(stats, title) if draws and stats.totals.firm else None
    return Answer(title, text=stats.summary, query=asked, file=picture)


def export_answer(
    question: Question, deals: DealLibrary, today: date, news: Mapping[str, Mapping[str, int]]
) -> Answer:
    """Answer "export QUERY" with a table; *news* counts the alerts of each deal."""
    asked = question.text.strip()
    found = _found(asked, deals, today)
    if isinstance(found, Answer):
        return found
    table = csv_text(deal_record(deal, news.get(deal.id, {})) for deal in found)
    count = f"{len(found)} {'deal' if len(found) == 1 else 'deals'}"
    # the mark at the beginning tells spreadsheets that it is UTF-8
    file = File("deals.csv", table.encode("utf-8-sig"), "text/csv")
    return Answer(f"{count}{f' for {asked}' if asked else ''} as CSV", query=asked, file=file)


def _found(asked: str, deals: DealLibrary, today: date) -> list[Deal] | Answer:
    try:
        query = parse_query(asked, today)
    except QueryError as error:
        return not_understood(asked, error)
    return deals.search(query, limit=MOST) or nothing_found(asked)
