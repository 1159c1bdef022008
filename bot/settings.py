"""The configuration files, read and checked; every mistake is named by file, entry and key."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)

from bot.alerts.hours import parse_digest, parse_quiet, parse_zone
from bot.errors import QueryError, SettingsError
from bot.model import Channel, Feed
from bot.query import normalized, parse_query
from bot.understand.knowledge import Knowledge, knowledge_of
from bot.understand.mentions import companies_of
from bot.understand.shapes import CompanyRow, KindFile, RelevanceFile, SidesFile, WordsFile

SLACK_API_URL = "https://slack.com/api/"
TELEGRAM_API_URL = "https://api.telegram.org"


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must start with http:// or https:// and name a host")
    return url


def _base(url: str) -> str:
    return f"{_web_address(url).rstrip('/')}/" if url else ""


def _readable(read: Callable[[str], str]) -> Callable[[str], str]:
    """Return a check that *read* understands a text; it keeps what *read* makes of it."""

    def check(text: str) -> str:
        try:
            return read(text)
        except QueryError as error:
            raise ValueError(str(error)) from error

    return check


def _query(text: str) -> str:
    parse_query(text, date(2026, 1, 1))
    return text


def _people(correctors: object) -> object:
    """Return who may correct deals, None for everyone; as pydantic would not say it."""
    if correctors == "everyone":
        return None
    if isinstance(correctors, list) and all(isinstance(each, str) for each in correctors):
        return tuple(correctors)
    raise ValueError('write "everyone", or a list of user ids such as ["U0123456"]')


def _person(user: object) -> str:
    """Return a user's id; a Telegram id may be written as the number that it is."""
    text = str(user)
    if re.fullmatch(r"[UW][A-Z0-9]+|[0-9]+", text):
        return text
    raise ValueError(f"{text!r} is no user id: write one like U0123456789, Telegram's in digits")


class _Checked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class _FeedEntry(_Checked):
    name: Annotated[str, Field(min_length=1, max_length=80)]
    url: Annotated[str, AfterValidator(_web_address)]
    every_min: Annotated[int, Field(ge=1, le=7 * 24 * 60)] = 30
    enabled: bool = True
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"
    full_text: bool = False


class _ChannelEntry(_Checked):
    name: Annotated[str, Field(min_length=1, max_length=80)]
    service: Literal["slack", "telegram", "console"]
    address: str = ""
    query: Annotated[str, AfterValidator(_readable(_query))] = ""
    broadcast: bool = True
    quiet: Annotated[str, AfterValidator(_readable(lambda text: str(parse_quiet(text))))] = ""
    timezone: Annotated[str, AfterValidator(_readable(lambda text: parse_zone(text).key))] = "UTC"
    digest: Annotated[str, AfterValidator(_readable(lambda text: str(parse_digest(text))))] = ""


class Settings(_Checked):
    """config/settings.toml: how the bot runs. Every key has a default."""

    #: seconds between two looks at which feeds are due
    poll_every_s: Annotated[float, Field(ge=0.05, le=3600)] = 20
    #: seconds between two looks at the outbox
    deliver_every_s: Annotated[float, Field(ge=0.05, le=3600)] = 1
    #: hours: a feed's first poll alerts only on stories younger than this
    alert_within_h: Annotated[int, Field(ge=0, le=24 * 365)] = 24
    #: feeds polled at the same time
    polls_at_once: Annotated[int, Field(ge=1, le=256)] = 16
    #: seconds a host may take for one answer
    fetch_timeout_s: Annotated[float, Field(gt=0, le=300)] = 30
    #: megabytes: a longer body is refused
    fetch_max_mb: Annotated[int, Field(ge=1, le=100)] = 10
    #: more new deals than that within ten minutes for one channel come as one brief
    burst_of: Annotated[int, Field(ge=1, le=1000)] = 5
    #: processes that parse and read
    workers: Annotated[int, Field(ge=1, le=32)] = 2
    #: ids of the people who may change feeds from chat
    admins: tuple[Annotated[str, BeforeValidator(_person)], ...] = ()
    #: links to this address and a deal's id show the deal's card in Slack; "" is off
    permalink_base: Annotated[str, AfterValidator(_base)] = ""
    #: scores between which the reader is unsure whether a story is a deal, 0..1
    grey_from: Annotated[float, Field(ge=0, le=1)] = 0.2
    grey_to: Annotated[float, Field(ge=0, le=1)] = 0.6
    #: seconds a story waits for the language model at most
    llm_within_s: Annotated[float, Field(gt=0, le=120)] = 10
    #: questions and tokens a day (UTC)
    llm_requests_a_day: Annotated[int, Field(ge=0)] = 200
    llm_tokens_a_day: Annotated[int, Field(ge=0)] = 400_000
    #: ids of the people who may correct deals; None: everyone in the channel
    correctors: Annotated[tuple[str, ...] | None, BeforeValidator(_people)] = None


class Secrets(BaseModel):
    """What the environment gives: tokens, and where the services are."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: str = SLACK_API_URL
    telegram_bot_token: SecretStr | None = None
    telegram_api_url: str = TELEGRAM_API_URL
    llm_model: str = ""
    llm_base_url: str = ""
    llm_api_key: SecretStr | None = None
    port: Annotated[int, Field(ge=0, le=65535)] = 3000

    @property
    def values(self) -> list[str]:
        """Return the tokens that are set: what nobody may read."""
        tokens = (
            self.slack_bot_token, self.slack_app_token, self.slack_signing_secret,
            self.telegram_bot_token, self.llm_api_key,
        )  # fmt: skip
        return [token.get_secret_value() for token in tokens if token]

    @property
    def slack(self) -> bool:
        """Say whether Slack's token is set, and what one of the two ways in needs."""
        return bool(self.slack_bot_token and (self.slack_app_token or self.slack_signing_secret))

    @property
    def telegram(self) -> bool:
        """Say whether the Telegram token is set."""
        return self.telegram_bot_token is not None

    @property
    def llm(self) -> bool:
        """Say whether a language model is named, and where it is."""
        return bool(self.llm_model and self.llm_base_url)


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the configuration folder says."""

    folder: Path
    settings: Settings
    feeds: tuple[Feed, ...]
    channels: tuple[Channel, ...]


def secrets_of(environ: Mapping[str, str]) -> Secrets:
    """Return the tokens and service addresses that *environ* sets; an empty one counts as unset.

    Raises SettingsError naming the variable that is wrong.
    """
    named = {name: environ.get(name.upper(), "").strip() for name in Secrets.model_fields}
    try:
        return Secrets.model_validate({name: value for name, value in named.items() if value})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise SettingsError(f"{str(first['loc'][0]).upper()}: {first['msg']}") from None


def load_config(folder: Path) -> Config:
    """Read settings.toml, feeds.toml and channels.toml in *folder*.

    Raises SettingsError naming the file, the entry and the key.
    """
    if not folder.is_dir():
        raise SettingsError(f"{folder}: no such folder; name one with --config or DEALWIRE_CONFIG")
    return Config(
        folder=folder,
        settings=_one(folder / "settings.toml", Settings),
        feeds=load_feeds(folder),
        channels=tuple(
            Channel(**entry.model_dump())
            for entry in _many(folder / "channels.toml", "channel", _ChannelEntry)
        ),
    )


def load_feeds(folder: Path) -> tuple[Feed, ...]:
    """Read feeds.toml in *folder*."""
    entries = _many(folder / "feeds.toml", "feed", _FeedEntry)
    return tuple(Feed(**entry.model_dump()) for entry in entries)


def load_knowledge(folder: Path) -> Knowledge:
    """Read companies.csv, words.toml, kind.json, sides.json and relevance.json in *folder*."""
    return knowledge_of(
        companies_of(_companies(folder / "companies.csv")),
        words=_shaped(WordsFile, _toml, folder / "words.toml"),
        weights=_shaped(RelevanceFile, _json, folder / "relevance.json"),
        side_weights=_shaped(SidesFile, _json, folder / "sides.json"),
        kind_weights=_shaped(KindFile, _json, folder / "kind.json"),
    )


def load_aliases(folder: Path) -> dict[str, str]:
    """Return what companies.csv in *folder* calls companies: normalized alias → name."""
    companies = companies_of(_companies(folder / "companies.csv"))
    aliases = {
        normalized(alias): company.name
        for company in companies
        for alias in (*company.aliases, company.ticker.partition(":")[2])
    }
    return aliases | {normalized(company.name): company.name for company in companies}


def _shaped(shape: type[BaseModel], read: Callable[[Path], Any], path: Path) -> Any:  # noqa: ANN401
    """Return what a file holds, as it stands there, once it is seen to have its shape."""
    content = read(path)
    _checked(shape, content, str(path))
    return content


def _companies(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"{path}: {error}") from error
    if not rows:
        raise SettingsError(f"{path}: holds no company")
    for line, row in enumerate(rows, 2):
        _checked(CompanyRow, row, f"{path}: line {line}")
    return rows


def _json(path: Path) -> Any:  # noqa: ANN401  whatever it is, its shape is checked next
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: {error}") from error


_Entry = TypeVar("_Entry", bound=BaseModel)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error


def _one(path: Path, shape: type[_Entry]) -> _Entry:
    if not path.exists():
        return shape()
    return _checked(shape, _toml(path), str(path))


def _many(path: Path, table: str, shape: type[_Entry]) -> list[_Entry]:
    content = _toml(path)
    entries = content.pop(table, [])
    if content:
        raise SettingsError(f"{path}: unknown key {next(iter(content))!r}; known: [[{table}]]")
    if not isinstance(entries, list):
        raise SettingsError(f"{path}: write [[{table}]] with two brackets, one for each {table}")
    checked = [
        _checked(shape, entry, f"{path}: {table} {number}")
        for number, entry in enumerate(entries, 1)
    ]
    _refuse_twins(checked, lambda number: f"{path}: {table} {number}")
    return checked


def _refuse_twins(entries: Sequence[BaseModel], subject: Callable[[int], str]) -> None:
    first: dict[str, int] = {}
    for number, entry in enumerate(entries, 1):
        name = str(entry.model_dump()["name"])
        if name in first:
            raise SettingsError(
                f"{subject(number)}: name {name!r} is taken by entry {first[name]}: choose another"
            )
        first[name] = number


def _checked(shape: type[_Entry], content: object, subject: str) -> _Entry:
    """Return *content* as *shape*, or raise with the first mistake in words."""
    try:
        return shape.model_validate(content)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        # a misspelt key is also a missing one: the spelling is what to mend
        first = min(found, key=lambda each: each["type"] != "extra_forbidden")
        key = ".".join(str(part) for part in first["loc"]) or "entry"
        if first["type"] == "extra_forbidden":
            known = ", ".join(shape.model_fields)
            raise SettingsError(f"{subject}: unknown key {key!r}; known: {known}") from None
        if first["type"] == "missing":
            raise SettingsError(f"{subject}: key {key!r} is missing") from None
        message = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{subject}: {key}: {message}") from None
