"""Articles without a feed."""

from hypothesis import given
from hypothesis import strategies as st

from bot.understand.article import story_of_html, story_of_text


@given(st.text())
def test_any_text_is_an_article(text):
    story = story_of_text(text, story_id="x")
    assert story.title == text.strip().partition("\n")[0].strip()


@given(st.text(alphabet="<>/=\"'abp div&;#0\n"))
def test_any_markup_is_read_or_left(text):
    story_of_html("<html><body>" + text, story_id="x")


def test_an_empty_page_holds_no_article():
    assert story_of_html("", story_id="x") is None
