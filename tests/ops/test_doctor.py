"""The doctor names what is wrong and how to mend it."""

import shutil
from pathlib import Path

import pytest

from bot.ops.doctor import Health, examine
from bot.settings import secrets_of

SHIPPED = Path(__file__).parents[2] / "config"
CHANNEL = '[[channel]]\nname = "deals"\nservice = "slack"\naddress = "{}"\n'


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(SHIPPED, tmp_path / "config"))


def wrong(folder, environ=None):
    findings = examine(folder, secrets_of(environ or {}))
    return [
        f"{finding.subject}: {finding.message}"
        for finding in findings
        if finding.health is Health.WRONG
    ]


def test_the_shipped_configuration_is_healthy_without_any_token(folder):
    assert wrong(folder) == []


def test_a_mistake_in_a_file_is_found(folder):
    (folder / "feeds.toml").write_text('[[feed]]\nname = "x"\n', "utf-8")
    (found,) = wrong(folder)
    assert "feeds.toml: feed 1" in found


def test_no_feed_switched_on_is_found(folder):
    (folder / "feeds.toml").write_text("", "utf-8")
    (found,) = wrong(folder)
    assert "no feed is on" in found


def test_a_channel_without_its_tokens_is_found(folder):
    (folder / "channels.toml").write_text(CHANNEL.format("C0123456789"), "utf-8")
    (found,) = wrong(folder)
    assert "SLACK_BOT_TOKEN" in found


@pytest.mark.parametrize("address", ["", "#deals", "general"])
def test_a_channel_name_in_place_of_its_id_is_found(folder, address):
    (folder / "channels.toml").write_text(CHANNEL.format(address), "utf-8")
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    (found,) = wrong(folder, tokens)
    assert "C0123456789" in found


def test_one_slack_token_without_the_other_is_found(folder):
    (found,) = wrong(folder, {"SLACK_BOT_TOKEN": "xoxb-1"})
    assert found.startswith("SLACK_APP_TOKEN")


def test_swapped_tokens_are_found_and_not_shown(folder):
    swapped = {"SLACK_BOT_TOKEN": "xapp-secret", "SLACK_APP_TOKEN": "xoxb-secret"}
    found = wrong(folder, swapped)
    assert [finding.split(":")[0] for finding in found] == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]
    assert "secret" not in "".join(found)


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"LLM_MODEL": "m"}, "LLM_BASE_URL"),
        ({"LLM_API_KEY": "k"}, "LLM_MODEL"),
        ({"LLM_MODEL": "m", "LLM_BASE_URL": "api.example/v1"}, "LLM_BASE_URL"),
    ],
)
def test_half_a_language_model_is_found(folder, environ, named):
    (found,) = wrong(folder, environ)
    assert found.startswith(named)
