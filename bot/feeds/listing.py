"""feeds.toml edited by the bot: feeds added and removed, a person's comments kept."""

from __future__ import annotations

from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT

from bot.errors import SettingsError
from bot.model import Feed


def add(path: Path, feed: Feed) -> None:
    """Write *feed* at the end of the file at *path*.

    Raises SettingsError when its name or URL is listed already.
    """
    document, entries = _read(path)
    for entry in entries:
        if entry["name"] == feed.name:
            raise SettingsError(f"{path}: a feed named {feed.name!r} is listed; choose --name")
        if entry["url"] == feed.url:
            raise SettingsError(f"{path}: this address is listed as {entry['name']!r}")
    entry = tomlkit.table()
    entry.update({"name": feed.name, "url": feed.url, "every_min": feed.every_min})
    entries.append(entry)
    document["feed"] = entries
    _write(path, document)


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
    draft.write_text(tomlkit.dumps(document), "utf-8")
    draft.replace(path)
