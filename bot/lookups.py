"""Look-ups beyond lists of deals: gather from the store, then let the pure part decide."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from bot.alerts import why as roads
from bot.alerts.answer import Answer
from bot.alerts.why import Trace
from bot.chat import Question
from bot.chat.company import company_answer
from bot.chat.reports import export_answer, stats_answer
from bot.feeds.parse import canonical
from bot.store.database import Database
from bot.store.deals import Deals
from bot.store.feeds import Feeds
from bot.store.outbox import Outbox
from bot.store.traces import Traces

_ID = re.compile(r"\d{8}-\d{1,5}", re.ASCII)
_AROUND = "#`'\"“”<> \t\n"  #: what people paste around an address


def company(db: Database, question: Question, aliases: Mapping[str, str]) -> Answer:
    """Answer "company NAME"."""
    return company_answer(question, Deals(db), aliases)


def stats(db: Database, question: Question, now: datetime) -> Answer:
    """Answer "stats QUERY"."""
    return stats_answer(question, Deals(db), now.date())


def export(db: Database, question: Question, now: datetime) -> Answer:
    """Answer "export QUERY"."""
    return export_answer(question, Deals(db), now.date(), Outbox(db).news())


def why(db: Database, question: Question, now: datetime) -> Answer:
    """Answer "why URL" and "why ID"."""
    asked = pointed_at(question.text)
    if not asked:
        return roads.nothing_asked()
    deals = Deals(db)
    if _ID.fullmatch(asked):
        deal = deals.get(asked)
        return roads.deal_answer(deal, traces(db, asked)) if deal else roads.no_such_deal(asked)
    for trace in traces(db, asked):
        return roads.story_answer(trace, deals.get(trace.deal_id) if trace.deal_id else None)
    return roads.unseen_answer(canonical(asked) or asked, Feeds(db).all(), now)


def traces(db: Database, asked: str) -> list[Trace]:
    """Return the stories of a deal by its id, or the one with an address."""
    if _ID.fullmatch(asked):
        return Traces(db).of_deal(asked)
    found = Traces(db).of_url(canonical(asked) or asked)
    return [found] if found else []


def pointed_at(text: str) -> str:
    """Return the address or text that somebody pasted, without what stands around it.

    >>> pointed_at(" <https://x.example/a|x.example/a> ")
    'https://x.example/a'
    """
    inner = text.strip(_AROUND)
    return inner.partition("|")[0] if inner.startswith(("http://", "https://")) else inner
