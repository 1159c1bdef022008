"""Stories of corrected deals as a labelled set: what people say, where the story says it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.alerts.records import labelled_record
from bot.deals.correct import correct
from bot.model import Claim, Correction, CorrectionKind, Deal, Reason, Story
from tests.deals.claims import DAY_ONE, B, claim, told

MONEY = {"money": "up_to 5000000000 USD"}


def corrected(kind: CorrectionKind, *claims: Claim, **more: Any) -> Deal:
    said = Correction(kind, "20260302-1", "U1", id=1, made=DAY_ONE, **more)
    return correct(said, told(*claims)).told[0].deal


def label(deal: Deal, title: str = "A title", text: str = "") -> dict[str, Any]:
    story = Story("s0", "https://x.example/0", "Grid", title, text, DAY_ONE)
    found: dict[str, Any] = labelled_record(story, deal)["label"]
    return found


def test_a_record_has_the_story_and_every_label() -> None:
    deal = corrected(CorrectionKind.FIX, claim("Nvidia > Nokia", 1), facts=MONEY)
    record = labelled_record(Story("s0", "", "Grid", "A title", "Text", DAY_ONE), deal)
    assert list(record) == ["id", "url", "source", "published", "title", "text", "label"]
    assert record["published"] == "2026-03-02T09:00:00+00:00"
    assert record["label"] == {
        "is_deal": True, "reason": None, "deal_key": "20260302-1", "kind": "equity",
        "status": "announced", "payers": ["Nvidia"], "recipients": ["Nokia"],
        "amount": 5 * B, "currency": "USD", "qualifier": "up_to", "valuation": None,
        "stake_pct": None, "capacity_mw": None, "round": None, "layer": None,
    }  # fmt: skip


def test_no_deal_has_its_reason_and_no_facts() -> None:
    deal = corrected(CorrectionKind.REJECT, claim("Nvidia > Nokia", 1), reason=Reason.EARNINGS)
    found = label(deal)
    assert (found["is_deal"], found["reason"], found["deal_key"]) == (False, "earnings", None)
    assert (found["payers"], found["amount"], found["kind"]) == ([], None, None)


def test_a_rejection_without_a_reason_is_other() -> None:
    deal = corrected(CorrectionKind.REJECT, claim("Nvidia > Nokia", 1))
    assert label(deal)["reason"] == "other"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        pytest.param("The price was not disclosed.", None, id="a story without it has none"),
        pytest.param("It may pay up to $5 billion.", 5 * B, id="a story that was not read right"),
    ],
)
def test_a_corrected_amount_is_the_label_only_where_the_story_tells_one(
    text: str, amount: int | None
) -> None:
    deal = corrected(CorrectionKind.FIX, claim("Nvidia > Nokia"), facts=MONEY)
    assert label(deal, text=text)["amount"] == amount


def test_a_corrected_party_is_the_label_where_its_name_stands() -> None:
    deal = corrected(CorrectionKind.FIX, claim("> Nokia"), facts={"payers": "AMD\nIntel"})
    assert label(deal, title="AMD’s stake in Nokia")["payers"] == ["AMD"]
