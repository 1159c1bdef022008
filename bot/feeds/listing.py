"""feeds.toml edited by the bot: feeds added and removed, a person's comments kept."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from bot.errors import SettingsError
from bot.feeds.address import identity
from bot.model import Feed


def add(path: Path, *feeds: Feed) -> None:
    """Write *feeds* at the end of the file at *path*: all of them or none.

    Raises SettingsError when a name or an address is listed already.
    """
    document, entries = _read(path)
    names = {entry["name"] for entry in entries}
    addresses = {identity(entry["url"]): entry["name"] for entry in entries}
    for feed in feeds:
        if feed.name in names:
            raise SettingsError(f"{path}: a feed named {feed.name!r} is listed; choose --name")
        if listed := addresses.get(identity(feed.url)):
            raise SettingsError(f"{path}: this address is listed as {listed!r}")
        names.add(feed.name)
        addresses[identity(feed.url)] = feed.name
        entries.append(_entry(feed))
    document["feed"] = entries
    _write(path, document)


def _entry(feed: Feed) -> Table:
    plain = Feed(feed.name, feed.url)
    entry = tomlkit.table()
    for key, value in asdict(feed).items():
        if key in ("name", "url", "every_min") or value != getattr(plain, key):
            entry[key] = value
    return entry


def remove(path: Path, name: str) -> None:
    """Take the feed called *name* out of the file at *path*.

    Raises SettingsError when there is none.
    """
    document, entries = _read(path)
    for number, entry in enumerate(entries):
        if entry["name"] == name:
            del entries[number]
            _write(path, document)
            return
    raise SettingsError(f"{path}: no feed named {name!r}; `feeds list --all` shows the names")


def _read(path: Path) -> tuple[tomlkit.TOMLDocument, AoT]:
    try:
        document = tomlkit.parse(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise SettingsError(f"{path}: {error}") from error
    entries = document.get("feed", tomlkit.aot())
    if not isinstance(entries, AoT):
        raise SettingsError(f"{path}: write [[feed]] with two brackets, one for each feed")
    return document, entries


def _write(path: Path, document: tomlkit.TOMLDocument) -> None:
    """Replace the file in one step: a crash leaves the old one or the new one."""
    draft = path.with_suffix(".toml.new")
    try:
        draft.write_text(tomlkit.dumps(document), "utf-8")
        draft.replace(path)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be written ({error.strerror})") from error
