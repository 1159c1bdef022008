"""Slack's questions over HTTP: answered when signed, refused when forged, stale or replayed."""

import socket
import time
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from bot.alerts.answer import Answer
from bot.chat import Question, slack
from bot.chat.slack import Access
from bot.errors import SettingsError
from tests.doubles.slack import BOT_TOKEN, SECRET, Slack, signature, signed_body, slack_double


async def echo(question: Question) -> Answer:
    return Answer(f"{question.command}: {question.text} by {question.user}", text="done")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def workspace() -> AsyncIterator[Slack]:
    """A workspace that posts its questions to the bot, which says that it is at work."""
    async with slack_double() as double:
        port = free_port()
        double.request_url = f"http://127.0.0.1:{port}/slack/events"
        async with slack.connected(
            Access(BOT_TOKEN, "", SECRET, double.api_url, port, lambda: double.a_second is False),
            echo,
        ):
            yield double


def command(workspace: Slack) -> str:
    """Return a command as Slack posts it."""
    link = f"{workspace.url}/response/none"
    return signed_body("slash_commands", {"command": "/deals", "text": "x", "response_url": link})


async def test_a_mention_is_answered_and_its_repetition_is_not(workspace):
    message = workspace.say("<@UBOT> nvidia")
    event = {**message, "type": "app_mention", "channel": "C0000001"}
    await workspace.event(event, "Ev1")
    await workspace.event(event, "Ev1")
    await workspace.mention("amd")
    told = [answer["text"] for answer in workspace.thread("C0000001")]
    assert sorted(told) == ["deals: amd by U1", "deals: nvidia by U1"]


async def test_a_signed_command_is_answered(workspace):
    reply = await workspace.slash("/deals", "nvidia")
    assert reply["text"] == "deals: nvidia by U1"


async def test_a_forged_request_is_refused(workspace):
    assert await workspace.post_signed(command(workspace), secret="guessed") == 401  # noqa: S106


async def test_a_stale_request_is_refused(workspace):
    assert await workspace.post_signed(command(workspace), ago_s=301) == 401


async def test_a_request_that_comes_again_is_refused(workspace):
    body = command(workspace)
    headers = signature(body, int(time.time()))
    async with ClientSession() as session:
        statuses = []
        for _ in range(2):
            async with session.post(workspace.request_url, data=body, headers=headers) as answered:
                statuses.append(answered.status)
    assert statuses == [200, 401]


async def test_the_host_can_ask_whether_the_bot_is_at_work(workspace):
    url = workspace.request_url.replace("/slack/events", "/healthz")
    async with ClientSession() as session:
        async with session.get(url) as answered:
            assert (answered.status, await answered.text()) == (200, "ok")
        workspace.a_second = True  # the bot is told to look unwell
        async with session.get(url) as answered:
            assert answered.status == 503


async def test_a_port_that_is_taken_is_named(workspace):
    port = int(workspace.request_url.split(":")[2].split("/")[0])
    with pytest.raises(SettingsError, match=f"PORT: {port}"):
        async with slack.connected(Access(BOT_TOKEN, "", SECRET, workspace.api_url, port), echo):
            pass
