"""A feed's address: whether it may be listed, whether it is listed, and how people see it. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

from bot.model import Feed

MOST_NAME = 80  #: characters of a feed's name, as settings.py checks them
_MOST_URL = 2000
_INSIDE = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")
#: Parameters that let somebody in: ?api_key=…, ?token=…
_SECRET_NAME = re.compile(
    r"(?:^|[._-])(?:api|access|auth|user|feed|rss)?"
    r"(?:key|token|secret|auth|authorization|pass|password|passwd|pwd|sig|signature|session|sid)"
    r"(?:$|[._-])",
    re.IGNORECASE,
)
#: A value that only a machine would choose.
_SECRET_VALUE = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\w-]{32,}")


def refusal(url: str, *, inside: bool = False) -> str:
    """Return why *url* cannot be listed as a feed, "" when it can.

    Addresses inside our own network are fine with *inside*. What only a request can tell is
    not asked here: whether a feed is there, and whether the host's name leads inside.

    >>> refusal("ftp://grid.example/rss")
    'an address starts with http:// or https:// and names a host'
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "this is not an address"
    if parts.scheme not in ("http", "https") or not host:
        return "an address starts with http:// or https:// and names a host"
    if not url.isprintable() or " " in url or len(url) > _MOST_URL:
        return "this is not an address"
    if "@" in parts.netloc:
        return "an address must not hold a password: everybody sees the list of feeds"
    return "this address is inside the network" if not inside and _is_inside(host) else ""


def _is_inside(host: str) -> bool:
    """Say whether *host* names our own network by its very words."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return f".{host}".endswith(tuple(f".{name.removeprefix('.')}" for name in _INSIDE))


def identity(url: str) -> str:
    """Return what two addresses of one feed have in common.

    >>> identity("http://www.Grid.example/rss/") == identity("https://grid.example/rss#top")
    True
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    query = f"?{parts.query}" if parts.query else ""
    return parts.netloc.lower().removeprefix("www.") + parts.path.rstrip("/") + query


def listed_as(url: str, feeds: Iterable[Feed]) -> Feed | None:
    """Return the one of *feeds* that is at *url*, or None."""
    wanted = identity(url)
    return next((feed for feed in feeds if identity(feed.url) == wanted), None)


def is_secret(url: str) -> bool:
    """Say whether *url* holds a password or a key."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return True
    return "@" in parts.netloc or any(
        _SECRET_NAME.search(name) or _SECRET_VALUE.fullmatch(value)
        for name, value in parse_qsl(parts.query)
    )


def shown(url: str) -> str:
    """Return *url* as everybody may see it: by its host alone when it holds a secret.

    >>> shown("https://grid.example/rss?token=s3cret")
    'grid.example'
    """
    return host_of(url) if is_secret(url) else url


def host_of(url: str) -> str:
    """Return the host that *url* names, "this address" when none can be read."""
    try:
        return urlsplit(url).hostname or "this address"
    except ValueError:
        return "this address"


def name_for(wanted: str, url: str, taken: Collection[str]) -> str:
    """Return what to call the feed at *url*: *wanted*, with its host where that is taken.

    It may be taken still: the caller checks.

    >>> name_for("News", "https://grid.example/rss", {"News"})
    'News (grid.example)'
    """
    host = host_of(url)
    name = cleaned(wanted) or host
    if name not in taken:
        return name
    return f"{name[: MOST_NAME - len(host) - 3].rstrip()} ({host})"[:MOST_NAME]


def cleaned(name: str) -> str:
    """Return *name* on one line, without signs that nobody sees, as long as a name may be."""
    line = "".join(sign if sign.isprintable() else " " for sign in name)
    return line.strip()[:MOST_NAME].rstrip()
