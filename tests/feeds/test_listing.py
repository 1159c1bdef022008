"""feeds.toml, edited by the bot."""

import pytest

from bot.errors import SettingsError
from bot.feeds import listing
from bot.model import Feed
from bot.settings import load_feeds

WRITTEN = """# our feeds

[[feed]]  # the good one
name = "Grid"
url = "https://grid.example/rss"

[[feed]]
name = "Rack"
url = "https://rack.example/rss"
enabled = false
"""


@pytest.fixture
def feeds_toml(tmp_path):
    path = tmp_path / "feeds.toml"
    path.write_text(WRITTEN, "utf-8")
    return path


def test_an_added_feed_is_read_back_and_comments_stay(feeds_toml):
    added = Feed("Wire", "https://wire.example/atom", every_min=15)
    listing.add(feeds_toml, added)
    assert added in load_feeds(feeds_toml.parent)
    assert feeds_toml.read_text("utf-8").startswith(WRITTEN)


def test_a_feed_can_be_added_to_an_empty_file(tmp_path):
    (tmp_path / "feeds.toml").write_text("", "utf-8")
    listing.add(tmp_path / "feeds.toml", Feed("Wire", "https://wire.example/atom"))
    assert [feed.name for feed in load_feeds(tmp_path)] == ["Wire"]


@pytest.mark.parametrize(
    ("feed", "named"),
    [
        pytest.param(Feed("Grid", "https://new.example/rss"), "--name", id="name"),
        pytest.param(Feed("New", "https://rack.example/rss"), "'Rack'", id="address"),
    ],
)
def test_a_listed_feed_is_not_added_twice(feeds_toml, feed, named):
    with pytest.raises(SettingsError, match=named):
        listing.add(feeds_toml, feed)
    assert feeds_toml.read_text("utf-8") == WRITTEN


def test_a_removed_feed_is_gone_and_the_others_stay(feeds_toml):
    listing.remove(feeds_toml, "Rack")
    assert [feed.name for feed in load_feeds(feeds_toml.parent)] == ["Grid"]
    assert "# our feeds" in feeds_toml.read_text("utf-8")


HEADED = """# ---- press ----

[[feed]]
name = "Grid"
url = "https://grid.example/rss"  # the good one
# currency = "EUR"

# ---- companies ----

[[ feed ]]
name = "Rack"
url = "https://rack.example/rss"

# ---- the rest ----
"""


@pytest.mark.parametrize("name", ["Grid", "Rack"])
def test_headings_between_feeds_stay(feeds_toml, name):
    feeds_toml.write_text(HEADED, "utf-8")
    listing.remove(feeds_toml, name)
    kept = feeds_toml.read_text("utf-8")
    assert [line for line in kept.splitlines() if line.startswith("# ----")] == [
        "# ---- press ----", "# ---- companies ----", "# ---- the rest ----",
    ]  # fmt: skip
    assert "good one" not in kept or name != "Grid"


@pytest.mark.parametrize(
    "odd",
    [
        WRITTEN.replace('"Grid"', '"""\\\n[[feed]]"""'),
        WRITTEN.replace("[[feed]]  #", '[["feed"]]  #').replace('"Grid"', '"[[feed]]"'),
    ],
    ids=["text of two lines", "quotes"],
)
def test_a_feed_that_is_written_in_an_odd_way_is_removed_all_the_same(feeds_toml, odd):
    feeds_toml.write_text(odd, "utf-8")
    listing.remove(feeds_toml, "[[feed]]")
    assert [feed.name for feed in load_feeds(feeds_toml.parent)] == ["Rack"]


def test_removing_an_unknown_feed_says_where_the_names_are(feeds_toml):
    with pytest.raises(SettingsError, match="feeds list"):
        listing.remove(feeds_toml, "Nobody")


@pytest.mark.parametrize("content", ["feed = 1", "[feed]\n", "[[feed"])
def test_a_file_that_lists_no_feeds_is_left_alone(tmp_path, content):
    path = tmp_path / "feeds.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(SettingsError, match=r"feeds\.toml"):
        listing.add(path, Feed("Wire", "https://wire.example/atom"))
    assert path.read_text("utf-8") == content
