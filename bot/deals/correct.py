"""What people's corrections make of deals, and what undoing them does. Pure.

Corrections lie on top of what the sources say: each one changes a deal's override, or which
sources a deal has, and the deal is told anew from both. So every later source is merged
first and the override wins again, and undoing gives back just what the sources say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.deals.facts import kept
from bot.deals.merge import Merge, differences, retold
from bot.errors import CorrectionError
from bot.model import Change, Correction, CorrectionKind, Deal, Override, Reason

REJECT, FIX, MERGE, SPLIT = CorrectionKind

#: A correction of one of these kinds has to be undone before any older one.
_BLOCKING = frozenset({REJECT, MERGE, SPLIT})


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction as it is stored, and the deals it changed, the one that goes on first."""

    correction: Correction
    told: tuple[Merge, ...]


def correct(correction: Correction, deal: Deal, other: Deal | None = None) -> Corrected:
    """Return what *correction* makes of *deal*.

    *other* is the deal to merge with; for a split, ``correction.other`` names the new deal.

    Raises CorrectionError when the deal is not any more what the person saw.
    """
    for each in (deal, other):
        if each is not None:
            _refuse_hidden(each)
    if correction.kind is REJECT:
        return _reject(correction, deal)
    if correction.kind is FIX:
        return _fix(correction, deal)
    if correction.kind is SPLIT:
        return _split(correction, deal)
    if other is None:
        raise CorrectionError("Say which deal it is the same as.")
    return _merge(correction, deal, other)


def standing(deal: Deal) -> str:
    """Return what people made of *deal*, "" while it stands as its sources tell it."""
    override = deal.override
    if override.merged_into:
        by = f" by @{override.by}" if override.by else ""
        return f"Merged into deal {override.merged_into}{by}"
    if override.reason:
        why = "" if override.reason is Reason.OTHER else f": {_words(override.reason)}"
        return f"Not a deal (said by @{override.by}){why}"
    return ""


def _refuse_hidden(deal: Deal) -> None:
    if said := standing(deal):
        raise CorrectionError(f"Deal {deal.id} has changed: {said}. Undo that first.")


def _reject(correction: Correction, deal: Deal) -> Corrected:
    correction = replace(correction, reason=correction.reason or Reason.OTHER)
    override = _made(deal.override, correction, reason=correction.reason)
    change = _change("rejected", "", _words(correction.reason or Reason.OTHER), correction)
    return Corrected(correction, (_told(replace(deal, override=override), change),))


def _fix(correction: Correction, deal: Deal) -> Corrected:
    if all(kept(getattr(deal, field)) == text for field, text in correction.facts.items()):
        raise CorrectionError("Nothing to change: the deal says so already.")
    facts = {**deal.override.facts, **correction.facts}
    who = {**deal.override.who, **dict.fromkeys(correction.facts, correction.by)}
    payers, recipients = (
        facts[side].split("\n") if side in facts else getattr(deal, side)
        for side in ("payers", "recipients")
    )  # fmt: skip
    for name in payers:
        if name and name in recipients:
            raise CorrectionError(f"{name[:80]} cannot pay and receive in one deal.")
    after = retold(deal, deal.sources, _made(deal.override, correction, facts=facts, who=who))
    changes = differences(deal, after, _name(correction), _at(correction), correction.by)
    return Corrected(correction, (_told(after, *changes),))


def _merge(correction: Correction, one: Deal, two: Deal) -> Corrected:
    if one.id == two.id:
        raise CorrectionError("That is this deal itself: choose another one.")
    kept_deal, gone = sorted((one, two), key=_age)
    correction = replace(correction, deal_id=gone.id, other=kept_deal.id)
    override = _made(
        kept_deal.override,
        correction,
        facts={**gone.override.facts, **kept_deal.override.facts},
        who={**gone.override.who, **kept_deal.override.who},
        parts=(*kept_deal.override.parts, gone.id),
    )
    known = {source.story_id: source for source in (*gone.sources, *kept_deal.sources)}
    after = retold(_unlinked(kept_deal, gone.id), known.values(), override)
    merged = replace(gone, override=_made(gone.override, correction, merged_into=kept_deal.id))
    changes = differences(kept_deal, after, _name(correction), _at(correction), correction.by)
    return Corrected(
        correction,
        (
            _told(after, _change("merged", "", gone.id, correction), *changes),
            _told(merged, _change("merged_into", "", kept_deal.id, correction)),
        ),
    )


def _split(correction: Correction, deal: Deal) -> Corrected:
    parted = [source for source in deal.sources if source.story_id in correction.stories]
    staying = [source for source in deal.sources if source.story_id not in correction.stories]
    if not correction.stories:
        raise CorrectionError("Choose the sources that tell of another deal.")
    if not parted:
        raise CorrectionError(f"Deal {deal.id} does not have these sources any more.")
    if not staying:
        raise CorrectionError("Leave the deal one source at least.")
    new = replace(deal, id=correction.other, linked=(deal.id,), history=())
    new = retold(new, parted, _made(Override(), correction))
    new = replace(new, updated=new.sources[-1].said_at)
    rest = replace(deal, linked=(*deal.linked, new.id))
    rest = retold(rest, staying, _made(deal.override, correction))
    changes = differences(deal, rest, _name(correction), _at(correction), correction.by)
    return Corrected(
        replace(correction, stories=tuple(source.story_id for source in parted)),
        (
            _told(rest, _change("split", "", new.id, correction), *changes),
            _told(new, _change("split_from", "", deal.id, correction)),
        ),
    )


# ---- undo -----------------------------------------------------------------------------------


def undo(
    correction: Correction,
    deal: Deal,
    other: Deal | None,
    active: Sequence[Correction],
    parts: Iterable[Deal] = (),
) -> Corrected:
    """Return what the deals are without *correction*, which is marked as undone.

    *deal* and *other* are those that it names, *active* are the corrections of either that
    hold, and *parts* the deals that were merged into the one that goes on.

    Raises CorrectionError when another correction has to be undone first.
    """
    rest = [each for each in active if each.id != correction.id]
    later = [each for each in rest if each.id > correction.id and each.kind in _BLOCKING]
    if later:
        newest = later[-1]
        raise CorrectionError(
            f"Undo the later {newest.kind} of deal {newest.deal_id} by @{newest.by} first."
        )
    if correction.kind is REJECT:
        back = replace(deal, override=_left(deal, rest, reason=None))
        why = _words(correction.reason or Reason.OTHER)
        return Corrected(correction, (_told(back, _change("rejected", why, "", correction)),))
    if correction.kind is FIX:
        _refuse_hidden(deal)
        after = retold(deal, deal.sources, _left(deal, rest, **_fixed(deal, rest, parts)))
        return Corrected(correction, (_told(after, *_undone(deal, after, correction)),))
    if other is None:
        raise CorrectionError(f"Deal {correction.other} is not known.")
    if correction.kind is MERGE:
        return _unmerge(correction, deal, other, rest, parts)
    return _unsplit(correction, deal, other, rest)


def _unmerge(
    correction: Correction,
    gone: Deal,
    home: Deal,
    rest: Sequence[Correction],
    parts: Iterable[Deal],
) -> Corrected:
    back = replace(gone, override=_left(gone, rest, merged_into=""))
    others = [part for part in parts if part.id != gone.id]
    override = _left(
        home,
        rest,
        parts=tuple(part.id for part in others),
        **_fixed(home, rest, others),
    )
    moved = {source.story_id for source in gone.sources}
    sources = [source for source in home.sources if source.story_id not in moved]
    after = retold(replace(home, linked=(*home.linked, gone.id)), sources, override)
    return Corrected(
        correction,
        (
            _told(after, _change("merged", gone.id, "", correction),
                  *_undone(home, after, correction)),
            _told(back, _change("merged_into", home.id, "", correction)),
        ),
    )  # fmt: skip


def _unsplit(
    correction: Correction, deal: Deal, new: Deal, rest: Sequence[Correction]
) -> Corrected:
    # The new deal ends without sources: nothing can match it, and its card points to the old.
    end = Override(merged_into=deal.id, by=correction.undone_by)
    ended = replace(new, sources=(), override=end)
    sources = (*deal.sources, *new.sources)
    after = retold(_unlinked(deal, new.id), sources, _left(deal, rest))
    return Corrected(
        correction,
        (
            _told(after, _change("split", new.id, "", correction),
                  *_undone(deal, after, correction)),
            _told(ended, _change("split_from", deal.id, "", correction)),
        ),
    )  # fmt: skip


def _fixed(
    deal: Deal, active: Iterable[Correction], parts: Iterable[Deal]
) -> dict[str, dict[str, str]]:
    """Return what people fixed on *deal* and on what was merged into it; its own wins."""
    facts: dict[str, str] = {}
    who: dict[str, str] = {}
    for part in parts:
        facts |= part.override.facts
        who |= part.override.who
    for each in active:
        if each.kind is FIX and each.deal_id == deal.id:
            facts |= each.facts
            who |= dict.fromkeys(each.facts, each.by)
    return {"facts": facts, "who": who}


# ---- parts of both --------------------------------------------------------------------------


def _made(override: Override, correction: Correction, **changes: object) -> Override:
    return replace(override, last=correction.id, by=correction.by, **changes)  # type: ignore[arg-type]


def _left(deal: Deal, rest: Iterable[Correction], **changes: object) -> Override:
    """Return the override that is left when only the corrections in *rest* hold."""
    own = [each for each in rest if deal.id in (each.deal_id, each.other)]
    last, by = (own[-1].id, own[-1].by) if own else (0, "")
    return replace(deal.override, last=last, by=by, **changes)  # type: ignore[arg-type]


def _told(deal: Deal, *changes: Change) -> Merge:
    return Merge(replace(deal, history=(*deal.history, *changes)), changes, is_new=False)


def _change(field: str, old: str, new: str, correction: Correction) -> Change:
    by = correction.undone_by or correction.by
    return Change(field, old, new, _name(correction), _at(correction), by)


def _undone(before: Deal, after: Deal, correction: Correction) -> tuple[Change, ...]:
    return differences(before, after, _name(correction), _at(correction), correction.undone_by)


def _name(correction: Correction) -> str:
    """Return what an alert on this correction is known by: never queued twice."""
    return f"{'undo' if correction.undone else 'correction'}-{correction.id}"


def _at(correction: Correction) -> datetime:
    return correction.undone or correction.made


def _unlinked(deal: Deal, other: str) -> Deal:
    return replace(deal, linked=tuple(each for each in deal.linked if each != other))


def _age(deal: Deal) -> tuple[int, ...]:
    return tuple(int(part) for part in deal.id.split("-"))


def _words(reason: Reason) -> str:
    return reason.replace("_", " ")
