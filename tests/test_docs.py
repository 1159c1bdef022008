"""The README tells the truth: every setting, variable, command and file it should name is there."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from bot.chat.commands import HELP
from bot.chat.subscribing import ORDERS
from bot.cli import main
from bot.model import Channel, Kind, Layer, Status
from bot.settings import Secrets, Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]


@pytest.mark.parametrize("key", Settings.model_fields)
def test_every_setting_is_explained_with_its_default(key):
    default = Settings.model_fields[key].default
    words = {None: '"everyone"', (): r"\[\]", "": "none"}
    shown = f"{default:g}" if isinstance(default, int | float) else words[default]
    assert re.search(rf"\| `{key}` \| .+ \| {shown} \|", README)


@pytest.mark.parametrize("name", [*Secrets.model_fields, "dealwire_db", "dealwire_config"])
def test_every_variable_is_explained(name):
    assert f"`{name.upper()}`" in README


@pytest.mark.parametrize("command", main.commands)
def test_every_command_is_shown(command):
    assert f"python -m bot {command}" in README


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_is_shown_in_the_readme_in_help_and_for_telegram(order):
    assert f"`/deals {order}" in README
    assert f"/deals {order}" in HELP
    assert f"`/{order}" in (ROOT / "docs" / "telegram.md").read_text("utf-8")


@pytest.mark.parametrize("key", [field.name for field in fields(Channel)])
def test_every_key_of_a_channel_is_named(key):
    assert f"`{key}`" in README
    assert f"#   {key} " in (ROOT / "config" / "channels.toml").read_text("utf-8")


@pytest.mark.parametrize("values", [Kind, Status, Layer])
def test_the_grammar_lists_every_value(values):
    assert ", ".join(values) in README


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(document):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text("utf-8")):
        assert (document.parent / target).exists(), target
