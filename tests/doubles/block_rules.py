"""What Slack's Block Kit accepts: two independent libraries judge, and the rules neither knows.

Source: docs.slack.dev/reference/block-kit/blocks; the total from slackapi/bolt-js#2509.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from typing import Any

import blockkit.core
from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

MOST_CHARACTERS = 13_200  #: of all blocks of a message together

#: Who works in the tests' workspace: feeds cannot know them.
_PEOPLE = re.compile(r"<@U[1-9]>")


def faults(blocks: object, *, most: int = 50, most_characters: int = MOST_CHARACTERS) -> list[str]:
    """Return what Slack would refuse about *blocks*; [] when it takes them.

    *most* is 50 in messages, 100 in modals and on the Home tab, which hold 250 kB.
    """
    if not isinstance(blocks, list):
        return ["blocks must be a list"]
    found = []
    if len(blocks) > most:
        found.append(f"{len(blocks)} blocks, at most {most}")
    if len(json.dumps(blocks, ensure_ascii=False)) > most_characters:
        found.append("msg_blocks_too_long")
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(ids) != len(set(ids)):
        found.append("block_id already exists")
    for number, block in enumerate(blocks):
        found += [f"block {number}: {fault}" for fault in _faults_of(block)]
    return found


def view_faults(view: object) -> list[str]:
    """Return what Slack would refuse about a modal; [] when it takes it."""
    if not isinstance(view, dict) or view.get("type") != "modal":
        return ["no modal"]
    found = []
    try:
        View(**view).validate_json()
    except Exception as error:  # noqa: BLE001  it raises what it likes
        found.append(str(error))
    blocks = view.get("blocks", [])
    inputs = [block for block in blocks if block.get("type") == "input"]
    if not view.get("title"):
        found.append("no title")
    if inputs and not view.get("submit"):
        found.append("inputs without submit")
    if len(json.dumps(view)) > 250_000:
        found.append("view_too_large")
    longer = [fault for fault in faults(blocks, most=100) if fault != "msg_blocks_too_long"]
    return found + longer + [fault for block in inputs for fault in _input_faults(block)]


def _input_faults(block: dict[str, Any]) -> Iterator[str]:
    element = block["element"]
    options = element.get("options", [])
    if not (block.get("block_id") and element.get("action_id")):
        yield "an input without ids cannot be read"
    if "initial_value" in element and not (
        0 < len(element["initial_value"]) <= element.get("max_length", 3000) <= 3000
    ):
        yield "initial_value longer than max_length, or empty"
    if "initial_option" in element and element["initial_option"] not in options:
        yield "initial_option is no option"
    if element["type"] == "checkboxes" and len(options) > 10:
        yield "more than 10 checkboxes"
    for option in options:
        if len(option["text"]["text"]) > 75 or not 0 < len(option["value"]) <= 150:
            yield f"option too long or empty: {option}"
        if len(option.get("description", {"text": ""})["text"]) > 75:
            yield f"description too long: {option}"


def _faults_of(block: dict[str, Any]) -> Iterator[str]:
    try:
        _judged_by_slack_sdk(block)
        _judged_by_blockkit(block)
    except Exception as error:  # noqa: BLE001  both raise what they like
        yield str(error)
    elements = block.get("elements", [])
    if block["type"] in ("actions", "context") and not elements:
        yield "has no elements"
    actions = [each["action_id"] for each in elements if each.get("action_id")]
    if len(actions) != len(set(actions)):
        yield "action_id already exists"
    for field in block.get("fields", []):
        if len(field["text"]) > 2000:
            yield "field longer than 2000"
    for text in _texts(block):
        if not text.get("text"):
            yield "empty text"
        elif text["type"] == "mrkdwn" and _unescaped(text["text"]):
            yield f"text pings or fakes a link: {text['text'][:80]!r}"


def _texts(node: object) -> Iterator[dict[str, Any]]:
    """Yield every text object in a block."""
    if isinstance(node, list):
        for each in node:
            yield from _texts(each)
    elif isinstance(node, dict):
        if node.get("type") in ("mrkdwn", "plain_text"):
            yield node
        for each in node.values():
            yield from _texts(each)


def _unescaped(text: str) -> bool:
    """Say whether a text holds a mention: only links, dates and known people are ours to write."""
    text = _PEOPLE.sub("", text)
    return any(mark in text for mark in ("<!channel", "<!here", "<!everyone", "<@", "<#"))


def _judged_by_slack_sdk(block: dict[str, Any]) -> None:
    parsed = Block.parse(block)
    if parsed is None or type(parsed) is Block:
        raise ValueError(f"unsupported block type {block.get('type')!r}")
    seen: set[int] = set()
    todo: list[object] = [parsed]
    while todo:
        node = todo.pop()
        if isinstance(node, list | tuple):
            todo += node
        elif isinstance(node, JsonObject) and id(node) not in seen:
            seen.add(id(node))
            node.validate_json()
            todo += vars(node).values()


_CLASSES: dict[str, Any] = {"plain_text": blockkit.core.Text, "mrkdwn": blockkit.core.Text}
for _name, _class in inspect.getmembers(blockkit.core, inspect.isclass):
    if issubclass(_class, blockkit.core.Component) and _class not in (
        blockkit.core.Component,
        blockkit.core.Text,
        blockkit.core.ImageEl,
    ):
        try:
            _type = getattr(_class()._get_field("type"), "value", None)
        except Exception:  # noqa: BLE001, S112  a component that wants arguments has no fixed type
            continue
        if _type:
            _CLASSES.setdefault(_type, _class)
_UNTYPED: dict[str, Any] = {
    "confirm": blockkit.core.Confirm,
    "options": blockkit.core.Option,
    "initial_option": blockkit.core.Option,
    "initial_options": blockkit.core.Option,
    "option_groups": blockkit.core.OptionGroup,
}


def _judged_by_blockkit(block: dict[str, Any]) -> None:
    if block.get("type") in _CLASSES:  # it knows fewer of the newest blocks than slack_sdk
        _built(block, "").build()


def _built(node: Any, key: str) -> Any:
    if isinstance(node, list):
        return [_built(each, key) for each in node]
    if not isinstance(node, dict):
        return node
    kind = node.get("type", "")
    shape = _CLASSES.get(kind) or _UNTYPED.get(key)
    if kind == "image" and key in ("elements", "accessory"):
        shape = blockkit.core.ImageEl
    if shape is None:
        raise ValueError(f"unknown type {kind!r} in {key}")
    values = {
        name: _built(value, name)
        for name, value in node.items()
        if name != "type" or shape is blockkit.core.Text
    }
    unknown = set(values) - set(inspect.signature(shape.__init__).parameters)
    if unknown:
        raise ValueError(f"unknown property {sorted(unknown)} on {kind!r}")
    return shape(**values)
