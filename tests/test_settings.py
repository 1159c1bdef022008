"""The configuration files: good ones are read, mistakes are named by file, entry and key."""

import re
import shutil
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.model import Channel, Feed
from bot.settings import Settings, load_config, load_feeds, load_knowledge, secrets_of

SHIPPED = Path(__file__).parents[1] / "config"


def folder_with(tmp_path: Path, **files: str) -> Path:
    """Write settings, feeds and channels; those not given are left empty."""
    for name in ("settings", "feeds", "channels"):
        (tmp_path / f"{name}.toml").write_text(files.get(name, ""), "utf-8")
    return tmp_path


def test_the_shipped_configuration_is_right():
    config = load_config(SHIPPED)
    assert config.settings == Settings(), "settings.toml shows the defaults"
    assert any(feed.enabled for feed in config.feeds)
    assert any(not feed.enabled for feed in config.feeds)
    assert [channel.service for channel in config.channels] == ["console"]


def test_the_shipped_knowledge_is_right():
    assert len(load_knowledge(SHIPPED).companies) > 600


def test_feeds_and_channels_are_read_as_written(tmp_path):
    folder = folder_with(
        tmp_path,
        feeds='[[feed]]\nname = "Grid"\nurl = "https://grid.example/rss"\ncurrency = "AUD"\n',
        channels='[[channel]]\nname = "big"\nservice = "slack"\naddress = "C0123456789"\n'
        'query = "amount>=1b"\nbroadcast = false\n',
    )
    config = load_config(folder)
    assert config.feeds == (Feed("Grid", "https://grid.example/rss", currency="AUD"),)
    assert config.channels == (Channel("big", "slack", "C0123456789", "amount>=1b", False),)


def test_an_admin_is_a_user_id_of_slack_or_telegram(tmp_path):
    folder = folder_with(tmp_path, settings='admins = ["U0123456789", 123456789]')
    assert load_config(folder).settings.admins == ("U0123456789", "123456789")


def test_the_hours_of_a_channel_are_read_in_whatever_spelling(tmp_path):
    channel = '[[channel]]\nname = "a"\nservice = "console"\n'
    hours = 'quiet = "22-7"\ntimezone = "europe/berlin"\ndigest = "Weekly Monday 8"\n'
    (found,) = load_config(folder_with(tmp_path, channels=channel + hours)).channels
    assert (found.quiet, found.timezone, found.digest) == (
        "22:00-07:00", "Europe/Berlin", "weekly mon 08:00",
    )  # fmt: skip


GOOD_FEED = '[[feed]]\nname = "Grid"\nurl = "https://grid.example/rss"\n'


@pytest.mark.parametrize(
    ("file", "content", "named"),
    [
        pytest.param(
            "settings", "workerz = 2", ["settings.toml", "'workerz'", "workers"], id="key"
        ),
        pytest.param("settings", "workers = 0", ["settings.toml", "workers"], id="value"),
        pytest.param(
            "settings", 'admins = ["@anna"]', ["admins", "'@anna'", "U0123456789"], id="admin"
        ),
        pytest.param("settings", "workers = \nx = 1", ["settings.toml", "line 1"], id="not TOML"),
        pytest.param("feeds", GOOD_FEED + 'color = "red"', ["feed 1", "'color'"], id="feed key"),
        pytest.param("feeds", GOOD_FEED * 2, ["feed 2", "'Grid'", "entry 1"], id="twins"),
        pytest.param("feeds", '[[feed]]\nname = "Grid"\n', ["feed 1", "'url'"], id="no url"),
        pytest.param(
            "feeds", '[[feed]]\nname = "G"\nurl = "ftp://x/y"', ["feed 1: url", "http"], id="ftp"
        ),
        pytest.param("feeds", '[feed]\nname = "Grid"\n', ["[[feed]]"], id="one bracket"),
        pytest.param("feeds", GOOD_FEED + "[[channel]]\n", ["'channel'", "[[feed]]"], id="table"),
        pytest.param("feeds", GOOD_FEED + "every_min = 0", ["feed 1: every_min"], id="never"),
        pytest.param(
            "channels",
            '[[channel]]\nname = "a"\nservice = "irc"',
            ["channel 1: service", "'slack'"],
            id="service",
        ),
        pytest.param(
            "channels",
            '[[channel]]\nname = "a"\nservice = "console"\nquery = "amount>=lots"',
            ["channel 1: query", "amount>=lots"],
            id="query",
        ),
        *[
            pytest.param(
                "channels",
                f'[[channel]]\nname = "a"\nservice = "console"\n{key} = "{value}"',
                [f"channel 1: {key}", example],
                id=key,
            )
            for key, value, example in (
                ("quiet", "at night", "22:00-07:00"),
                ("timezone", "Berlin", "Europe/Berlin"),
                ("digest", "hourly", "daily 08:00"),
            )
        ],
    ],
)
def test_a_mistake_is_named_by_file_entry_and_key(tmp_path, file, content, named):
    folder = folder_with(tmp_path, **{file: content})
    with pytest.raises(SettingsError) as error:
        load_config(folder)
    assert f"{file}.toml" in str(error.value)
    for part in named:
        assert part in str(error.value)


def broken(tmp_path: Path, name: str, content: str) -> Path:
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "config"))
    (folder / name).write_text(content, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "content", "named"),
    [
        pytest.param("companies.csv", "", "holds no company", id="no company"),
        pytest.param("companies.csv", "name\nAcme\n", "line 2: key 'canonical'", id="column"),
        pytest.param("words.toml", "nmes = 1", "unknown key 'nmes'; known: names", id="key"),
        pytest.param("words.toml", "[names]\ncommon = 3", "names.common", id="words"),
        pytest.param("words.toml", "[acts.x]\nweight = 1", "'acts.x.kind' is missing", id="act"),
        pytest.param(
            "words.toml",
            '[acts.x]\nweight = 1\nkind = "debt"\nby = "payor"',
            "acts.x.by: Input should be 'payer'",
            id="part",
        ),
        pytest.param("words.toml", '[status]\nrumored = ["(x"]', "status.rumored.0", id="pattern"),
        pytest.param(
            "words.toml", '[status]\nrumored = ["US talks"]', "small letters", id="capitals"
        ),
        pytest.param("relevance.json", "[]", "relevance.json", id="list"),
        pytest.param("relevance.json", '{"bias": 1}', "'threshold' is missing", id="weights"),
        pytest.param("sides.json", '{"a": [1]}', "sides.json: a", id="sides"),
        pytest.param("kind.json", '{"a": [1]}', "kind.json: a", id="kind"),
        pytest.param("sides.json", "{", "sides.json", id="not JSON"),
    ],
)
def test_a_mistake_in_what_the_reader_knows_is_named(tmp_path, name, content, named):
    with pytest.raises(SettingsError, match=re.escape(named)) as error:
        load_knowledge(broken(tmp_path, name, content))
    assert name in str(error.value)


def test_a_missing_folder_says_how_to_name_another(tmp_path):
    with pytest.raises(SettingsError, match="--config"):
        load_config(tmp_path / "nowhere")


def test_a_file_that_is_not_utf8_is_named(tmp_path):
    (tmp_path / "feeds.toml").write_bytes(b'[[feed]]\nname = "\xff"')
    with pytest.raises(SettingsError, match=r"feeds\.toml"):
        load_feeds(tmp_path)


def test_missing_knowledge_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"companies\.csv"):
        load_knowledge(tmp_path)


def test_tokens_come_from_the_environment_and_never_show():
    secrets = secrets_of({"SLACK_BOT_TOKEN": "xoxb-1-hidden", "SLACK_APP_TOKEN": " "})
    assert not secrets.slack
    assert not secrets.telegram
    assert "hidden" not in repr(secrets)
    assert secrets.slack_api_url == "https://slack.com/api/"


def test_both_slack_tokens_make_slack():
    assert secrets_of({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}).slack
