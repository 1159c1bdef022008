"""Promises about sentences: figures, initials and short forms end none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understand.sentences import sentences


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Acme paid. It won.", ["Acme paid.", "It won."], id="two"),
        pytest.param("Acme Inc. paid $1.5bn.", ["Acme Inc. paid $1.5bn."], id="legal form, figure"),
        pytest.param("The U.S. firm paid.", ["The U.S. firm paid."], id="initials"),
        pytest.param("Acme vs. Example ended.", ["Acme vs. Example ended."], id="versus"),
        pytest.param('"We paid." Acme won.', ['"We paid."', "Acme won."], id="quotation"),
        pytest.param("Acme paid\n\nIt won", ["Acme paid", "It won"], id="paragraphs"),
        pytest.param(
            "On Jan. 5 Acme paid. $2bn went.", ["On Jan. 5 Acme paid.", "$2bn went."], id="date"
        ),
    ],
)
def test_a_sentence_ends_where_a_reader_ends_it(text: str, found: list[str]) -> None:
    assert sentences(text) == found


@given(st.text())
def test_no_word_of_any_text_is_lost(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())
