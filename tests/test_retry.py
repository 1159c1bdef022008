from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import CardGone, SendLater, SendRefused
from bot.retry import next_attempt

NOON = datetime(2026, 6, 8, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "attempts", "wait_s"),
    [
        pytest.param(SendLater("deals", "ratelimited", wait_s=120), 1, 120, id="the named wait"),
        pytest.param(SendLater("deals", "no answer"), 1, 5, id="first wait"),
        pytest.param(SendLater("deals", "no answer"), 4, 40, id="doubles"),
        pytest.param(SendLater("deals", "no answer"), 99, 1800, id="never over half an hour"),
        pytest.param(SendRefused("deals", "channel_not_found"), 1, None, id="never"),
        pytest.param(CardGone("deals", "message_not_found"), 1, None, id="post anew instead"),
    ],
)
def test_next_attempt(error, attempts, wait_s):
    expected = None if wait_s is None else NOON + timedelta(seconds=wait_s)
    assert next_attempt(error, attempts, NOON) == expected
