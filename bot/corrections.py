"""Corrections carried out: gather from the store, decide in the core, write once.

Everything runs in one go on the writer's connection, so that of two people who press at the
same time the second meets what the first one made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from bot.alerts.answer import Answer
from bot.alerts.summarise import notification
from bot.chat import Form
from bot.deals import correct
from bot.deals.correct import Corrected, standing
from bot.deals.match import LOOK_BACK, NEWS_CYCLE
from bot.errors import CorrectionError
from bot.model import Alert, Correction, CorrectionKind, Deal, News
from bot.store.corrections import Corrections
from bot.store.database import Database
from bot.store.deals import Deals
from bot.store.outbox import Outbox
from bot.store.stories import Stories

#: Deals that a merge form offers.
_OFFERED = 50


def form(db: Database, deal_id: str) -> Form:
    """Return what a form on a deal shows.

    Raises CorrectionError when the deal cannot be corrected, and says why.
    """
    deal = _deal(db, deal_id)
    if said := standing(deal):
        raise CorrectionError(f"Deal {deal.id} has changed: {said}. Undo that first.")
    return Form(deal, tuple(_related(Deals(db), deal))[:_OFFERED])


def _related(deals: Deals, deal: Deal) -> Iterator[Deal]:
    """Yield deals that are linked to *deal*, then those that are like it, nearest first."""
    linked = [deals.get(deal_id) for deal_id in deal.linked]
    said = replace(deal.sources[0].claim, payers=deal.payers, recipients=deal.recipients)
    sharing = deals.candidates(said, deal.sources[0].title, LOOK_BACK, NEWS_CYCLE)
    sharing.sort(key=lambda other: abs(other.announced - deal.announced))
    seen = {deal.id}
    for other in (*linked, *sharing):
        if other is not None and not other.hidden and other.id not in seen:
            seen.add(other.id)
            yield other


def corrected_deals(db: Database) -> list[Deal]:
    """Return the deals of which a correction holds, but for those that went into another."""
    made = [each for each in Corrections(db).all() if each.undone is None]
    ids = {deal_id for each in made for deal_id in (each.deal_id, each.other) if deal_id}
    deals = [deal for deal in map(Deals(db).get, sorted(ids)) if deal]
    return [deal for deal in deals if not deal.override.merged_into]


def carry_out(db: Database, correction: Correction, now: datetime) -> Answer:
    """Make *correction* and say what came of it."""
    try:
        done = _corrected(db, correction, now)
    except CorrectionError as error:
        return Answer("Not corrected", error=str(error))
    _write(db, done, now)
    return _answer(done)


def undo(db: Database, deal_id: str, by: str, now: datetime, *, number: int = 0) -> Answer:
    """Undo a correction of a deal, by its *number* or else the newest that holds."""
    try:
        done = _undone(db, deal_id, by, now, number)
    except CorrectionError as error:
        return Answer("Not undone", error=str(error))
    _write(db, done, now)
    return _answer(done)


def _corrected(db: Database, correction: Correction, now: datetime) -> Corrected:
    deals, corrections = Deals(db), Corrections(db)
    if correction.request and corrections.taken(correction.request):
        raise CorrectionError("This was done already.")
    deal, other = _deal(db, correction.deal_id), None
    correction = replace(correction, deal_id=deal.id, id=corrections.next_id(), made=now)
    if correction.kind is CorrectionKind.MERGE:
        other = _deal(db, correction.other)
    elif correction.kind is CorrectionKind.SPLIT:
        parted = [each for each in deal.sources if each.story_id in correction.stories]
        first = min((each.said_at for each in parted), default=deal.announced)
        correction = replace(correction, other=deals.new_id(first.date()))
    return correct.correct(correction, deal, other)


def _undone(db: Database, deal_id: str, by: str, now: datetime, number: int) -> Corrected:
    deals, corrections = Deals(db), Corrections(db)
    deal = _deal(db, deal_id)
    number = number or max((each.id for each in corrections.active([deal.id])), default=0)
    correction = corrections.get(number)
    if correction is None or deal.id not in (correction.deal_id, correction.other):
        raise CorrectionError(f"Nobody has corrected deal {deal.id}: there is nothing to undo.")
    if correction.undone is not None:
        raise CorrectionError(f"This was undone already, by @{correction.undone_by}.")
    deal, other = _deal(db, correction.deal_id), deals.get(correction.other)
    active = corrections.active([deal.id, *([other.id] if other else [])])
    home = other if other and correction.kind is CorrectionKind.MERGE else deal
    parts = [part for part in map(deals.get, home.override.parts) if part]
    correction = replace(correction, undone=now, undone_by=by)
    return correct.undo(correction, deal, other, active, parts)


def _deal(db: Database, deal_id: str) -> Deal:
    deal_id = deal_id.strip("#`'\"<> \n\t")
    deal = Deals(db).get(deal_id)
    if deal is None:
        asked = f"No deal {deal_id[:40]!r}." if deal_id else "Name a deal by its id."
        raise CorrectionError(f"{asked} /deals lists the newest.")
    return deal


def _write(db: Database, done: Corrected, now: datetime) -> None:
    """Store the correction, its deals, and the edit of every card of theirs, all or nothing."""
    outbox, correction = Outbox(db), done.correction
    cards = {told.deal.id: set(outbox.heard(told.deal.id)) for told in done.told}
    if not correction.undone and correction.other in cards:
        # What goes on, or begins, has its card wherever the other one hangs.
        cards[correction.other] |= cards[correction.deal_id]
    with db.atomic():
        for told in done.told:
            Deals(db).save(told.deal)
            if not told.deal.override.merged_into:
                story_ids = [source.story_id for source in told.deal.sources]
                Stories(db).move(story_ids, told.deal.id)
        Corrections(db).save(correction)
        for told in done.told:
            name = told.changes[0].story_id if told.changes else ""
            alert = Alert(News.CORRECTION, told.deal.id, name, "", told.changes)
            alert = replace(alert, headline=notification(alert, told.deal))
            for channel in sorted(cards[told.deal.id]):
                outbox.put(alert, channel, now)


_MADE = {
    CorrectionKind.REJECT: "Deal {deal} is marked as not a deal.",
    CorrectionKind.FIX: "Deal {deal} is corrected.",
    CorrectionKind.MERGE: "Deal {deal} is merged into {other}.",
    CorrectionKind.SPLIT: "The sources you chose are now deal {other}.",
}


def _answer(done: Corrected) -> Answer:
    correction = done.correction
    if correction.undone:
        told = f"The {correction.kind} of deal {correction.deal_id} is undone."
        return Answer(told, hint="The card changes in a moment.")
    told = _MADE[correction.kind].format(deal=correction.deal_id, other=correction.other)
    hint = f"The card changes in a moment. To take it back: /deals undo {correction.deal_id}"
    return Answer(told, hint=hint)
