"""Stories from files: an archive with one JSON object a line, or a single article."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ValidationError

from bot.errors import SettingsError
from bot.model import Story
from bot.understand.article import story_of_html, story_of_text


def _moment(value: object) -> object:
    """A bare day is midnight UTC; a time without a zone is UTC; nothing is None."""
    if not value:
        return None
    if isinstance(value, str):
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return value


def _whole(value: object) -> object:
    """Half of a surrogate pair, which JSON can write and UTF-8 cannot, becomes "?"."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


_Text = Annotated[str | None, BeforeValidator(_whole)]


class _Line(BaseModel):
    id: Annotated[str, BeforeValidator(_whole)]
    url: _Text = ""
    source: _Text = ""
    title: _Text = ""
    text: _Text = ""
    published: Annotated[datetime | None, BeforeValidator(_moment)] = None


def stories_in(lines: str, name: str) -> Iterator[Story]:
    """Yield the stories of a JSON-lines archive called *name*.

    Raises SettingsError naming the line that is wrong.
    """
    for number, line in enumerate(lines.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = _Line.model_validate(json.loads(line))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            key = ".".join(str(part) for part in first["loc"])
            raise SettingsError(f"{name}: line {number}: {key}: {first['msg']}") from None
        except ValueError as error:
            raise SettingsError(f"{name}: line {number}: not JSON: {error}") from None
        yield Story(
            id=row.id,
            url=row.url or "",
            source=row.source or "",
            title=row.title or "",
            text=row.text or "",
            published=row.published,
        )


def stories_from(path: Path) -> list[Story]:
    """Return the stories of a .jsonl archive, or the one article of a .txt or .html file.

    Raises SettingsError when the file cannot be read as what its name says.
    """
    try:
        content = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from None
    return stories_of(content, path.name)


def stories_of(content: str, name: str) -> list[Story]:
    """Return the stories in *content*; its form is told from *name*, else from how it begins."""
    start = content.lstrip()[:100].casefold()
    if name.endswith(".jsonl") or start.startswith("{"):
        return list(stories_in(content, name))
    if name.endswith((".html", ".htm")) or start.startswith(("<!doctype html", "<html")):
        story = story_of_html(content, story_id=name)
        if story is None:
            raise SettingsError(f"{name}: no article found in this page")
        return [story]
    if not content.strip():
        raise SettingsError(f"{name}: empty; give a story archive (.jsonl) or an article")
    return [story_of_text(content, story_id=name)]
