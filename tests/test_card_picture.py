"""The picture of a card in the README is what the bot posts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.block_svg import Style, lines_of, message_svg, pieces, width_of
from scripts.card_picture import PICTURE, picture


def test_the_picture_shows_the_card_as_it_is_posted_today():
    drawn = PICTURE.read_text("utf-8")
    assert drawn == picture(), "run `python -m scripts.card_picture`"


@pytest.mark.parametrize(
    ("mrkdwn", "shown"),
    [
        ("AT&amp;T &lt;sic&gt;", [("AT&T <sic>", Style())]),
        ("*Amount*\n$1", [("Amount", Style(bold=True)), ("\n$1", Style())]),
        ("<https://a.example/|Grid>", [("Grid", Style(colour="#1264a3"))]),
        ("<!date^1761663600^{time}|15:00 UTC>", [("15:00 UTC", Style())]),
        ("`id`", [("id", Style(size=13, code=True))]),
        (":red_circle:", [("●", Style(dot="#e01e5a"))]),
        ("2*3*4", [("2*3*4", Style())]),
    ],
)
def test_mrkdwn_is_read_as_slack_reads_it(mrkdwn, shown):
    assert pieces(mrkdwn, Style()) == shown


@given(st.text(st.sampled_from("ab W.\n"), max_size=80), st.integers(40, 200))
def test_lines_are_no_wider_than_they_may_be_and_lose_no_word(text, most):
    lines = lines_of([(text, Style())], most)
    shown = ["".join(piece for piece, _ in line) for line in lines]
    assert " ".join(shown).split() == text.split()
    for line in shown:
        assert width_of(line.rstrip(), Style()) <= most or len(line.split()) == 1


def test_a_block_that_cannot_be_drawn_is_no_silent_gap():
    with pytest.raises(KeyError, match="video"):
        message_svg([{"type": "video"}], sender="Dealwire", at="12:00", described="")
