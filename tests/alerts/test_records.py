"""Readings and deals as flat records: every fact under its name, null where nobody said."""

from __future__ import annotations

import json

from bot.alerts.records import deal_record, reading_record
from bot.model import Layer, Qualifier, Reason, Verdict
from tests.deals.claims import claim, merges, money, story, told

FACTS = {
    "kind", "status", "payers", "recipients", "amount", "currency", "qualifier", "per",
    "valuation", "stake_pct", "capacity_mw", "term_years", "round", "layer", "binding",
}  # fmt: skip

SAID = claim(
    "Nvidia > Nokia",
    money(1, "EUR", Qualifier.UP_TO),
    id="s1",
    valuation=money(30),
    stake_pct=2.9,
    layer=Layer.NETWORKING,
    evidence={"money": "Up to €1bn."},
)


def test_a_reading_tells_every_fact_and_its_evidence() -> None:
    record = reading_record(Verdict(story(SAID), SAID, score=0.98765, why=("invests",)))
    assert record.keys() >= FACTS
    assert (record["id"], record["is_deal"], record["reason"]) == ("s1", True, None)
    assert (record["amount"], record["currency"], record["qualifier"]) == (10**9, "EUR", "up_to")
    assert record["evidence"] == {"money": "Up to €1bn."}
    assert record["score"] == 0.988


def test_a_story_put_aside_has_the_same_columns_without_facts() -> None:
    record = reading_record(Verdict(story(SAID), reason=Reason.OPINION))
    assert (record["is_deal"], record["reason"]) == (False, "opinion")
    assert {record[fact] for fact in FACTS} == {None}


def test_a_deal_tells_its_stories_and_the_alerts_it_caused() -> None:
    deal = merges(SAID, claim("Nvidia > Nokia", id="s2", day=1))[-1].deal
    record = deal_record(deal, {"new": 1, "source": 1, "change": 2})
    assert record.keys() >= FACTS
    assert record["stories"] == ["s1", "s2"]
    assert (record["alerts"], record["updates"]) == (1, 3)
    assert record["headline"].startswith("Nvidia → Nokia · up to €1.0B")
    assert record["valuation"] == 30 * 10**9


def test_records_are_plain_json() -> None:
    record = deal_record(told(SAID), {})
    assert json.loads(json.dumps(record)) == record
    assert record["alerts"] == 0
