"""The commands, run as a person or a script runs them."""

import csv
import io
import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.corrections import carry_out
from bot.model import Correction, CorrectionKind
from bot.store.database import open_store

SHIPPED = Path(__file__).parents[1] / "config"

ARCHIVE = [
    {
        "id": "a",
        "url": "https://grid.example/a",
        "source": "Grid Weekly",
        "published": "2025-10-28T14:00:00Z",
        "title": "Nvidia to invest $1 billion in Nokia",
        "text": "Nvidia agreed to buy $1 billion of new Nokia shares, the companies said.",
    },
    {
        "id": "b",
        "url": "https://rack.example/b",
        "source": "Rack News",
        "published": "2025-10-28T15:00:00Z",
        "title": "Nokia gets $1bn equity investment from Nvidia",
        "text": "The chipmaker takes a 2.9% stake in the Finnish company.",
    },
    {
        "id": "c",
        "url": "https://tips.example/c",
        "source": "Tips Daily",
        "published": "2025-10-28T16:00:00Z",
        "title": "3 AI stocks to buy before November",
        "text": "Our analysts like these names.",
    },
]


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "archive.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in ARCHIVE), "utf-8")
    return path


@pytest.fixture
def bot(tmp_path, monkeypatch):
    """Run the command line on a configuration and a database of its own."""
    folder = shutil.copytree(SHIPPED, tmp_path / "config")
    for token in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "TELEGRAM_BOT_TOKEN"):
        monkeypatch.delenv(token, raising=False)

    def run(*arguments: object, stdin: str | None = None) -> Result:
        start = ["--config", str(folder), "--db", str(tmp_path / "d.db")]
        return CliRunner().invoke(main, [*start, *map(str, arguments)], input=stdin)

    return run


def told(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.stdout


# ---- read -----------------------------------------------------------------------------------


def test_read_says_in_json_what_it_makes_of_each_story(bot, archive):
    first, second, third = map(json.loads, told(bot("read", "--jsonl", archive)).splitlines())
    assert (first["id"], first["is_deal"], first["kind"]) == ("a", True, "equity")
    assert (first["payers"], first["recipients"]) == (["Nvidia"], ["Nokia"])
    assert (first["amount"], first["currency"], first["qualifier"]) == (10**9, "USD", "exact")
    assert first["evidence"]["payers"] in (ARCHIVE[0]["title"], ARCHIVE[0]["text"])
    assert second["is_deal"]
    assert (third["is_deal"], third["reason"], third["amount"]) == (False, "opinion", None)


def test_read_explains_itself_to_people(bot, archive):
    shown = told(bot("read", archive))
    assert re.search(r"payers +Nvidia", shown)
    assert re.search(r"money +\$1.0B", shown)
    assert "opinion" in shown


def test_read_shows_what_it_left_out_and_why(bot):
    article = "Nvidia to invest $1 billion in Nokia\n\nNokia had previously raised $90 million."
    shown = told(bot("read", "-", stdin=article))
    assert re.search(r"Left out\s+\$90 million +past", shown)


def test_read_takes_an_article_from_standard_input(bot):
    article = "Nvidia to invest $1 billion in Nokia\n\nThe companies signed on Tuesday."
    (line,) = told(bot("read", "-", "--jsonl", stdin=article)).splitlines()
    assert json.loads(line)["is_deal"]


# ---- replay and look-ups --------------------------------------------------------------------


def test_replay_makes_one_deal_of_two_articles_and_look_ups_find_it(bot, archive, tmp_path):
    (line,) = told(bot("replay", archive, "--jsonl", "--db", tmp_path / "d.db")).splitlines()
    record = json.loads(line)
    assert record["stories"] == ["a", "b"]
    assert (record["alerts"], record["updates"]) == (1, 1)
    assert json.loads(told(bot("deals", "--json"))) == [record]
    (row,) = csv.DictReader(io.StringIO(told(bot("deals", "to:nokia", "--csv"))))
    assert (row["deal_id"], row["payers"], row["amount"]) == (
        "20251028-1",
        "Nvidia",
        "1000000000",
    )
    assert "Nvidia" in told(bot("deals", "amount>=1b"))
    assert json.loads(told(bot("deals", "kind:debt", "--json"))) == []
    shown = told(bot("deal", "20251028-1"))
    assert "Grid Weekly" in shown
    assert "Rack News" in shown
    assert json.loads(told(bot("deal", "20251028-1", "--json"))) == record


def test_replay_never_writes_into_a_database_that_exists(bot, archive, tmp_path):
    (tmp_path / "mine.db").write_bytes(b"precious")
    result = bot("replay", archive, "--db", tmp_path / "mine.db")
    assert result.exit_code == 1
    assert "mine.db" in result.stderr
    assert (tmp_path / "mine.db").read_bytes() == b"precious"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("deals", "amount>=lots"), "amount>=lots", id="query"),
        pytest.param(("deal", "19990101-1"), "19990101-1", id="deal"),
        pytest.param(("read", "nowhere.txt"), "nowhere.txt", id="file"),
        pytest.param(("replay", "nowhere.jsonl"), "nowhere.jsonl", id="archive"),
        pytest.param(("corrections", "undo", "7"), "no correction 7", id="correction"),
        pytest.param(("corrections", "export", "no/x.jsonl"), "no/x.jsonl", id="export"),
        pytest.param(("feeds", "remove", "Nobody"), "Nobody", id="feed"),
        pytest.param(("feeds", "check", "Nobody"), "Nobody", id="check"),
        pytest.param(("--config", "nowhere", "once"), "nowhere", id="config"),
    ],
)
def test_a_mistake_is_one_clear_line_and_exit_code_1(bot, arguments, said):
    result = bot(*arguments)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.output


# ---- corrections ----------------------------------------------------------------------------


def test_corrections_are_listed_exported_as_labelled_stories_and_undone(bot, archive, tmp_path):
    told(bot("replay", archive, "--db", tmp_path / "d.db"))
    assert json.loads(told(bot("corrections", "list", "--json"))) == []
    with open_store(tmp_path / "d.db") as db:
        facts = {"money": "up_to 2000000000 USD"}
        fix = Correction(CorrectionKind.FIX, "20251028-1", "U1", facts=facts)
        assert not carry_out(db, fix, datetime(2025, 10, 29, tzinfo=UTC)).error
    assert "U1" in told(bot("corrections", "list"))
    (made,) = json.loads(told(bot("corrections", "list", "--json")))
    assert (made["id"], made["by"], made["facts"], made["undone"]) == (1, "U1", facts, None)

    told(bot("corrections", "export", tmp_path / "out.jsonl"))
    lines = (tmp_path / "out.jsonl").read_text("utf-8")
    assert lines == told(bot("corrections", "export"))
    records = [json.loads(line) for line in lines.splitlines()]
    assert [record["id"] for record in records] == ["a", "b"]
    assert {record["label"]["deal_key"] for record in records} == {"20251028-1"}
    assert {record["label"]["amount"] for record in records} == {2 * 10**9}
    assert records[0]["text"] == ARCHIVE[0]["text"]
    told(bot("replay", tmp_path / "out.jsonl"))  # it is an archive too

    assert "is undone" in told(bot("corrections", "undo", 1))
    assert told(bot("corrections", "export")) == ""
    assert bot("corrections", "undo", 1).exit_code == 1


# ---- doctor and feeds -----------------------------------------------------------------------


def test_the_doctor_is_content_with_what_is_shipped(bot):
    assert "console" in told(bot("doctor", "--offline"))
    assert {finding["health"] for finding in json.loads(told(bot("doctor", "--json")))} <= {
        "good",
        "note",
    }


def test_the_doctor_fails_when_something_is_wrong(bot, tmp_path):
    (tmp_path / "config" / "feeds.toml").write_text("[[feed]]\nnme = 1\n", "utf-8")
    result = bot("doctor", "--offline")
    assert result.exit_code == 1
    assert "'nme'" in result.stdout


def test_the_doctor_names_a_database_that_is_none(bot, tmp_path):
    (tmp_path / "d.db").write_text("this is no database, only some words " * 50)
    result = bot("doctor", "--offline")
    assert result.exit_code == 1
    assert "d.db" in result.stdout


def test_feeds_are_listed_before_the_first_poll(bot):
    assert "never" in told(bot("feeds", "list"))
    on = json.loads(told(bot("feeds", "list", "--json")))
    everything = json.loads(told(bot("feeds", "list", "--all", "--json")))
    assert 0 < len(on) < len(everything)


def test_a_feed_is_removed(bot):
    name = json.loads(told(bot("feeds", "list", "--json")))[0]["name"]
    told(bot("feeds", "remove", name))
    names = [feed["name"] for feed in json.loads(told(bot("feeds", "list", "--all", "--json")))]
    assert name not in names


def test_feeds_go_out_as_opml_and_come_in_again(bot, tmp_path):
    before = told(bot("feeds", "list", "--all", "--json"))
    told(bot("feeds", "export", tmp_path / "all.opml"))
    assert told(bot("feeds", "export")) == (tmp_path / "all.opml").read_text("utf-8")
    assert "Added 0 feeds" in told(bot("feeds", "import", tmp_path / "all.opml"))
    (tmp_path / "config" / "feeds.toml").write_text("", "utf-8")
    told(bot("feeds", "import", tmp_path / "all.opml"))
    assert told(bot("feeds", "list", "--all", "--json")) == before


@pytest.mark.parametrize("content", [None, b"<opml>", b"\xff\xfe"])
def test_a_file_that_is_no_opml_is_one_clear_line(bot, tmp_path, content):
    if content is not None:
        (tmp_path / "bad.opml").write_bytes(content)
    result = bot("feeds", "import", tmp_path / "bad.opml")
    assert result.exit_code == 1
    assert re.fullmatch(r"Error: .*bad\.opml.*\n", result.stderr)


# ---- help -----------------------------------------------------------------------------------

COMMANDS = [
    "run", "once", "demo", "read", "replay", "deals", "deal", "company", "stats", "why", "doctor",
    "feeds", "corrections",
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(bot, command):
    assert "Usage:" in told(bot(command, "--help"))


def test_the_first_help_names_every_command(bot):
    shown = told(bot("--help"))
    for command in COMMANDS:
        assert f"\n  {command} " in shown


# ---- companies, figures, roads --------------------------------------------------------------


@pytest.fixture
def filled(bot, archive, tmp_path):
    told(bot("replay", archive, "--db", tmp_path / "d.db"))
    return bot


def test_company_shows_money_in_and_out_by_any_name(filled):
    assert "Money out: 1 deal worth $1.0B" in told(filled("company", "NVDA"))
    record = json.loads(told(filled("company", "nokia", "--json")))
    assert (record["company"], record["money_in"]["usd"]) == ("Nokia", 10**9)
    assert record["counterparties"] == {"Nvidia": 1}


def test_stats_draws_into_a_file(filled, tmp_path):
    picture = tmp_path / "deals.png"
    assert "1 deal worth $1.0B" in told(filled("stats", "nokia", "--output", picture))
    assert picture.read_bytes().startswith(b"\x89PNG")
    record = json.loads(told(filled("stats", "--json")))
    assert record["months"] == {"2025-10": {"equity": 10**9}}


def test_why_shows_the_road_of_a_story(filled):
    assert "Joined deal 20251028-1" in told(filled("why", "https://rack.example/b"))
    first, second = json.loads(told(filled("why", "20251028-1", "--json")))
    assert (first["url"], second["deal_id"]) == ("https://grid.example/a", "20251028-1")
    assert first["messages"][0]["state"] == "waiting"
    assert "No feed of x.example" in told(filled("why", "https://x.example/a"))
    assert json.loads(told(filled("why", "https://x.example/a", "--json"))) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("company", "nobody"), "'nobody'", id="company"),
        pytest.param(("stats", "kind:loan"), "kind:loan", id="query"),
        pytest.param(("stats", "kind:debt", "--output", "x.png"), "kind:debt", id="no money"),
        pytest.param(("stats", "--output", "no/such/folder/x.png"), "no/such", id="no folder"),
        pytest.param(("why", "nonsense"), "'nonsense'", id="why"),
    ],
)
def test_a_look_up_that_finds_nothing_is_one_clear_line(filled, arguments, said):
    result = filled(*arguments)
    assert result.exit_code == 1
    assert said in result.stderr
