"""The demo's publishers: a local HTTP server that tells its stories as the clock passes them."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any, Literal, Self, TypeVar
from xml.sax.saxutils import escape

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.errors import SettingsError
from bot.model import Feed, Reason

_NEWEST = 20  # as many items as most publishers keep in a feed


class _Checked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Outlet(_Checked):
    """A publisher of the demo."""

    name: Annotated[str, Field(min_length=1)]
    slug: Annotated[str, Field(pattern="^[a-z0-9-]+$")]
    form: Literal["rss", "atom"] = "rss"
    every_min: Annotated[int, Field(ge=1)] = 60
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"  #: what a bare "$" means
    broken: Literal["", "500", "html"] = ""  #: how it fails; "" when it works


class DemoStory(_Checked):
    """A story of the demo, and what reading it should come to."""

    outlet: str  #: the outlet's name
    at: datetime  #: UTC
    title: Annotated[str, Field(min_length=1)]  #: as the feed carries it: HTML
    text: Annotated[str, Field(min_length=1)]
    deal: str = ""  #: key of the deal it reports; "" when it reports none
    aside: Reason | None = None  #: why it is put aside; None when it reports a deal

    @model_validator(mode="after")
    def _one_outcome(self) -> Self:
        if bool(self.deal) == (self.aside is not None):
            raise ValueError("must have exactly one of deal and aside")
        if self.at.tzinfo is None:
            raise ValueError("at must say its offset, as 2025-10-20T08:00:00Z does")
        return self


@dataclass(frozen=True, slots=True)
class Expected:
    """What reading one story of the demo should come to."""

    url: str
    title: str
    deal: str  #: "" when the story is to be put aside
    aside: Reason | None


class DemoHost:
    """Serves the outlets of *folder*/stories.toml on 127.0.0.1 while it is entered.

    Each outlet shows the newest stories published up to *clock*'s time. Raises SettingsError
    naming the file and the entry when one is wrong.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        path = folder / "stories.toml"
        self._clock = clock
        self.outlets, self.stories = _read(path)
        self._base = ""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        """Start to serve on a free port."""
        app = web.Application()
        app.router.add_get("/{slug}/feed", self._answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self._base = f"http://{host}:{port}"
        self._runner = runner
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving."""
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """Return the outlets as feeds, with their local addresses."""
        return tuple(
            Feed(
                name=outlet.name,
                url=f"{self._base}/{outlet.slug}/feed",
                every_min=outlet.every_min,
                currency=outlet.currency,
            )
            for outlet in self.outlets
        )

    @property
    def expected(self) -> tuple[Expected, ...]:
        """Return what reading each story should come to, oldest first."""
        slugs = {outlet.name: outlet.slug for outlet in self.outlets}
        return tuple(
            Expected(_address(slugs[story.outlet], story), story.title, story.deal, story.aside)
            for story in self.stories
        )

    def body(self, outlet: Outlet, now: datetime, most: int | None = None) -> bytes:
        """Return the feed of *outlet* as it stands *now*: its newest stories, at most *most*."""
        out = [story for story in self.stories if story.outlet == outlet.name and story.at <= now]
        return (_rss if outlet.form == "rss" else _atom)(outlet, out[::-1][:most]).encode()

    async def _answer(self, request: web.Request) -> web.Response:
        slug = request.match_info["slug"]
        outlet = next((outlet for outlet in self.outlets if outlet.slug == slug), None)
        if outlet is None:
            raise web.HTTPNotFound
        if outlet.broken == "500":
            return web.Response(status=500, text="Something went wrong")
        if outlet.broken == "html":
            page = "<!doctype html><html><body><h1>We have moved</h1></body></html>"
            return web.Response(text=page, content_type="text/html")
        body = self.body(outlet, self._clock(), _NEWEST)
        etag = hashlib.sha256(body).hexdigest()[:16]
        headers = {"ETag": f'"{etag}"'}
        if any(known.value in (etag, "*") for known in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        kind = f"application/{outlet.form}+xml"
        return web.Response(body=body, content_type=kind, charset="utf-8", headers=headers)


def _read(path: Path) -> tuple[tuple[Outlet, ...], tuple[DemoStory, ...]]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}") from error
    outlets = _entries(path, content, "outlet", Outlet)
    stories = _entries(path, content, "story", DemoStory)
    names = {outlet.name for outlet in outlets}
    for number, story in enumerate(stories, start=1):
        if story.outlet not in names:
            raise SettingsError(f"{path}: story {number}: outlet: no outlet {story.outlet!r}")
    return tuple(outlets), tuple(sorted(stories, key=lambda story: story.at))


_Entry = TypeVar("_Entry", bound=_Checked)


def _entries(path: Path, content: dict[str, Any], table: str, shape: type[_Entry]) -> list[_Entry]:
    entries = []
    for number, entry in enumerate(content.get(table, []), start=1):
        try:
            entries.append(shape.model_validate(entry))
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(map(str, first["loc"]))
            where = f"{path}: {table} {number}" + (f": {key}" if key else "")
            raise SettingsError(f"{where}: {first['msg']}") from error
    return entries


def _address(slug: str, story: DemoStory) -> str:
    # ASCII alone, so that the address is canonical already: the bot keeps it letter by letter
    words = re.sub(r"[^a-z0-9]", " ", story.title.lower())
    name = "-".join(words.split()[:8])
    return f"https://{slug}.example/{story.at:%Y/%m/%d%H%M}/{name}"


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _rss(outlet: Outlet, stories: Sequence[DemoStory]) -> str:
    items = "".join(
        f"<item><title>{_cdata(story.title)}</title>"
        f"<link>{escape(_address(outlet.slug, story))}</link>"
        f"<guid>{escape(_address(outlet.slug, story))}</guid>"
        f"<pubDate>{format_datetime(story.at.astimezone(UTC), usegmt=True)}</pubDate>"
        f"<description>{_cdata(f'<p>{story.text}</p>')}</description></item>\n"
        for story in stories
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"<title>{escape(outlet.name)}</title><link>https://{outlet.slug}.example/</link>"
        f"<description>{escape(outlet.name)}</description>\n{items}</channel></rss>\n"
    )


def _atom(outlet: Outlet, stories: Sequence[DemoStory]) -> str:
    entries = "".join(
        f'<entry><title type="html">{_cdata(story.title)}</title>'
        f'<link href="{escape(_address(outlet.slug, story))}"/>'
        f"<id>{escape(_address(outlet.slug, story))}</id>"
        f"<published>{story.at.astimezone(UTC).isoformat()}</published>"
        f"<updated>{story.at.astimezone(UTC).isoformat()}</updated>"
        f'<summary type="html">{_cdata(f"<p>{story.text}</p>")}</summary></entry>\n'
        for story in stories
    )
    updated = max((story.at for story in stories), default=datetime(2025, 1, 1, tzinfo=UTC))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{escape(outlet.name)}</title><id>https://{outlet.slug}.example/</id>"
        f"<updated>{updated.astimezone(UTC).isoformat()}</updated>\n{entries}</feed>\n"
    )
