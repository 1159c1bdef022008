"""The article in a web page or a text file: its title, words and date. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import trafilatura

from bot.model import Story, Verdict
from bot.understand.sentences import sentences

_SHORT = 400  #: characters: a longer text has said what its article leads with
_LONGEST = 4_000  #: characters of an article that are kept: what follows is never read


def wants_article(verdict: Verdict, grey_from: float) -> bool:
    """Say whether a story looks like a deal (a score of *grey_from* is enough) but says little."""
    story = verdict.story
    likely = verdict.claim is not None or verdict.score >= grey_from
    return likely and bool(story.url) and len(story.text) < _SHORT


def with_article(story: Story, html: str) -> Story | None:
    """Return *story* with the text of its page, or None when that adds nothing.

    The feed's own title and summary stay first: what the article repeats of them is said once.
    """
    page = story_of_html(html, story_id=story.id, url=story.url)
    if page is None or len(page.text) <= len(story.text):
        return None
    told = _bare(page.text)
    summary = [part for part in sentences(story.text) if _bare(part) not in told]
    return replace(story, text="\n".join([*summary, page.text])[:_LONGEST])


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


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
