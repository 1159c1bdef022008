"""One polite request: conditional, bounded in time and size, honest about who asks."""

from __future__ import annotations

import asyncio
import hashlib
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address

import aiohttp
from aiohttp import AddrInfoType, ClientMiddlewareType
from w3lib.encoding import html_to_unicode

from bot import VERSION
from bot.errors import FeedGone, FeedUnreachable, FeedUnreadable
from bot.model import FeedState

PRODUCT = "Dealwire"  #: how a robots.txt calls us
_AGENT = f"{PRODUCT}/{VERSION} (+https://github.com/dealwire/dealwire)"
_FEEDS = "application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5"
PAGES = "text/html, application/xhtml+xml;q=0.9"
_MOST_REDIRECTS = 5
_CHUNK = 64 * 1024
_PAGE_MAX_BYTES = 10_000_000


class Forbidden(aiohttp.ClientError):
    """A host's robots.txt does not let us fetch this."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A good answer."""

    body: bytes | None  #: None: nothing has changed since the last poll
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    max_age_s: float | None = None  #: how long the host says the answer stays fresh
    url: str = ""  #: where it came from, redirects followed


def web_session(
    *, inside: bool, at_once: int = 16, middlewares: Sequence[ClientMiddlewareType] = ()
) -> aiohttp.ClientSession:
    """Return a session for polite requests; the caller closes it.

    With *inside* false it refuses every address inside our own network, after redirects and
    name look-ups too: for URLs that strangers give. *middlewares* see every request first.
    """
    connector = aiohttp.TCPConnector(
        limit=at_once, limit_per_host=2, socket_factory=None if inside else _public_socket
    )
    return aiohttp.ClientSession(
        connector=connector, headers={"User-Agent": _AGENT}, middlewares=middlewares
    )


def _public_socket(address: AddrInfoType) -> socket.socket:
    family, kind, protocol, _, (host, *_) = address
    if not ip_address(str(host).partition("%")[0]).is_global:
        raise OSError("this address is inside the network")
    return socket.socket(family, kind, protocol)


async def leads_inside(host: str) -> bool:
    """Say whether the name *host* leads to an address inside our own network."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None)
    except (OSError, UnicodeError):
        return False  # nowhere, as its first poll will say
    return any(not ip_address(str(at[0]).partition("%")[0]).is_global for *_, at in found)


async def fetch(
    session: aiohttp.ClientSession,
    state: FeedState,
    *,
    accept: str = _FEEDS,
    timeout_s: float = 30,
    max_bytes: int = _PAGE_MAX_BYTES,
    now: datetime,
) -> Fetched:
    """Ask for a feed, or a page that *accept* names, saying what we have already.

    Raises FeedUnreachable (try again later), FeedUnreadable or FeedGone, in plain words that
    never hold the URL.
    """
    try:
        async with (
            asyncio.timeout(timeout_s),
            session.get(
                state.url,
                headers={"Accept": accept} | _what_we_have(state),
                max_redirects=_MOST_REDIRECTS,
                timeout=aiohttp.ClientTimeout(total=None),
            ) as response,
        ):
            if response.status == 304:  # noqa: PLR2004
                return _unchanged(response.headers, state, now)
            _refuse_bad_status(response, state.name, now)
            body = await _bounded_body(response, state.name, max_bytes)
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
        raise FeedUnreachable(state.name, _plain(error, timeout_s)) from None
    if not body.strip():
        raise FeedUnreadable(state.name, "the answer is empty")
    body_hash = hashlib.sha256(body).hexdigest()[:32]
    headers = response.headers
    return Fetched(
        body=None if body_hash == state.body_hash else body,
        content_type=headers.get("Content-Type", ""),
        etag=headers.get("ETag", ""),
        last_modified=headers.get("Last-Modified", ""),
        body_hash=body_hash,
        max_age_s=fresh_s(headers, now),
        url=str(response.url),
    )


async def fetch_page(
    url: str, *, now: datetime, inside: bool = False, timeout_s: float = 30
) -> str:
    """Return the web page at *url* as text.

    Raises FeedUnreachable, FeedUnreadable or FeedGone naming its host.
    """
    async with web_session(inside=inside) as session:
        host = url.split("/")[2] if "//" in url else url
        name = host.rpartition("@")[2]
        state = FeedState(name, url)
        fetched = await fetch(session, state, timeout_s=timeout_s, now=now)
    return decoded(fetched.body or b"", fetched.content_type)


def decoded(body: bytes, content_type: str) -> str:
    """Return a page's text, by the encoding it declares, else as UTF-8 with marks for the rest."""
    return html_to_unicode(content_type or None, body, default_encoding="utf-8")[1]


def _what_we_have(state: FeedState) -> dict[str, str]:
    headers = {}
    if state.etag:
        headers["If-None-Match"] = state.etag
    if state.last_modified:
        headers["If-Modified-Since"] = state.last_modified
    return headers


def _unchanged(headers: Mapping[str, str], state: FeedState, now: datetime) -> Fetched:
    return Fetched(
        body=None,
        etag=headers.get("ETag") or state.etag,
        last_modified=headers.get("Last-Modified") or state.last_modified,
        body_hash=state.body_hash,
        max_age_s=fresh_s(headers, now),
        url=state.url,
    )


def _refuse_bad_status(response: aiohttp.ClientResponse, feed: str, now: datetime) -> None:
    if response.status == 410:  # noqa: PLR2004
        raise FeedGone(feed, "410 Gone: the host will not bring it back; remove the feed")
    if response.status != 200:  # noqa: PLR2004
        said = f"the host answered {response.status} {response.reason or ''}".strip()
        raise FeedUnreachable(feed, said, wait_s=_retry_after_s(response.headers, now))


async def _bounded_body(response: aiohttp.ClientResponse, feed: str, max_bytes: int) -> bytes:
    body = await first_bytes(response, max_bytes + 1)
    if len(body) > max_bytes:
        raise FeedUnreadable(feed, f"the answer is larger than {max_bytes / 1e6:g} MB")
    return body


async def first_bytes(response: aiohttp.ClientResponse, at_most: int) -> bytes:
    """Return the body's start, counted as it unpacks: no small answer can grow without end."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) >= at_most:
            break
    return bytes(body[:at_most])


_SAID: tuple[tuple[type[Exception], str], ...] = (
    (aiohttp.TooManyRedirects, f"more than {_MOST_REDIRECTS} redirects"),
    (aiohttp.ClientConnectorDNSError, "the host's name is not known"),
    (aiohttp.ClientConnectorCertificateError, "the host's certificate is not valid"),
    (aiohttp.ClientSSLError, "no secure connection to the host"),
    (aiohttp.InvalidURL, "its address is not a valid URL"),
    (Forbidden, "the host's robots.txt forbids it, or cannot be read"),
)


def _plain(error: Exception, timeout_s: float) -> str:
    """Return what went wrong in plain words, without the URL."""
    if isinstance(error, TimeoutError):
        return f"no full answer within {timeout_s:g} seconds"
    for kind, said in _SAID:
        if isinstance(error, kind):
            return said
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"cannot connect: {error.os_error.strerror or error.os_error}"
    return f"the connection failed: {type(error).__name__}"


def _retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    return _seconds_until(headers.get("Retry-After", ""), now)


def fresh_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return for how long an answer stays fresh: Cache-Control's max-age, else Expires."""
    for part in headers.get("Cache-Control", "").lower().split(","):
        name, _, value = part.strip().partition("=")
        if name in ("no-cache", "no-store"):
            return None
        age = value.strip('"')
        if name == "max-age" and age.isascii() and age.isdigit():  # "²" is a digit, no number
            return float(age[:9])
    return _seconds_until(headers.get("Expires", ""), now)


def _seconds_until(value: str, now: datetime) -> float | None:
    """Return the seconds that an HTTP header means: a number, or a date to come."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
