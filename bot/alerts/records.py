"""Readings and deals as flat records, for JSON and CSV. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from bot.alerts.summarise import headline, summary
from bot.model import Claim, Correction, Deal, Layer, Money, Story, Verdict
from bot.query import normalized
from bot.understand.money import find_money

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


def correction_record(correction: Correction) -> Record:
    """Return one correction as ``corrections list --json`` shows it."""
    return {
        "id": correction.id,
        "kind": correction.kind,
        "deal_id": correction.deal_id,
        "by": correction.by,
        "made": correction.made.isoformat(),
        "facts": dict(correction.facts),
        "reason": correction.reason,
        "other": correction.other or None,
        "stories": list(correction.stories),
        "undone": correction.undone and correction.undone.isoformat(),
        "undone_by": correction.undone_by or None,
    }


def labelled_record(story: Story, deal: Deal) -> Record:
    """Return a story of a corrected deal as a record of a labelled set.

    What people corrected counts where the story speaks of it; the rest is what the story was
    read to say. Nothing is labelled that its text does not support.
    """
    claim = next(source.claim for source in deal.sources if source.story_id == story.id)
    is_deal = deal.override.reason is None
    right: dict[str, Any] = {
        field: getattr(deal, field)
        if getattr(claim, field) not in (None, ())
        else _written(getattr(deal, field), story)
        for field in deal.override.facts
    }
    label = _facts(replace(claim, **right)) if is_deal else _NOTHING
    return {
        "id": story.id,
        "url": story.url,
        "source": story.source,
        "published": story.published and story.published.isoformat(),
        "title": story.title,
        "text": story.text,
        "label": {
            "is_deal": is_deal,
            "reason": deal.override.reason,
            "deal_key": deal.id if is_deal else None,
            **{field: value for field, value in label.items() if field not in _NOT_LABELLED},
        },
    }


def _written(value: object, story: Story) -> object:
    """Return what of a corrected fact stands in the text of *story*, although it was not read."""
    text = f"{story.title}\n{story.text}"
    if isinstance(value, tuple):
        return tuple(name for name in value if f" {normalized(name)} " in f" {normalized(text)} ")
    if isinstance(value, Money):
        said = [(each.money.amount, each.money.currency) for each in find_money(text)]
        return value if (value.amount, value.currency) in said else None
    if isinstance(value, Layer):
        return value
    return value if isinstance(value, str) and normalized(value) in normalized(text) else None


_FACTS = (
    "kind", "status", "payers", "recipients", "amount", "currency", "qualifier",
    "per", "valuation", "stake_pct", "capacity_mw", "term_years", "round", "layer", "binding",
)  # fmt: skip


_NOT_LABELLED = ("binding", "per", "term_years")  #: facts that labelled sets do not have
_NOTHING: Record = {**dict.fromkeys(_FACTS), "payers": [], "recipients": []}


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
        "per": money and (money.per or None),
        "valuation": known.valuation and known.valuation.amount,
        "stake_pct": known.stake_pct,
        "capacity_mw": known.capacity_mw,
        "term_years": known.term_years,
        "round": known.round,
        "layer": known.layer,
        "binding": known.binding,
    }
