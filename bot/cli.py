"""The command line: thin click commands over the composition root."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TextIO

import click
from rich.console import Console
from rich.markup import escape

from bot import VERSION, app, offline
from bot.alerts.console_text import verdict_text
from bot.alerts.records import csv_text, reading_record
from bot.errors import BotError, SettingsError

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the configuration and the database are."""

    config: Path
    db: Path


def _told(command: Callable[P, None]) -> Callable[P, None]:
    """Turn a BotError into one clear line and exit code 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except BotError as error:
            raise click.ClickException(str(error)) from error

    return run


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "show_default": True},
    epilog="Try it without any token: python -m bot demo",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=Path("config"),
    envvar="DEALWIRE_CONFIG",
    show_envvar=True,
    help="Folder with feeds.toml, channels.toml and the rest.",
)
@click.option(
    "--db",
    type=click.Path(path_type=Path),
    default=Path("data/dealwire.db"),
    envvar="DEALWIRE_DB",
    show_envvar=True,
    help="SQLite file; made when missing.",
)
@click.version_option(package_name=None, version=VERSION, prog_name="dealwire")
@click.pass_context
def main(context: click.Context, config: Path, db: Path) -> None:
    """Dealwire notices when money moves in AI infrastructure, and says so once.

    \b
    Examples:
      python -m bot demo                         two simulated weeks, no tokens
      python -m bot run                          the service
      python -m bot deals "nvidia amount>=1b"    past deals
      python -m bot read article.txt             what the bot makes of a story
    """
    context.obj = Paths(config, db)


@main.command()
@click.pass_obj
@_told
def run(paths: Paths) -> None:
    """Run the service: poll feeds, post alerts, answer questions, until Ctrl-C.

    Slack and Telegram are connected when their tokens are set in the environment
    (SLACK_BOT_TOKEN and SLACK_APP_TOKEN, TELEGRAM_BOT_TOKEN).
    """
    asyncio.run(app.serve(paths.config, paths.db, Console()))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print what happened as one JSON object.")
@click.pass_obj
@_told
def once(paths: Paths, *, as_json: bool) -> None:
    """Do one round: poll what is due, deliver what is queued, exit.

    \b
    Example: python -m bot once      # from cron, every ten minutes
    """
    done = asyncio.run(app.once(paths.config, paths.db, Console(stderr=as_json)))
    if as_json:
        click.echo(json.dumps(done))
    else:
        click.echo(", ".join(f"{value} {name.replace('_', ' ')}" for name, value in done.items()))


@main.command()
@click.pass_obj
@_told
def demo(paths: Paths) -> None:
    """Show it working: two simulated weeks of feeds, every card as it would be posted."""
    asyncio.run(app.demo(paths.config, Console()))


@main.command()
@click.argument("sources", nargs=-1, metavar="[FILE|URL|-]...")
@click.option("--jsonl", is_flag=True, help="One JSON object a story.")
@click.pass_obj
@_told
def read(paths: Paths, sources: tuple[str, ...], *, jsonl: bool) -> None:
    """Say what the bot makes of stories; nothing is stored.

    A .jsonl archive holds {id, url, source, published, title, text} a line; a .txt or
    .html file, or a web address, holds one article. "-" reads standard input.

    \b
    Examples:
      python -m bot read article.txt
      python -m bot read https://example.com/story
      python -m bot read --jsonl archive.jsonl > readings.jsonl
    """
    progress = _progress(quiet_output=jsonl)
    if jsonl:
        for verdict in offline.read(paths.config, sources or ("-",), progress=progress):
            click.echo(json.dumps(reading_record(verdict), ensure_ascii=False))
    else:
        for verdict, lost in offline.explain(paths.config, sources or ("-",), progress=progress):
            Console().print(verdict_text(verdict, lost))


@main.command()
@click.argument("archive", type=click.Path(path_type=Path))
@click.option("--jsonl", is_flag=True, help="One JSON object a deal.")
@click.option(
    "--db",
    "replay_db",
    type=click.Path(path_type=Path),
    help="Keep the result in this new SQLite file (default: thrown away).",
)
@click.pass_obj
@_told
def replay(paths: Paths, archive: Path, replay_db: Path | None, *, jsonl: bool) -> None:
    """Run a story archive through the real pipeline, the clock at each story's time.

    \b
    Example: python -m bot replay week.jsonl --jsonl > deals.jsonl
    """
    records = offline.replay(
        paths.config, archive, replay_db, progress=_progress(quiet_output=jsonl)
    )
    _print_deals(records, "jsonl" if jsonl else "text")


@main.command()
@click.argument("query", nargs=-1)
@click.option("--json", "form", flag_value="json", help="One JSON list.")
@click.option("--csv", "form", flag_value="csv", help="CSV with a header line.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=20)
@click.pass_obj
@_told
def deals(paths: Paths, query: tuple[str, ...], form: str | None, limit: int) -> None:
    """Look up past deals.

    \b
    QUERY is words plus payer: to: kind: status: layer: currency: (repeat; - negates),
    amount>=1b, since:90d, 2025-10..2025-12, sort:amount|date.
    \b
    Examples:
      python -m bot deals nvidia since:90d
      python -m bot deals "kind:debt amount>=1b sort:amount" --csv
      python -m bot deals -- -status:rumored     # "--" before a leading minus
    """
    found = offline.deals(paths.db, " ".join(query), limit)
    if form:
        _print_deals(found.records, form)
    else:
        Console().print(found.text)


@main.command()
@click.argument("deal_id")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
@_told
def deal(paths: Paths, deal_id: str, *, as_json: bool) -> None:
    """Show one deal: its sources, the sentence behind each field, its history.

    \b
    Example: python -m bot deal 20251028-1
    """
    _print_found(offline.deal(paths.db, deal_id), as_json=as_json)


@main.command()
@click.argument("name", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
@_told
def company(paths: Paths, name: tuple[str, ...], *, as_json: bool) -> None:
    """Show a company: money in, money out, counterparties, last deals.

    No deal is counted twice and no rumor as done; a deal of several payers counts in full.

    \b
    Examples:
      python -m bot company nvidia
      python -m bot company NVDA --json
    """
    _print_found(offline.company(paths.config, paths.db, " ".join(name)), as_json=as_json)


@main.command()
@click.argument("query", nargs=-1)
@click.option("--json", "as_json", is_flag=True)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Draw a picture (PNG)."
)
@click.pass_obj
@_told
def stats(paths: Paths, query: tuple[str, ...], output: Path | None, *, as_json: bool) -> None:
    """Sum up deals: money per month by kind, top payers and recipients.

    QUERY is as for `deals`.

    \b
    Examples:
      python -m bot stats kind:debt since:1y --output debt.png
      python -m bot stats --json
    """
    _print_found(offline.stats(paths.db, " ".join(query), output), as_json=as_json)


@main.command()
@click.argument("asked", metavar="URL|ID")
@click.option("--json", "as_json", is_flag=True, help="One JSON list, an object a story.")
@click.pass_obj
@_told
def why(paths: Paths, asked: str, *, as_json: bool) -> None:
    """Say why a story was told of or not: feed, verdict, deal, messages.

    \b
    Examples:
      python -m bot why https://example.com/story
      python -m bot why 20251028-1
    """
    found = offline.why(paths.db, asked)
    if as_json:
        click.echo(json.dumps(found.records, ensure_ascii=False, indent=2))
    else:
        Console().print(found.text)


@main.command()
@click.option("--json", "as_json", is_flag=True)
@click.option(
    "--offline", "local", is_flag=True, help="Check files and variables only, call no service."
)
@click.pass_obj
@_told
def doctor(paths: Paths, *, as_json: bool, local: bool) -> None:
    """Name everything missing or wrong in the configuration, and how to mend it."""
    findings = asyncio.run(offline.doctor(paths.config, paths.db, online=not local))
    if as_json:
        click.echo(json.dumps([finding.record() for finding in findings], indent=2))
    else:
        console = Console()
        for finding in findings:
            subject, message = escape(finding.subject), escape(finding.message)
            console.print(f"{finding.health.symbol} [bold]{subject}[/]", soft_wrap=True)
            console.print(f"   {message}", highlight=False, soft_wrap=True)
    if any(finding.wrong for finding in findings):
        sys.exit(1)


@main.group()
def feeds() -> None:
    """List, add, remove, check, import and export feeds."""


@feeds.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.option("--all", "everything", is_flag=True, help="Also feeds that are switched off.")
@click.pass_obj
@_told
def feeds_list(paths: Paths, *, as_json: bool, everything: bool) -> None:
    """Show every feed with its health: last success, last new story, error, next poll."""
    found = offline.feed_health(paths.config, paths.db, everything=everything)
    if as_json:
        click.echo(json.dumps(found.records, ensure_ascii=False, indent=2))
    else:
        Console().print(found.text)


@feeds.command("add")
@click.argument("url")
@click.option("--name", help="How it is called in logs and tables (default: the feed's title).")
@click.option("--every-min", type=click.IntRange(1, 10_080), default=30)
@click.pass_obj
@_told
def feeds_add(paths: Paths, url: str, name: str | None, every_min: int) -> None:
    """Add a feed to feeds.toml, after finding it at URL (a feed, or a page that names one)."""
    click.echo(asyncio.run(offline.add_feed(paths.config, url, name, every_min)))


@feeds.command("remove")
@click.argument("name")
@click.pass_obj
@_told
def feeds_remove(paths: Paths, name: str) -> None:
    """Take a feed out of feeds.toml; what it brought stays."""
    click.echo(offline.remove_feed(paths.config, name))


@feeds.command("import")
@click.argument("source", type=click.Path(path_type=Path), metavar="FILE.opml")
@click.pass_obj
@_told
def feeds_import(paths: Paths, source: Path) -> None:
    """Add the feeds of an OPML file, as feed readers export it; say what was skipped and why."""
    click.echo(offline.import_feeds(paths.config, source))


@feeds.command("export")
@click.argument(
    "target", type=click.File("w", encoding="utf-8"), default="-", metavar="[FILE.opml]"
)
@click.pass_obj
@_told
def feeds_export(paths: Paths, target: TextIO) -> None:
    """Write the feeds as OPML, which feed readers import; keys in addresses included."""
    target.write(offline.export_feeds(paths.config))


@feeds.command("check")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.pass_obj
@_told
def feeds_check(paths: Paths, names: tuple[str, ...]) -> None:
    """Poll feeds now (all enabled ones, or those named), store nothing, say what came."""
    console = Console()
    if asyncio.run(offline.check_feeds(paths.config, names, console)):
        sys.exit(1)


@main.group()
def corrections() -> None:
    """List, export and undo what people corrected."""


@corrections.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
@_told
def corrections_list(paths: Paths, *, as_json: bool) -> None:
    """Show every correction: who said what of which deal, and whether it was undone."""
    found = offline.corrections_made(paths.db)
    if as_json:
        click.echo(json.dumps(found.records, ensure_ascii=False, indent=2))
    else:
        Console().print(found.text)


@corrections.command("export")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True), default="-")
@click.pass_obj
@_told
def corrections_export(paths: Paths, file: str) -> None:
    """Write the stories of corrected deals to FILE as labelled records, one JSON object a line.

    What people corrected is the label, so that the file can train the reader and test it. It
    holds the publishers' texts: keep it to yourself.

    \b
    Example: python -m bot corrections export labelled.jsonl
    """
    lines = [json.dumps(record, ensure_ascii=False) for record in offline.labelled(paths.db)]
    try:
        with click.open_file(file, "w", encoding="utf-8", atomic=file != "-") as out:
            out.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise SettingsError(f"{file}: cannot be written ({error.strerror})") from error


@corrections.command("undo")
@click.argument("number", type=click.IntRange(1), metavar="ID")
@click.pass_obj
@_told
def corrections_undo(paths: Paths, number: int) -> None:
    """Undo the correction with this ID; while the bot runs, say /deals undo DEAL in chat."""
    click.echo(offline.undo_correction(paths.db, number))


def _print_found(found: offline.Found, *, as_json: bool) -> None:
    """Print what a look-up found, or its one record as JSON."""
    if as_json:
        click.echo(json.dumps(found.records[0], ensure_ascii=False, indent=2))
    else:
        Console().print(found.text)


def _print_deals(records: Iterable[dict[str, Any]], form: str) -> None:
    """Print deal records as JSON lines, a JSON list, CSV, or a line of text each."""
    if form == "json":
        click.echo(json.dumps(list(records), ensure_ascii=False, indent=2))
        return
    if form == "csv":
        click.echo(csv_text(records), nl=False)
        return
    for record in records:
        if form == "jsonl":
            click.echo(json.dumps(record, ensure_ascii=False))
        else:
            sources = len(record["stories"])
            click.echo(
                f"{record['deal_id']}  {record['headline']}"
                f"  [{record['status']}, {sources} {'source' if sources == 1 else 'sources'}]"
            )


def _progress(*, quiet_output: bool) -> bool:
    """Say whether a progress bar helps: a person watches the error stream."""
    return sys.stderr.isatty() and not (quiet_output and sys.stdout.isatty())
