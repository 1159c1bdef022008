"""Figures as a picture for a phone: money by month and kind, top payers and recipients.

matplotlib is imported with the first picture: it costs seconds and tens of megabytes that only
who asks for one should pay. Drawing is work for a thread, one picture at a time.
"""

from __future__ import annotations

import io
import logging
import textwrap
from threading import Lock
from typing import Any

from bot.alerts.answer import File
from bot.alerts.stats import Stats
from bot.alerts.totals import apart_text, count_text, sum_text, total
from bot.model import Kind

# Told apart by people who see colours differently too, on white and in grey.
# Source: Okabe and Ito, "Color Universal Design", 2008
_COLOURS = {
    Kind.EQUITY: "#0072B2",
    Kind.SUPPLY: "#E69F00",
    Kind.BUILDOUT: "#009E73",
    Kind.DEBT: "#CC79A7",
    Kind.ACQUISITION: "#D55E00",
    Kind.VENTURE: "#56B4E9",
}
_LABELS = {
    Kind.EQUITY: "equity", Kind.SUPPLY: "supply contracts", Kind.BUILDOUT: "build-outs",
    Kind.DEBT: "debt", Kind.ACQUISITION: "acquisitions", Kind.VENTURE: "joint ventures",
}  # fmt: skip
_INK, _FAINT = "#222222", "#777777"
_SIZE_INCHES, _DPI = (7.2, 9.6), 150  #: 1080 x 1440, as a phone shows it whole
_NAME = 24  #: characters of a name beside its bar
_TITLE, _NOTE = 44, 104  #: characters a line
_LEFT = 0.05
_HEADING: dict[str, Any] = {"size": 12, "weight": "bold", "va": "bottom"}
_LOCK = Lock()  # matplotlib's fonts are not safe to share between threads


def draw(stats: Stats, title: str) -> File:
    """Return *stats*, of at least one firm deal, as a PNG under *title*."""
    with _LOCK:
        import matplotlib as mpl  # noqa: PLC0415

        # names come from strangers: a "$" in them is no formula
        with mpl.rc_context({"text.parse_math": False, "font.size": 11, "text.color": _INK}):
            return File("deals.png", _drawn(stats, title), "image/png")


def _drawn(stats: Stats, title: str) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    # a name may have signs that the font lacks: they are drawn as boxes, and no news for a log
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    figure = Figure(figsize=_SIZE_INCHES, dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    firm = stats.totals.firm
    title = _lines(_plain(title), _TITLE, 2)
    about = f"{count_text(firm)} worth {sum_text(total(firm))}, announced or completed"
    figure.text(_LEFT, 0.975, title, size=17, weight="bold", va="top")
    figure.text(_LEFT, 0.935 - 0.03 * title.count("\n"), about, size=12, color=_FAINT, va="top")
    figure.text(_LEFT, 0.86, "Money per month, by kind", **_HEADING)
    figure.text(_LEFT, 0.48, "Who pays: in deals worth", **_HEADING)
    figure.text(_LEFT, 0.265, "Who gets: in deals worth", **_HEADING)
    _draw_months(figure.add_axes((0.11, 0.555, 0.85, 0.245)), stats)
    _draw_top(figure.add_axes((0.36, 0.3, 0.5, 0.17)), stats.payers)
    _draw_top(figure.add_axes((0.36, 0.085, 0.5, 0.17)), stats.recipients)
    note = "In US dollars at the day's rate; a deal of several parties counts in full for each. "
    if stats.earlier:
        note += f"Before {stats.months[0]:%b %Y}: {sum_text(stats.earlier)}. "
    note = _lines(note + apart_text(stats.totals), _NOTE, 3)
    figure.text(_LEFT, 0.012, note, size=8.5, color=_FAINT, va="bottom")
    image = io.BytesIO()
    figure.savefig(image, format="png")
    return image.getvalue()


def _draw_months(axes: Any, stats: Stats) -> None:  # noqa: ANN401
    _bare(axes)
    places = range(len(stats.months))
    below = [0] * len(stats.months)
    for kind, row in stats.by_kind:
        axes.bar(places, row, 0.8, below, label=_LABELS[kind], color=_COLOURS[kind],
                 edgecolor="white", linewidth=0.6)  # fmt: skip
        below = [under + dollars for under, dollars in zip(below, row, strict=True)]
    axes.yaxis.set_major_formatter(lambda dollars, _: sum_text(int(dollars)))
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.8)
    axes.set_axisbelow(True)
    step = -(-len(stats.months) // 8)  # as many labels as fit side by side
    shown = list(places)[::-1][::step][::-1]
    axes.set_xticks(shown, [_month(stats, number, step) for number in shown])
    axes.set_xlim(-0.6, max(len(stats.months), 6) - 0.4)
    axes.set_ylim(0, max(below) * 1.06)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.08, 1.02), ncols=3, frameon=False,
                fontsize=10, handlelength=1,
                columnspacing=1.2, borderaxespad=0.1, labelspacing=0.2)  # fmt: skip


def _month(stats: Stats, number: int, step: int) -> str:
    """Return a month's label; the year stands under the first label and where it changes."""
    month = stats.months[number]
    before = number - step
    new_year = before < 0 or stats.months[before].year != month.year
    return f"{month:%b}\n{month.year}" if new_year else f"{month:%b}"


def _draw_top(axes: Any, side: tuple[tuple[str, int], ...]) -> None:  # noqa: ANN401
    side = side[:6]
    _bare(axes)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    places = range(len(side))
    axes.set_yticks(list(places), [_short(name) for name, _ in side])
    axes.set_ylim(5.6, -0.6)  # the same thickness however few
    if not side:
        axes.text(0, 0.5, "nobody named", color=_FAINT, transform=axes.transAxes)
        return
    axes.barh(places, [dollars for _, dollars in side], 0.72, color="#4D6A8A")
    for number, (_, dollars) in enumerate(side):
        axes.annotate(sum_text(dollars), (dollars, number), xytext=(5, 0),
                      textcoords="offset points", va="center", size=10.5)  # fmt: skip


def _bare(axes: Any) -> None:  # noqa: ANN401
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=10.5, colors=_INK)


def _lines(text: str, wide: int, most: int) -> str:
    return "\n".join(textwrap.wrap(text, wide, max_lines=most, placeholder=" …"))


def _short(name: str) -> str:
    name = _plain(name)
    return name if len(name) <= _NAME else f"{name[: _NAME - 1].rstrip()}…"


def _plain(text: str) -> str:
    """Return *text* on one line, with a mark for each sign that the font cannot draw."""
    from matplotlib.font_manager import findfont, get_font  # noqa: PLC0415

    font = get_font(findfont("DejaVu Sans"))
    return "".join(
        char if char == " " or (char.isprintable() and font.get_char_index(ord(char))) else "□"
        for char in " ".join(text.split())
    )
