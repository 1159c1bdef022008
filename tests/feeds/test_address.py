"""Addresses of feeds: which are refused, which are the same, and what people see of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.address import identity, name_for, refusal, shown


@given(st.text())
def test_no_text_breaks_them(text):
    for url in (text, f"https://{text}", f"https://grid.example/{text}"):
        refusal(url), identity(url), shown(url)
        assert 0 < len(name_for(text, url, {text})) <= 80


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://192.168.1.1:8080/rss", "http://169.254.169.254/latest",
        "http://[fd00::1]/", "http://[::ffff:10.0.0.1]/", "http://localhost/", "http://db.internal/",
        "http://nas.local/rss", "http://0.0.0.0/",
    ],
)  # fmt: skip
def test_addresses_inside_the_network_are_refused(url):
    assert "inside the network" in refusal(url)
    assert not refusal(url, inside=True)


@pytest.mark.parametrize("url", ["https://grid.example/rss?q=a&b=c", "http://8.8.8.8:8000/feed"])
def test_a_public_address_is_fine(url):
    assert not refusal(url)


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("https://grid.example/rss?q=nvidia", "https://grid.example/rss?q=nvidia"),
        (
            "https://grid.example/rss?keyword=ai&author=3",
            "https://grid.example/rss?keyword=ai&author=3",
        ),
        ("https://grid.example/rss?accessToken=x", "grid.example"),
        ("https://me:pass@grid.example/rss", "grid.example"),
        ("https://grid.example/rss?api_key=x", "grid.example"),
        ("https://grid.example/rss?u=0123456789abcdef0123456789abcdef", "grid.example"),
    ],
)
def test_a_secret_in_an_address_is_shown_to_nobody(url, seen):
    assert shown(url) == seen
