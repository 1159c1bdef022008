"""Readings and deals as flat records, for JSON and CSV. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from bot.alerts.summarise import headline, summary
from bot.model import Claim, Deal, Verdict

Record = dict[str, Any]


def reading_record(verdict: Verdict) -> Record:
    """Return what the bot made of one story: one line of ``read --jsonl``."""
    claim = verdict.claim
    facts: Record = dict.fromkeys(_FACTS) if claim is None else _facts(claim)
    return {
        "id": verdict.story.id,
        "is_deal": claim is not None,
        "reason": verdict.reason,
        **facts,
        "evidence": {} if claim is None else dict(claim.evidence),
        "score": round(verdict.score, 3),
        "why": list(verdict.why),
    }


def deal_record(deal: Deal, news: Mapping[str, int]) -> Record:
    """Return one deal as a line of ``replay --jsonl`` and ``deals --json``.

    *news* counts the deal's alerts by what they told: "new", "change", "source".
    """
    return {
        "deal_id": deal.id,
        "headline": headline(deal),
        "summary": summary(deal),
        "stories": [source.story_id for source in deal.sources],
        "alerts": news.get("new", 0),
        "updates": news.get("change", 0) + news.get("source", 0),
        **_facts(deal),
        "announced": deal.announced.isoformat(),
        "updated": deal.updated.isoformat(),
        "linked": list(deal.linked),
    }


def csv_text(records: Iterable[Record]) -> str:
    """Return *records* of one shape as CSV with a header line; "" without any.

    A text that a spreadsheet would run as a formula is quoted with an apostrophe.
    Source: owasp.org/www-community/attacks/CSV_Injection
    """
    written = io.StringIO()
    table = csv.writer(written)
    for number, record in enumerate(records):
        if number == 0:
            table.writerow(record)
        table.writerow(map(_cell, record.values()))
    return written.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, list):
        value = ";".join(map(str, value))
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FACTS = (
    "kind", "status", "payers", "recipients", "amount", "currency", "qualifier",
    "valuation", "stake_pct", "capacity_mw", "round", "layer", "binding",
)  # fmt: skip


def _facts(known: Claim | Deal) -> Record:
    money = known.money
    return {
        "kind": known.kind,
        "status": known.status,
        "payers": list(known.payers),
        "recipients": list(known.recipients),
        "amount": money and money.amount,
        "currency": money and money.currency,
        "qualifier": money and money.qualifier,
        "valuation": known.valuation and known.valuation.amount,
        "stake_pct": known.stake_pct,
        "capacity_mw": known.capacity_mw,
        "round": known.round,
        "layer": known.layer,
        "binding": known.binding,
    }
