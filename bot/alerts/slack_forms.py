"""The forms in which people correct a deal, as Slack's modals, and what they filled in. Pure.

A form only tells what was changed in it: a fact that a source changed while the form was open
is not set back. Lengths stay under Slack's limits; source: docs.slack.dev/reference/views.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from bot.alerts.slack_blocks import escape
from bot.alerts.summarise import day, headline
from bot.deals.facts import FIELDS, shown, typed
from bot.errors import CorrectionError
from bot.model import Correction, CorrectionKind, Deal, Kind, Layer, Reason, Source, Status

Block = dict[str, Any]
View = dict[str, Any]

_MOST_OPTION = 75
_MOST_TYPED = 3000
_OPTIONS = 100  #: of a menu
_BOXES = 10  #: of one group of checkboxes
_GROUPS = 6  #: of checkboxes in one form
_TITLES = {
    CorrectionKind.REJECT: "Not a deal",
    CorrectionKind.FIX: "Fix a deal",
    CorrectionKind.MERGE: "Merge two deals",
    CorrectionKind.SPLIT: "Split a deal",
}
_REASONS = tuple(each for each in Reason if each not in (Reason.LANGUAGE, Reason.UNREADABLE))
_UNDISCLOSED = "undisclosed"
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "kind": tuple(Kind),
    "status": tuple(Status),
    "layer": (_UNDISCLOSED, *Layer),
}
_LABELS = {
    "payers": ("Payers", "Who invests, buys, lends or commits: one a line, or between commas"),
    "recipients": ("Recipients", "Who gets the money, is bought, borrows, supplies or hosts"),
    "money": ("Amount", "As people write it: $1.5bn, up to €300m. Empty: undisclosed"),
    "kind": ("Kind", ""),
    "status": ("Status", ""),
    "round": ("Round", "Such as Series C"),
    "stake_pct": ("Stake", "Such as 2.9%"),
    "valuation": ("Valuation", "What the company is worth: never the deal's size"),
    "capacity_mw": ("Capacity", "Such as 650 MW or 1.4 GW"),
    "term_years": ("Term", "How long it runs, such as 15 years"),
    "layer": ("Layer", ""),
}


# ---- the four forms -------------------------------------------------------------------------


def form(kind: CorrectionKind, deal: Deal, related: Sequence[Deal], channel: str) -> View:
    """Return the form of *kind* on *deal*, opened in *channel*."""
    if kind is CorrectionKind.REJECT:
        blocks = _reject()
    elif kind is CorrectionKind.FIX:
        blocks = [_fact(deal, field) for field in FIELDS]
    elif kind is CorrectionKind.SPLIT:
        blocks = _split(deal)
    else:
        blocks = _merge(related)
    return {
        "type": "modal",
        "callback_id": f"deal_{kind}",
        "title": _plain(_TITLES[kind]),
        "submit": _plain("Save"),
        "close": _plain("Cancel"),
        "private_metadata": json.dumps({"deal": deal.id, "channel": channel}),
        "blocks": [_about(deal), *blocks],
    }


def notice(text: str) -> View:
    """Return a form that only says *text*."""
    blocks = [{"type": "section", "text": _plain(text[:_MOST_TYPED])}]
    return {"type": "modal", "title": _plain("Not corrected"), "blocks": blocks}


def _about(deal: Deal) -> Block:
    text = f"*{escape(_cut(headline(deal), 200))}*\ndeal `{deal.id}`"
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _reject() -> list[Block]:
    options = [_option(_words(reason), reason) for reason in _REASONS]
    menu = _menu("reason", options, initial=Reason.OTHER)
    return [_input("reason", "What is it instead?", menu)]


def _fact(deal: Deal, field: str) -> Block:
    label, hint = _LABELS[field]
    text = shown(deal, field)
    if field in _CHOICES:
        options = [_option(_words(value), value) for value in _CHOICES[field]]
        return _input(field, label, _menu(field, options, initial=text or _UNDISCLOSED))
    box: Block = {"type": "plain_text_input", "action_id": field, "max_length": _MOST_TYPED}
    if field in ("payers", "recipients"):
        box["multiline"] = True
    if text:
        box["initial_value"] = text[:_MOST_TYPED]
    return _input(field, label, box, hint=hint, optional=True)


def _merge(related: Sequence[Deal]) -> list[Block]:
    blocks = []
    if related:
        options = [_option(f"{each.id} {headline(each)}", each.id) for each in related[:_OPTIONS]]
        menu = _menu("other", options)
        blocks.append(_input("other", "The same as", menu, optional=True))
    box = {"type": "plain_text_input", "action_id": "other_id", "max_length": 40}
    hint = "The earlier of the two goes on, with the sources of both."
    label = "or its id" if related else "The id of the deal that is the same"
    return [*blocks, _input("other_id", label, box, hint=hint, optional=True)]


def _split(deal: Deal) -> list[Block]:
    newest = deal.sources[: -_BOXES * _GROUPS - 1 : -1]
    groups = [newest[start : start + _BOXES] for start in range(0, len(newest), _BOXES)]
    return [
        _input(
            f"sources_{number}",
            "Sources that tell of another deal" if number == 0 else "More sources",
            {
                "type": "checkboxes",
                "action_id": "sources",
                "options": [_source(source) for source in group],
            },
            optional=True,
        )
        for number, group in enumerate(groups)
    ]


def _source(source: Source) -> Block:
    said = f"{day(source.said_at)} {source.said_at:%H:%M} UTC"
    option = _option(f"{_cut(_line(source.publisher) or 'source', 40)}, {said}", _key(source))
    title = _line(source.title)
    return option | ({"description": _plain(_cut(title, _MOST_OPTION))} if title else {})


def _key(source: Source) -> str:
    """Return a short text for a story's id, which may be long or of any signs."""
    return blake2b(source.story_id.encode("utf-8", "replace"), digest_size=12).hexdigest()


# ---- what was filled in ---------------------------------------------------------------------


class FormError(CorrectionError):
    """What somebody filled in cannot be read: *errors* has a sentence for each block."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


def place_of(view: View) -> tuple[str, str]:
    """Return the deal that a form is on and the channel it was opened in.

    Raises CorrectionError for a form that is not from this version.
    """
    try:
        found = json.loads(view["private_metadata"])
        return str(found["deal"]), str(found["channel"])
    except (ValueError, TypeError, KeyError):
        raise CorrectionError("This form is from another version of the bot.") from None


def filled(kind: CorrectionKind, view: View, deal: Deal | None, by: str) -> Correction:
    """Return the correction that somebody filled in.

    *deal* is what is known now: a split's boxes stand for its sources.

    Raises FormError with a sentence for each block that cannot be read.
    """
    deal_id, _ = place_of(view)
    correction = _FILLED[kind](view, deal)
    return Correction(
        kind=kind, deal_id=deal_id, by=by, request=str(view.get("id") or ""), **correction
    )


def _reject_filled(view: View, _: Deal | None) -> dict[str, Any]:
    reason = _chosen(view, "reason", "reason")
    return {"reason": Reason(reason) if reason in _REASONS else Reason.OTHER}


def _fix_filled(view: View, _: Deal | None) -> dict[str, Any]:
    facts, errors = {}, {}
    for field in FIELDS:
        before, after = _initial(view, field), _chosen(view, field, field)
        # Slack may send back what it was given with its signs escaped, and lines its own way
        if _bare(after) == _bare(before) or (after == "" and field in _CHOICES):
            continue
        try:
            facts[field] = typed(field, after)
        except CorrectionError as error:
            errors[field] = str(error)
    if not facts and not errors:
        errors["payers"] = "Nothing is changed yet: change what is wrong, or cancel."
    if errors:
        raise FormError(errors)
    return {"facts": facts}


def _merge_filled(view: View, _: Deal | None) -> dict[str, Any]:
    other = _chosen(view, "other_id", "other_id").strip() or _chosen(view, "other", "other")
    if not other:
        raise FormError({"other_id": "Choose the deal that is the same, or write its id."})
    return {"other": other}


def _split_filled(view: View, deal: Deal | None) -> dict[str, Any]:
    ticked = {value for number in range(_GROUPS) for value in _ticked(view, f"sources_{number}")}
    if not ticked:
        raise FormError({"sources_0": "Tick the sources that tell of another deal."})
    sources = deal.sources if deal else ()
    stories = tuple(source.story_id for source in sources if _key(source) in ticked)
    if deal and len(stories) == len(sources):
        raise FormError({"sources_0": "Leave the deal one source at least."})
    # ticked, but gone meanwhile: the answer then says so
    return {"stories": stories or ("",)}


_FILLED: Mapping[CorrectionKind, Callable[[View, Deal | None], dict[str, Any]]] = {
    CorrectionKind.REJECT: _reject_filled,
    CorrectionKind.FIX: _fix_filled,
    CorrectionKind.MERGE: _merge_filled,
    CorrectionKind.SPLIT: _split_filled,
}


def _state(view: View, block: str, action: str) -> Mapping[str, Any]:
    """Return what a form holds of one input; {} where it, or any part on the way, is missing."""
    node: Any = view
    for key in ("state", "values", block, action):
        node = node.get(key) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else {}


def _chosen(view: View, block: str, action: str) -> str:
    """Return what was typed or chosen in one input, "" for nothing."""
    state = _state(view, block, action)
    option = state.get("selected_option")
    value = option.get("value") if isinstance(option, dict) else state.get("value")
    return value if isinstance(value, str) else ""


def _ticked(view: View, block: str) -> Iterable[str]:
    options = _state(view, block, "sources").get("selected_options")
    for option in options if isinstance(options, list) else ():
        if isinstance(option, dict) and isinstance(option.get("value"), str):
            yield option["value"]


def _initial(view: View, block_id: str) -> str:
    """Return what stood in an input when the form was opened."""
    blocks = view.get("blocks")
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, dict) and block.get("block_id") == block_id:
            element = block.get("element")
            element = element if isinstance(element, dict) else {}
            option = element.get("initial_option")
            option = option if isinstance(option, dict) else {}
            value = element.get("initial_value", option.get("value"))
            return value if isinstance(value, str) else ""
    return ""


# ---- blocks ---------------------------------------------------------------------------------


def _input(
    block_id: str, label: str, element: Block, *, hint: str = "", optional: bool = False
) -> Block:
    block = {
        "type": "input",
        "block_id": block_id,
        "label": _plain(label),
        "element": element,
        "optional": optional,
    }
    return block | ({"hint": _plain(hint)} if hint else {})


def _menu(action: str, options: list[Block], initial: str = "") -> Block:
    menu: Block = {"type": "static_select", "action_id": action, "options": options}
    chosen = next((option for option in options if option["value"] == initial), None)
    return menu | ({"initial_option": chosen} if chosen else {})


def _option(text: str, value: str) -> Block:
    return {"text": _plain(_cut(_line(text), _MOST_OPTION)), "value": value}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def _words(value: str) -> str:
    return value.replace("_", " ").capitalize()


def _bare(text: str) -> str:
    return _line(html.unescape(text))


def _line(text: str) -> str:
    return " ".join(text.split())


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
