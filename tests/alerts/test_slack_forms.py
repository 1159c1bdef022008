"""The forms of corrections: Slack takes them whatever feeds wrote, and they read back safely."""

import contextlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts.slack_forms import filled, form, notice, place_of
from bot.errors import CorrectionError
from bot.model import CorrectionKind, Reason
from tests.alerts.test_slack_blocks import ANY_TEXT, any_deals
from tests.doubles.block_rules import view_faults
from tests.store.test_deals import a_deal

REJECT, FIX, MERGE, SPLIT = CorrectionKind


@settings(max_examples=30, deadline=None)
@given(any_deals(), st.sampled_from(CorrectionKind))
def test_slack_takes_every_form_of_whatever_feeds_wrote(deal, kind):
    view = form(kind, deal, [replace(deal, id=f"20251028-{n}") for n in range(120)], "C1")
    assert view_faults(view) == []
    assert place_of(view) == (deal.id, "C1")


def test_a_deal_of_many_sources_can_be_split():
    (source,) = a_deal().sources
    sources = tuple(replace(source, story_id=f"s{n}", title="A title") for n in range(300))
    assert view_faults(form(SPLIT, a_deal(sources=sources), [], "C1")) == []


@given(ANY_TEXT.filter(bool))
def test_a_notice_fits_whatever_it_says(text):
    assert view_faults(notice(text)) == []


def sent(view: dict[str, Any], **values: dict[str, Any]) -> dict[str, Any]:
    """Return *view* as Slack sends it: each input by its block."""
    state = {
        block["block_id"]: {block["element"]["action_id"]: values[block["block_id"]]}
        for block in view["blocks"]
        if block.get("block_id") in values
    }
    return {**view, "id": "V1", "state": {"values": state}}


def typed(text: str | None) -> dict[str, Any]:
    return {"type": "plain_text_input", "value": text}


def test_a_form_that_slack_escaped_on_the_way_changes_nothing_by_itself():
    view = form(FIX, a_deal(payers=("AT&T", "Nvidia")), [], "C1")
    view["blocks"][1]["element"]["initial_value"] = "AT&amp;T\nNvidia"
    back = sent(view, payers=typed("AT&T\r\nNvidia"), round=typed("Series C"))
    assert filled(FIX, back, None, "U1").facts == {
        "round": "Series C", "recipients": "", "money": "", "stake_pct": ""
    }  # fmt: skip


def test_what_is_emptied_is_undisclosed():
    deal = a_deal()
    boxes = {name: typed(None) for name in ("payers", "recipients", "money", "stake_pct")}
    facts = filled(FIX, sent(form(FIX, deal, [], "C1"), **boxes), None, "U1").facts
    assert facts == dict.fromkeys(boxes, "")


def test_a_reason_that_nobody_offered_is_other():
    option = {"type": "static_select", "selected_option": {"value": "language"}}
    view = sent(form(REJECT, a_deal(), [], "C1"), reason=option)
    assert filled(REJECT, view, None, "U1").reason is Reason.OTHER


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("kind", CorrectionKind)
@given(block=st.sampled_from(["payers", "money", "reason", "other_id", "sources_0"]), junk=_JSON)
def test_whatever_a_forged_form_holds_it_is_read_or_refused(kind, block, junk):
    view = form(kind, a_deal(), [], "C1")
    for forged in (
        {**view, "state": junk},
        {**view, "state": {"values": junk}},
        {**view, "state": {"values": {block: junk}}},
        {**view, "state": {"values": {block: {block: junk, "sources": junk}}}, "blocks": junk},
        {**view, "private_metadata": junk},
    ):
        with contextlib.suppress(CorrectionError):
            filled(kind, forged, a_deal(), "U1")
