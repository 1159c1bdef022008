"""Where one more story belongs, whatever the order in which we hear of things. Pure.

A story is matched with what was said before it. One that is heard late is put where it would
have gone in its time, and what was said since, in the deals around it, is placed anew: so
deals are what a replay in order of time would have made, and a story in time costs no more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.deals.match import NEWS_CYCLE, Match, find_same
from bot.deals.merge import Merge, added, changes_of, first_change, retold
from bot.model import Change, Deal, Override, Source

#: So many later sources are placed anew at most: what one story may cost has a bound.
_LATER = 400


@dataclass(frozen=True, slots=True)
class Settled:
    """The deal a story was placed in, and the deals that changed for it."""

    home: Merge
    others: tuple[Merge, ...] = ()  #: they lost or won other stories, or ended in another deal


def settle(
    source: Source,
    candidates: Sequence[Deal],
    *,
    told: Collection[str],
    new_id: Callable[[date, int], str],
) -> Settled:
    """Return what becomes of *candidates* once *source* is believed.

    Of deals that turn out to be one, the oldest of those that people were *told* of (by id)
    goes on. A deal that people corrected keeps its sources. *new_id* returns the next free id
    of a day, or the one so many places after it.
    """
    match = find_same(source.claim, candidates, source.title)
    linked = [deal.id for deal in match.maybe if not deal.hidden]
    later = _later(source, candidates, match)
    if not later:
        deal_id = match.same.id if match.same else new_id(source.said_at.date(), 0)
        return Settled(added(match.same, source, deal_id=deal_id, linked=linked))
    # What people merged into another deal is there once more: its stories are not to be moved.
    before = {deal.id: deal for deal in candidates if not deal.override.merged_into}
    groups = _replayed(before, [source, *later])
    names = _names(before.values(), groups, told)
    fresh: Counter[date] = Counter()
    for group in groups:
        if group.id not in names:
            day = group.announced.date()
            names[group.id] = new_id(day, fresh[day])
            fresh[day] += 1
    kept = set(names.values())
    ends = {
        deal.id: names[_shares(deal, groups)[0].id]
        for deal in before.values()
        if deal.id not in kept and _shares(deal, groups)
    }
    linked = [names.get(deal_id, deal_id) for deal_id in linked if deal_id not in ends]
    merges: list[Merge] = []
    for group in groups:
        deal_id = names[group.id]
        gone = [before[each] for each, end in ends.items() if end == deal_id]
        is_home = source.story_id in _stories(group)
        told_anew = _told_anew(
            source, before.get(deal_id), replace(group, id=deal_id), gone, linked if is_home else ()
        )
        merges.insert(0 if is_home else len(merges), told_anew)
    ended = [_ended(source, before[each], end) for each, end in ends.items()]
    return Settled(merges[0], (*merges[1:], *ended))


def _later(source: Source, candidates: Sequence[Deal], match: Match) -> list[Source]:
    """Return what was said after *source* in the deals around it; nothing if it is known."""
    if match.same and source.story_id in _stories(match.same):
        return []
    near = {deal.id for deal in match.near}
    later = [
        each
        for deal in candidates
        if (deal.id in near or _is_of_these_days(source, deal)) and not deal.override.last
        for each in deal.sources
        if _when(each) > _when(source)
    ]
    return sorted(later, key=_when) if len(later) <= _LATER else []


def _replayed(before: Mapping[str, Deal], placing: Sequence[Source]) -> list[Deal]:
    """Return the deals that are others once *placing* are taken out and placed in their order.

    A deal that begins with one of them goes by the id of that story.
    """
    moving = {each.story_id for each in placing}
    groups: dict[str, Deal] = {}
    for deal in before.values():
        kept = [each for each in deal.sources if each.story_id not in moving]
        if kept:
            groups[deal.id] = retold(deal, kept, deal.override) if moving & _stories(deal) else deal
    for each in placing:
        same = find_same(each.claim, list(groups.values()), each.title).same
        if same is None:
            groups[each.story_id] = added(None, each, deal_id=each.story_id).deal
        else:
            groups[same.id] = retold(same, [*same.sources, each], same.override)
    return [
        group
        for group in groups.values()
        if group.id not in before or _stories(group) != _stories(before[group.id])
    ]


def _names(before: Iterable[Deal], groups: Sequence[Deal], told: Collection[str]) -> dict[str, str]:
    """Return as which deal each of *groups* goes on, by ids: the one with most of its stories."""
    names = {group.id: group.id for group in groups if group.override.last}
    loose = [deal for deal in before if not deal.override.last]
    for deal in sorted(loose, key=lambda deal: (deal.id not in told, _age(deal))):
        free = [group for group in _shares(deal, groups) if group.id not in names]
        if free:
            names[free[0].id] = deal.id
    return names


def _shares(deal: Deal, groups: Iterable[Deal]) -> list[Deal]:
    """Return the *groups* that hold stories of *deal*, the largest share first."""
    own = _stories(deal)
    shares = [(len(own & _stories(group)), group) for group in groups]
    shares.sort(key=lambda share: (-share[0], _when(share[1].sources[0])))
    return [group for share, group in shares if share]


def _told_anew(
    source: Source, old: Deal | None, group: Deal, gone: Sequence[Deal], linked: Sequence[str]
) -> Merge:
    """Return the deal that *group* is, and what changed in *old*, which it was before."""
    override = old.override if old else Override()
    parts = [part for deal in gone for part in (deal.id, *deal.override.parts)]
    override = replace(override, parts=(*override.parts, *parts))
    known = (old or group).linked
    kept = {each for each in (*known, *linked) if each not in (group.id, *parts)}
    history = old.history if old else ()
    deal = replace(old or group, id=group.id, linked=tuple(sorted(kept)), history=history)
    deal = retold(deal, group.sources, override)
    changes = changes_of(old, deal, source.claim) if old else (first_change(source),)
    updated = max(deal.updated, source.said_at) if changes else deal.updated
    deal = replace(deal, history=(*history, *changes), updated=updated)
    return Merge(deal, changes, is_new=old is None)


def _ended(source: Source, deal: Deal, home: str) -> Merge:
    """Return *deal* without sources: nothing can match it, and its card points to *home*."""
    change = Change("merged_into", "", home, source.story_id, source.said_at)
    override = replace(deal.override, merged_into=home)
    ended = replace(deal, sources=(), override=override, history=(*deal.history, change))
    return Merge(ended, (change,), is_new=False)


def _is_of_these_days(source: Source, deal: Deal) -> bool:
    return any(abs(each.said_at - source.said_at) <= NEWS_CYCLE for each in deal.sources)


def _stories(deal: Deal) -> set[str]:
    return {source.story_id for source in deal.sources}


def _when(source: Source) -> tuple[datetime, str]:
    return source.said_at, source.story_id


def _age(deal: Deal) -> tuple[int, ...]:
    return tuple(int(part) for part in deal.id.split("-"))
