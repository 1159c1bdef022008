"""Corrections on a real store: whatever people and feeds do, every story has one home."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.corrections import carry_out, corrected_deals, form, undo
from bot.deals.facts import kept
from bot.errors import CorrectionError
from bot.model import (
    Channel,
    Claim,
    Correction,
    CorrectionKind,
    Deal,
    Kind,
    Money,
    Status,
    Story,
    Verdict,
)
from bot.pipeline import remember
from bot.query import parse_query
from bot.store.corrections import Corrections
from bot.store.database import Database, open_store
from bot.store.deals import Deals
from bot.store.outbox import Outbox
from bot.store.stories import Stories

NOON = datetime(2025, 10, 28, 12, tzinfo=UTC)
ALL = [(Channel("all", "board"), parse_query("", NOON.date()))]


def verdict(number: int, payer: str, billions: float) -> Verdict:
    said_at = NOON + timedelta(hours=number)
    story = Story(f"s{number}", f"https://x.example/{number}", f"Paper {number}", f"Title {number}")
    money = Money(round(billions * 10**9))
    claim = Claim(
        story.id, said_at, Kind.EQUITY, Status.ANNOUNCED, (payer,), ("Nokia",), money
    )  # fmt: skip
    return Verdict(story, claim, score=0.9)


_IDS = st.integers(1, 3).map(lambda number: f"20251028-{number}")
_STORIES = st.sets(st.integers(0, 5).map(lambda number: f"s{number}"), max_size=3)
_ORDERS = st.one_of(
    st.builds(lambda deal: Correction(CorrectionKind.REJECT, deal, "U1"), _IDS),
    st.builds(
        lambda deal, size: Correction(
            CorrectionKind.FIX, deal, "U2", facts={"money": f"exact {size} USD"}
        ),
        _IDS,
        st.integers(1, 3),
    ),
    *[
        st.builds(
            lambda one, two: Correction(CorrectionKind.MERGE, one, "U3", other=two), _IDS, _IDS
        )
    ]
    * 2,
    st.builds(
        lambda deal, stories: Correction(CorrectionKind.SPLIT, deal, "U4", stories=tuple(stories)),
        _IDS,
        _STORIES,
    ),
    st.builds(lambda deal: ("undo", deal), _IDS),
    st.builds(
        lambda payer, size: (payer, size),
        st.sampled_from(["Nvidia", "AMD", "Intel"]),
        st.sampled_from([1.0, 4.0]),
    ),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(_ORDERS, min_size=3, max_size=16))
def test_whatever_people_and_feeds_do_every_story_has_one_home_and_corrections_hold(orders):
    with TemporaryDirectory() as folder, open_store(Path(folder) / "d.db") as db:
        remember(db, verdict(0, "Nvidia", 1), ALL, NOON)
        remember(db, verdict(1, "AMD", 4), ALL, NOON)
        heard = 2
        for number, order in enumerate(orders):
            now = NOON + timedelta(minutes=number)
            if isinstance(order, Correction):
                carry_out(db, order, now)
            elif order[0] == "undo":
                undo(db, order[1], "U5", now)
            else:
                remember(db, verdict(heard, *order), ALL, now)
                heard += 1
            check(db, heard)
        while newest := [each for each in Corrections(db).all() if each.undone is None]:
            done = undo(db, newest[-1].deal_id, "U5", NOON, number=newest[-1].id)
            assert not done.error, "from the newest on, all can be undone"
            check(db, heard)
        assert corrected_deals(db) == []
        assert all(not deal.override.last for deal in every(db))


def every(db: Database) -> list[Deal]:
    """Return every deal, also those out of sight."""
    found = [Deals(db).get(f"20251028-{number}") for number in range(1, 40)]
    return [deal for deal in found if deal is not None]


def check(db: Database, heard: int) -> None:
    homes = [deal for deal in every(db) if not deal.override.merged_into]
    held = [source.story_id for deal in homes for source in deal.sources]
    assert sorted(held) == sorted(f"s{number}" for number in range(heard))
    for deal in homes:
        assert deal.sources, "a deal that goes on has a source"
        assert {Stories(db).deal_of(s.story_id) for s in deal.sources} == {deal.id}
    active = [each for each in Corrections(db).all() if each.undone is None]
    for deal in homes:
        fixes = [e for e in active if e.kind is CorrectionKind.FIX and e.deal_id == deal.id]
        if fixes:
            assert kept(deal.money) == fixes[-1].facts["money"]
    shown = Deals(db).search(parse_query("", NOON.date()), limit=99)
    assert {deal.id for deal in shown} == {deal.id for deal in homes if not deal.override.reason}


# ---- what follows ---------------------------------------------------------------------------


def filled(tmp_path: Path) -> Database:
    db = open_store(tmp_path / "d.db")
    for number, (payer, size) in enumerate([("Nvidia", 1), ("AMD", 4), ("Nvidia", 1)]):
        remember(db, verdict(number, payer, size), ALL, NOON)
    return db


def fix(money: str = "exact 5000000000 USD") -> Correction:
    return Correction(CorrectionKind.FIX, "20251028-1", "U1", facts={"money": money})


def test_each_correction_is_told_once_a_channel_and_so_is_its_undoing(tmp_path):
    with filled(tmp_path) as db:
        for _ in range(2):
            carry_out(db, fix(), NOON)
            undo(db, "20251028-1", "U2", NOON)
        carry_out(db, fix(), NOON)
        assert Outbox(db).news()["20251028-1"]["correction"] == 5


def test_a_correction_and_its_alert_are_written_together_or_not_at_all(tmp_path, monkeypatch):
    with filled(tmp_path) as db:
        before = every(db)

        def broken(*_: object) -> None:
            raise OSError("disk full")

        monkeypatch.setattr(Outbox, "put", broken)
        with pytest.raises(OSError, match="disk full"):
            carry_out(db, fix(), NOON)
        assert every(db) == before
        assert Corrections(db).all() == []


def test_a_deal_that_was_never_shown_is_corrected_in_silence(tmp_path):
    with open_store(tmp_path / "d.db") as db:
        remember(db, verdict(0, "Nvidia", 1), ALL, NOON, news=False)
        carry_out(db, fix(), NOON)
        assert Outbox(db).waiting() == 0


def test_a_form_offers_the_deals_that_may_be_the_same(tmp_path):
    with filled(tmp_path) as db:
        found = form(db, "20251028-1")
        assert [deal.id for deal in found.related] == ["20251028-2"], "they share Nokia"
        carry_out(db, Correction(CorrectionKind.REJECT, "20251028-2", "U1"), NOON)
        assert form(db, "20251028-1").related == ()
        with pytest.raises(CorrectionError, match="said by @U1"):
            form(db, "20251028-2")


def test_a_correction_of_another_deal_cannot_be_undone_from_this_one(tmp_path):
    with filled(tmp_path) as db:
        carry_out(db, fix(), NOON)
        assert "nothing to undo" in undo(db, "20251028-2", "U1", NOON, number=1).error
        assert "nothing to undo" in undo(db, "20251028-1", "U1", NOON, number=99).error
