"""Slack's blocks as a picture: the few that cards use, drawn as SVG. Pure.

Every piece of text carries the width it was laid out with (``textLength``), so that the picture
looks right with whatever font the reader's browser has. Widths are those of Helvetica.
Source: Adobe's Core 14 AFM files.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

Block = dict[str, Any]

_WIDTH = 680
_LEFT = 68  #: where a message's text begins
_RIGHT = 20
_INSET = 4  #: pixels of a code's frame before and behind it
_FONT = "Lato, 'Helvetica Neue', Helvetica, Arial, sans-serif"
_TEXT, _FAINT, _LINK, _LINE = "#1d1c1d", "#616061", "#1264a3", "#c9c9c9"
_EMOJI = {
    ":large_yellow_circle:": "#f2c744", ":large_green_circle:": "#2eb67d",
    ":large_blue_circle:": "#3a8fd9", ":red_circle:": "#e01e5a",
}  # fmt: skip

#: Thousandths of the font's size that the signs from " " to "~" take, regular and bold.
_REGULAR = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    *[556] * 10, 278, 278, 584, 584, 584, 556, 1015,
    667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333,
    556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833,
    556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
]  # fmt: skip
_BOLD = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278,
    *[556] * 10, 333, 333, 584, 584, 584, 611, 975,
    722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333,
    556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889,
    611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
]  # fmt: skip
_OTHERS = {"→": 1000, "·": 278, "–": 556, "—": 1000, "…": 1000, "•": 350, "’": 250, "⋯": 1000}


@dataclass(frozen=True, slots=True)
class Style:
    """How a piece of text looks."""

    size: int = 15
    colour: str = _TEXT
    bold: bool = False
    code: bool = False
    strike: bool = False
    dot: str = ""  #: a circle of this colour in place of text


Piece = tuple[str, Style]  #: text without a line break


def width_of(text: str, style: Style) -> float:
    """Return how wide *text* is, in pixels."""
    if style.dot:
        return style.size * 1.15
    if style.code:
        return len(text) * style.size * 0.6 + 2 * _INSET
    widths = _BOLD if style.bold else _REGULAR
    signs = (
        widths[ord(sign) - 32] if " " <= sign <= "~" else _OTHERS.get(sign, 580) for sign in text
    )
    return sum(signs) * style.size / 1000


# ---- mrkdwn ---------------------------------------------------------------------------------

_MARKS = re.compile(
    r"<!date\^\d+\^[^|>]*\|(?P<date>[^>]*)>|<(?P<url>https?:[^|>]+)(?:\|(?P<label>[^>]*))?>"
    r"|`(?P<code>[^`\n]+)`|(?<!\w)\*(?P<bold>[^*\n]+)\*(?!\w)|(?<!\w)~(?P<strike>[^~\n]+)~(?!\w)"
    r"|(?P<emoji>:[a-z_]+:)"
)


def pieces(mrkdwn: str, style: Style) -> list[Piece]:
    """Return *mrkdwn* as text of one look each."""
    found: list[Piece] = []
    end = 0
    for mark in _MARKS.finditer(mrkdwn):
        found += _plain(mrkdwn[end : mark.start()], style)
        end = mark.end()
        if mark["emoji"]:
            dot = _EMOJI.get(mark["emoji"], _FAINT)
            found.append(("●", replace(style, dot=dot)))
        elif mark["bold"]:
            found += pieces(mark["bold"], replace(style, bold=True))
        elif mark["strike"]:
            found += pieces(mark["strike"], replace(style, strike=True))
        elif mark["code"]:
            found += _plain(mark["code"], replace(style, code=True, size=style.size - 2))
        elif mark["url"]:
            found += _plain(mark["label"] or mark["url"], replace(style, colour=_LINK))
        else:
            found += _plain(mark["date"], style)
    return found + _plain(mrkdwn[end:], style)


def _plain(text: str, style: Style) -> list[Piece]:
    return [(html.unescape(text), style)] if text else []


def lines_of(wanted: Iterable[Piece], most: float) -> list[list[Piece]]:
    """Return text laid out in lines of at most *most* pixels, broken between words."""
    lines: list[list[Piece]] = [[]]
    left = most
    for text, style in wanted:
        for word in re.findall(r"\n|[^\S\n]+|[^\s]+", text):
            width = width_of(word, style)
            if word == "\n" or (width > left and not word.isspace() and lines[-1]):
                lines.append([])
                left = most
            if word == "\n" or (word.isspace() and not lines[-1]):
                continue
            lines[-1].append((word, style))
            left -= width
    return [_joined(line) for line in lines]


def _joined(line: Sequence[Piece]) -> list[Piece]:
    """Return a line with neighbours of one look as one piece."""
    return [
        ("".join(text for text, _ in group), style)
        for style, group in groupby(line, key=lambda piece: piece[1])
    ]


# ---- drawing --------------------------------------------------------------------------------


class _Canvas:
    """Collects the marks of a picture, from top to bottom."""

    def __init__(self) -> None:
        self.marks: list[str] = []
        self.y = 0.0

    def rect(self, x: float, y: float, width: float, height: float, **look: object) -> None:
        said = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in look.items())
        self.marks.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:.1f}" height="{height:g}"{said}/>'
        )

    def text(self, text: str, style: Style, x: float, baseline: float) -> float:
        """Draw *text* and return where it ends."""
        width = width_of(text, style)
        if style.dot:
            radius = style.size * 0.42
            self.marks.append(
                f'<circle cx="{x + style.size / 2:.1f}" cy="{baseline - style.size * 0.36:.1f}"'
                f' r="{radius:.1f}" fill="{style.dot}"/>'
            )
            return x + width
        if style.code:
            self.rect(
                x + 1, baseline - style.size, width - 2, style.size + 4,
                rx=3, fill="#f6f6f6", stroke="#dddddd",
            )  # fmt: skip
            return self._words(text, style, x + _INSET, baseline, width - 2 * _INSET) + _INSET
        return self._words(text, style, x, baseline, width)

    def _words(self, text: str, style: Style, x: float, baseline: float, width: float) -> float:
        look = [
            f'font-size="{style.size}"',
            f'fill="{style.colour}"',
            'font-weight="700"' if style.bold else "",
            'font-family="Menlo, Consolas, monospace"' if style.code else "",
            'text-decoration="line-through"' if style.strike else "",
        ]
        self.marks.append(
            f'<text x="{x:.1f}" y="{baseline:.1f}" textLength="{width:.1f}"'
            f' lengthAdjust="spacingAndGlyphs" xml:space="preserve" '
            f"{' '.join(filter(None, look))}>{html.escape(text, quote=False)}</text>"
        )
        return x + width

    def paragraph(self, wanted: Iterable[Piece], x: float, most: float, height: float) -> float:
        """Draw text below the last mark; return its height."""
        lines = lines_of(wanted, most)
        for number, line in enumerate(lines):
            at = x
            for text, style in line:
                at = self.text(text, style, at, self.y + number * height + height * 0.72)
        return len(lines) * height


def _header(canvas: _Canvas, block: Block) -> None:
    canvas.y += 4
    style = Style(size=18, bold=True)
    text = [(block["text"]["text"], style)]
    canvas.y += canvas.paragraph(text, _LEFT, _WIDTH - _LEFT - _RIGHT, 24)


def _context(canvas: _Canvas, block: Block) -> None:
    canvas.y += 6
    style = Style(size=13, colour=_FAINT)
    gap = [("   ", style)]
    wanted: list[Piece] = []
    for element in block["elements"]:
        wanted += (gap if wanted else []) + pieces(element["text"], style)
    canvas.y += canvas.paragraph(wanted, _LEFT, _WIDTH - _LEFT - _RIGHT, 19)


def _section(canvas: _Canvas, block: Block) -> None:
    canvas.y += 8
    most = _WIDTH - _LEFT - _RIGHT
    if "text" in block:
        canvas.y += canvas.paragraph(pieces(block["text"]["text"], Style()), _LEFT, most, 22)
    fields, column = block.get("fields", []), most / 2
    for number in range(0, len(fields), 2):
        heights = [
            canvas.paragraph(
                pieces(field["text"], Style()), _LEFT + place * column, column - 16, 22
            )
            for place, field in enumerate(fields[number : number + 2])
        ]
        canvas.y += max(heights) + 6


def _actions(canvas: _Canvas, block: Block) -> None:
    canvas.y += 10
    style = Style(size=13, bold=True)
    x: float = _LEFT
    for element in block["elements"]:
        label = element["text"]["text"] if element["type"] == "button" else "⋯"
        width = width_of(label, style) + 24
        canvas.rect(x, canvas.y, width, 28, rx=4, fill="#ffffff", stroke=_LINE)
        canvas.text(label, style, x + 12, canvas.y + 19)
        x += width + 8
    canvas.y += 28


_DRAWN = {"header": _header, "context": _context, "section": _section, "actions": _actions}


def message_svg(blocks: Iterable[Block], *, sender: str, at: str, described: str) -> str:
    """Return a message of *blocks* as *sender* posted it *at* a time; *described* in words.

    Raises KeyError for a block that cards do not use.
    """
    canvas = _Canvas()
    canvas.y = 16
    canvas.rect(20, canvas.y + 2, 36, 36, rx=6, fill="#1f3a5f")
    canvas.text(sender[:1], Style(size=20, bold=True, colour="#ffffff"), 31, canvas.y + 27)
    name = Style(bold=True)
    x = canvas.text(sender, name, _LEFT, canvas.y + 15) + 6
    canvas.rect(x, canvas.y + 4, 28, 14, rx=2, fill="#e8e8e8")
    x = canvas.text("APP", Style(size=10, bold=True, colour=_FAINT), x + 4, canvas.y + 14.5) + 10
    canvas.text(at, Style(size=12, colour=_FAINT), x, canvas.y + 15)
    canvas.y += 24
    for block in blocks:
        _DRAWN[block["type"]](canvas, block)
    height = round(canvas.y + 18)
    marks = "\n".join(canvas.marks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}"'
        f' viewBox="0 0 {_WIDTH} {height}" font-family="{_FONT}" role="img">\n'
        f"<title>{html.escape(described)}</title>\n"
        f'<rect x="0.5" y="0.5" width="{_WIDTH - 1}" height="{height - 1}" rx="8"'
        f' fill="#ffffff" stroke="#dddddd"/>\n{marks}\n</svg>\n'
    )
