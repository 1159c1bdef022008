"""The article in a web page or a text file: its title, words and date. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

import trafilatura

from bot.model import Story


def story_of_html(html: str, *, story_id: str, url: str = "") -> Story | None:
    """Return the article that a page holds, or None when there is none to find."""
    found = trafilatura.bare_extraction(
        html, url=url or None, fast=True, with_metadata=True, include_comments=False
    )
    if found is None or isinstance(found, dict) or not (found.title or found.text):
        return None
    return Story(
        id=story_id,
        url=url,
        source=found.sitename or "",
        title=found.title or "",
        text=(found.text or "").removeprefix(found.title or "").lstrip(),
        published=_day(found.date),
    )


def story_of_text(text: str, *, story_id: str) -> Story:
    """Return a plain-text article: its first line is the title."""
    title, _, body = text.strip().partition("\n")
    return Story(id=story_id, url="", source="", title=title.strip(), text=body.strip())


def _day(found: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(found).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None
