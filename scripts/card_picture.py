"""Draw docs/card.svg: the real card of a deal of the demo, block by block as Slack gets it.

python -m scripts.card_picture
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.alerts.slack_blocks import card
from bot.alerts.summarise import headline
from bot.feeds.parse import parse
from bot.model import Deal, Story
from bot.ops.demo_host import DemoHost
from bot.pipeline import remember
from bot.settings import load_knowledge
from bot.store.database import open_store
from bot.store.deals import Deals
from bot.understand.claim import read_story
from scripts.block_svg import message_svg

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "card.svg"
CONFIG = ROOT / "config"
DEAL = "equity/nvidia-nokia"
AFTER = datetime(2025, 11, 4, tzinfo=UTC)


def demo_deal() -> Deal:
    """Return what the bot makes of the demo's stories on DEAL."""
    knowledge = load_knowledge(CONFIG)
    with TemporaryDirectory() as folder, open_store(Path(folder) / "picture.db") as db:
        for story in _stories():
            remember(db, read_story(story, knowledge, AFTER), (), AFTER)
        (deal,) = Deals(db).all()
    return deal


def _stories() -> list[Story]:
    host = DemoHost(CONFIG / "demo", lambda: AFTER)
    feeds = {feed.name: feed for feed in host.feeds}
    wanted = {story.url for story in host.expected if story.deal == DEAL}
    stories = [
        story
        for outlet in host.outlets
        for story in parse(host.body(outlet, AFTER), "", feeds[outlet.name], AFTER).stories
        if story.url in wanted
    ]
    return sorted(stories, key=lambda story: story.published or AFTER)


def picture() -> str:
    """Return the card of DEAL as SVG."""
    deal = demo_deal()
    at = f"{deal.announced:%H:%M}"
    return message_svg(card(deal), sender="Dealwire", at=at, described=headline(deal))


if __name__ == "__main__":
    PICTURE.write_text(picture(), "utf-8")
    print(f"Drawn: {PICTURE}")
