"""What every promise about reading stories needs: the knowledge that the bot ships with."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import load_knowledge
from bot.understand.knowledge import Knowledge


@pytest.fixture(scope="session")
def known() -> Knowledge:
    """The companies, words and weights in config/."""
    return load_knowledge(Path(__file__).parents[2] / "config")
