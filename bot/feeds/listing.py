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
    _write(path, document.as_string())


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
    names = [entry["name"] for entry in entries]
    if name not in names:
        raise SettingsError(f"{path}: no feed named {name!r}; `feeds list --all` shows the names")
    number = names.index(name)
    # tomlkit would take the comments behind it along, a heading of the next feeds among them
    shorter = _without(document.as_string(), number)
    del entries[number]
    _write(path, shorter if _says(shorter, document) else document.as_string())


def _says(text: str, document: tomlkit.TOMLDocument) -> bool:
    """Say whether *text* means what *document* does."""
    try:
        return tomlkit.parse(text).unwrap() == document.unwrap()
    except TOMLKitError:
        return False


def _without(text: str, number: int) -> str:
    """Return *text* without the lines of its feed *number*; comments behind it stay."""
    lines = text.splitlines(keepends=True)
    starts = [at for at, line in enumerate(lines) if line.replace(" ", "").startswith("[[feed]]")]
    if number >= len(starts):
        return text  # written in an odd way
    start, end = (*starts, len(lines))[number : number + 2]
    last = max(at for at in range(start, end) if not _is_remark(lines[at]))
    rest = lines[last + 1 :]
    while rest and not rest[0].strip():  # the blank lines before it stay, those behind it go
        del rest[0]
    return "".join(lines[:start] + rest)


def _is_remark(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _read(path: Path) -> tuple[tomlkit.TOMLDocument, AoT]:
    try:
        document = tomlkit.parse(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise SettingsError(f"{path}: {error}") from error
    entries = document.get("feed", tomlkit.aot())
    if not isinstance(entries, AoT):
        raise SettingsError(f"{path}: write [[feed]] with two brackets, one for each feed")
    return document, entries


def _write(path: Path, content: str) -> None:
    """Replace the file in one step: a crash leaves the old one or the new one."""
    draft = path.with_suffix(".toml.new")
    try:
        draft.write_text(content, "utf-8")
        draft.replace(path)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be written ({error.strerror})") from error
