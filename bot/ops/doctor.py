"""The doctor: names everything missing or wrong in the configuration, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.errors import SettingsError
from bot.model import Channel
from bot.settings import Config, Secrets, load_config, load_knowledge


class Health(StrEnum):
    """How bad a finding is."""

    GOOD = "good"
    NOTE = "note"  #: works, but you may want to know
    WRONG = "wrong"  #: has to be mended

    @property
    def symbol(self) -> str:
        """Return the mark that people see before a finding."""
        return {Health.GOOD: "✓", Health.NOTE: "·", Health.WRONG: "✗"}[self]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the doctor looked at."""

    health: Health
    subject: str  #: the file, variable, channel or service
    message: str  #: what is so, and what to do

    @property
    def wrong(self) -> bool:
        """Say whether it has to be mended."""
        return self.health is Health.WRONG

    def record(self) -> dict[str, Any]:
        """Return the finding as a JSON object."""
        return asdict(self)


def examine(folder: Path, secrets: Secrets) -> Iterator[Finding]:
    """Yield what is right and wrong with files and variables; no network."""
    try:
        config = load_config(folder)
    except SettingsError as error:
        yield Finding(Health.WRONG, str(folder), str(error))
    else:
        yield from _feeds(config)
        yield from _channels(config, secrets)
    yield from _model(secrets)
    try:
        known = len(load_knowledge(folder).companies)
    except SettingsError as error:
        yield Finding(Health.WRONG, str(folder), str(error))
    else:
        yield Finding(Health.GOOD, "knowledge", f"{known} companies known by name")


def _model(secrets: Secrets) -> Iterator[Finding]:
    if secrets.llm_base_url and not secrets.llm_base_url.startswith(("http://", "https://")):
        yield Finding(Health.WRONG, "LLM_BASE_URL", "should begin with https://: copy it whole")
    elif secrets.llm:
        yield Finding(Health.GOOD, "LLM_MODEL", f"{secrets.llm_model} is asked about unsure deals")
    elif secrets.llm_model or secrets.llm_base_url or secrets.llm_api_key:
        missing = "LLM_BASE_URL" if secrets.llm_model else "LLM_MODEL"
        yield Finding(Health.WRONG, missing, "not set, so the language model is off: docs/llm.md")


def _feeds(config: Config) -> Iterator[Finding]:
    subject = str(config.folder / "feeds.toml")
    on = sum(feed.enabled for feed in config.feeds)
    if on:
        yield Finding(Health.GOOD, subject, f"{on} feeds on, {len(config.feeds) - on} off")
    else:
        yield Finding(
            Health.WRONG, subject, "no feed is on: set enabled = true, or `feeds add URL`"
        )


def _channels(config: Config, secrets: Secrets) -> Iterator[Finding]:
    subject = str(config.folder / "channels.toml")
    connected = {"console": True, "slack": secrets.slack, "telegram": secrets.telegram}
    for channel in config.channels:
        yield _channel(channel, subject, connected=connected[channel.service])
    used = {channel.service for channel in config.channels}
    if "slack" not in used:
        yield Finding(Health.NOTE, "Slack", f"no channel in {subject} uses it; see docs/slack.md")
    way_in = secrets.slack_app_token or secrets.slack_signing_secret
    if bool(secrets.slack_bot_token) != bool(way_in):
        missing = "SLACK_APP_TOKEN" if secrets.slack_bot_token else "SLACK_BOT_TOKEN"
        yield Finding(Health.WRONG, missing, "not set, but Slack needs it as well: set it")
    for name, token, start in (
        ("SLACK_BOT_TOKEN", secrets.slack_bot_token, "xoxb-"),
        ("SLACK_APP_TOKEN", secrets.slack_app_token, "xapp-"),
    ):
        if token and not token.get_secret_value().startswith(start):
            yield Finding(Health.WRONG, name, f"should begin with {start}: copy the right token")


_ADDRESS = {"slack": re.compile(r"[CGD][A-Z0-9]{6,}"), "telegram": re.compile(r"-?\d+|@\w{5,}")}
_VARIABLES = {
    "slack": "SLACK_BOT_TOKEN and SLACK_APP_TOKEN (docs/slack.md)",
    "telegram": "TELEGRAM_BOT_TOKEN (docs/telegram.md)",
}


def _channel(channel: Channel, file: str, *, connected: bool) -> Finding:
    subject = f"{file}: channel {channel.name!r}"
    if not connected:
        wanted = _VARIABLES[channel.service]
        return Finding(Health.WRONG, subject, f"{channel.service} is not connected: set {wanted}")
    shape = _ADDRESS.get(channel.service)
    if shape is not None and not shape.fullmatch(channel.address):
        example = "C0123456789" if channel.service == "slack" else "-1001234567890"
        return Finding(
            Health.WRONG, subject, f"address {channel.address!r} is no id; write one like {example}"
        )
    hears = f"deals that match {channel.query!r}" if channel.query else "every deal"
    return Finding(Health.GOOD, subject, f"hears {hears}")
