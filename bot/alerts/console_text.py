"""Cards, follow-ups and answers for a terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.alerts.answer import Answer
from bot.alerts.digest import Brief
from bot.alerts.summarise import (
    change_text,
    chip,
    corrected_text,
    day,
    facts,
    follow_up,
    headline,
    money_text,
    standing,
    summary,
)
from bot.model import Alert, Aside, Deal, Money, News, Status, Verdict
from bot.understand.explain import Lost

_COLOURS = {
    Status.RUMORED: "yellow",
    Status.ANNOUNCED: "green",
    Status.COMPLETED: "blue",
    Status.CANCELLED: "red",
}


def card(deal: Deal) -> RenderableType:
    """Return the card of *deal*."""
    return Panel(
        Group(
            *[Text(said, style="bold") for said in (standing(deal), corrected_text(deal)) if said],
            _status_line(deal),
            Text(summary(deal)),
            Text(),
            _facts(deal),
            *_sources(deal),
        ),
        title=Text(headline(deal), style="bold"),
        title_align="left",
        border_style=_COLOURS[deal.status],
        padding=(0, 1),
    )


def _status_line(deal: Deal) -> Text:
    shown = chip(deal.status)
    parts = [deal.kind, deal.layer or "", day(deal.announced), f"deal {deal.id}"]
    return Text.assemble(
        (f"{shown.symbol} {shown.word}", f"bold {_COLOURS[deal.status]}"),
        ("".join(f" · {part}" for part in parts if part), "dim"),
    )


def _facts(deal: Deal) -> Table:
    table = _grid()
    for label, value in facts(deal):
        table.add_row(Text(label, style="dim"), Text(value))
    return table


def _sources(deal: Deal) -> list[Text]:
    return [
        Text.assemble((f"{source.publisher or 'unnamed source'}, ", "dim"), (
            f"{source.said_at:%d %b %H:%M} UTC", "dim"
        ))
        for source in deal.sources[:3]
    ]  # fmt: skip


def follow_up_text(alert: Alert, deal: Deal) -> RenderableType:
    """Return the line that goes beneath a card."""
    colour = _COLOURS[deal.status] if alert.news is News.CHANGE else "dim"
    return Text.assemble("  ↳ ", (follow_up(alert, deal), colour), (f"  {headline(deal)}", "dim"))


def brief_text(brief: Brief) -> RenderableType:
    """Return several deals in one message."""
    lines = [
        Text(f"{headline(line.deal)}{line.told and f' · {line.told}'}  {line.deal.id}")
        for line in brief.lines
    ]
    return Group(Text(brief.title, style="bold"), *lines)


def answer_text(answer: Answer) -> RenderableType:
    """Return an answer to a question."""
    if answer.error:
        return Text.assemble((answer.error, "red"), f" {answer.hint}")
    if answer.deal is not None:
        return _in_depth(answer.deal)
    parts: list[RenderableType] = [Text(answer.title, style="bold")]
    if answer.text:
        parts.append(Text(answer.text))
    if answer.deals:
        parts.append(_list(answer.deals))
    parts += [Text(f"#{each.id} {each.query or 'every deal'}") for each in answer.subscriptions]
    if answer.hint:
        parts.append(Text(answer.hint))
    shown = answer.offset + len(answer.deals)
    if answer.total > shown:
        parts.append(Text(f"{answer.total - shown} more", style="dim"))
    return Group(*parts)


def _list(deals: Iterable[Deal]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("deal", no_wrap=True)
    table.add_column("first report", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("what", ratio=1)
    table.add_column("sources", justify="right")
    for deal in deals:
        status = Text(chip(deal.status).word, style=_COLOURS[deal.status])
        sources = Text(str(len(deal.sources)))
        table.add_row(
            Text(deal.id), Text(day(deal.announced)), status, Text(headline(deal)), sources
        )
    return table


def _in_depth(deal: Deal) -> RenderableType:
    parts: list[RenderableType] = [card(deal)]
    if deal.evidence:
        table = _grid()
        for field, (sentence, _) in deal.evidence.items():
            table.add_row(Text(field, style="dim"), Text(f"“{sentence}”"))
        parts += [Text("Who says so", style="bold"), table]
    table = _grid()
    for source in deal.sources:
        table.add_row(
            Text(f"{source.said_at:%d %b %Y %H:%M}", style="dim"),
            Text(f"{source.publisher}: {source.title}\n{source.url}".strip()),
        )
    parts += [Text("Sources", style="bold"), table]
    table = _grid()
    for change in deal.history:
        when = Text(f"{change.at:%d %b %Y %H:%M}", style="dim")
        table.add_row(when, Text(change_text(change)))
    parts += [Text("History", style="bold"), table]
    if deal.linked:
        parts.append(Text(f"Maybe the same as, or follows from: {', '.join(deal.linked)}"))
    return Group(*parts)


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1)
    return grid


def aside_text(stories: Iterable[Aside]) -> RenderableType:
    """Return what was put aside, and why."""
    table = Table(title="Put aside", title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    table.add_column("why", no_wrap=True)
    table.add_column("story", ratio=1)
    table.add_column("source", no_wrap=True, style="dim")
    for story in stories:
        table.add_row(Text(story.reason.replace("_", " ")), Text(story.title), Text(story.source))
    return table


def verdict_text(verdict: Verdict, lost: Sequence[Lost] = ()) -> RenderableType:
    """Return what the bot made of a story, with the words that decided, and what *lost*."""
    claim = verdict.claim
    said = "A deal" if claim else f"Not a deal: {(verdict.reason or '').replace('_', ' ')}"
    parts: list[RenderableType] = [
        Text(verdict.story.title, style="bold"),
        Text.assemble((said, "green" if claim else "yellow"), f" (score {verdict.score:.2f})"),
    ]
    if verdict.why:
        parts.append(Text(f"because of: {', '.join(verdict.why)}", style="dim"))
    if claim is not None:
        table = _grid()
        for field in claim.__slots__:
            value = getattr(claim, field)
            if field in ("story_id", "said_at", "evidence", "lead") or value in (None, ()):
                continue
            sentence = claim.evidence.get(field, "")
            shown = Text(_shown(value))
            if sentence:
                shown.append(f"\n“{sentence}”", style="dim")
            table.add_row(Text(field, style="dim"), shown)
        parts.append(table)
    if lost:
        table = _grid()
        for each in lost:
            table.add_row(Text(each.said), Text(each.why, style="dim"))
        parts += [Text("Left out", style="bold"), table]
    return Group(*parts, Text())


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return money_text(value) if isinstance(value, Money) else str(value)
