"""Slack's corrections in: the menu of a card, the forms it opens, and Undo."""

from __future__ import annotations

import logging
from typing import Any

import aiohttp
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.alerts.answer import Answer
from bot.alerts.slack_blocks import CORRECT, UNDO, answer_blocks, naming
from bot.alerts.slack_forms import FormError, filled, form, notice, place_of
from bot.chat import Corrector
from bot.errors import CorrectionError
from bot.model import CorrectionKind

log = logging.getLogger(__name__)

Payload = dict[str, Any]

_STRANGE = "This button is from another version of the bot: look the deal up with /deal."


def register(app: AsyncApp, corrector: Corrector) -> None:
    """Let people correct deals: from the menu of a card, in forms, and back with Undo."""

    async def chosen(
        ack: AsyncAck, respond: AsyncRespond, client: AsyncWebClient, body: Payload
    ) -> None:
        await ack()
        kind, _, deal_id = _value(body).partition(" ")
        try:
            found = await corrector.form(deal_id, _person(body))
            view = form(_kind(kind), found.deal, found.related, _channel(body))
            await client.views_open(trigger_id=str(body.get("trigger_id")), view=view)
        except CorrectionError as error:
            await _whisper_back(respond, Answer("Not corrected", error=str(error)))
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("form not opened deal=%s reason=%s", deal_id, _reason(error))
            late = Answer("Not corrected", error="The form did not open in time: try it again.")
            await _whisper_back(respond, late)

    async def undo(ack: AsyncAck, respond: AsyncRespond, body: Payload) -> None:
        await ack()
        deal_id, _, number = _value(body).partition(" ")
        if not (number.isascii() and number.isdigit() and len(number) < 10):  # noqa: PLR2004
            answer = Answer("Not undone", error=_STRANGE)
        else:
            answer = await corrector.undo(deal_id, _person(body), int(number))
        await _whisper_back(respond, answer)

    def submitted(kind: CorrectionKind) -> Any:  # noqa: ANN401
        async def submit(ack: AsyncAck, client: AsyncWebClient, body: Payload) -> None:
            view, person, channel = body["view"], _person(body), ""
            try:
                deal_id, channel = place_of(view)
                split = kind is CorrectionKind.SPLIT
                deal = (await corrector.form(deal_id, person)).deal if split else None
                correction = filled(kind, view, deal, person)
            except FormError as error:
                await ack(response_action="errors", errors=error.errors)
                return
            except CorrectionError as error:
                if not channel:  # nowhere to answer but in the form itself
                    await ack(response_action="update", view=notice(str(error)))
                    return
                answer = Answer("Not corrected", error=str(error))
                await ack()
            else:
                await ack()
                answer = await corrector.correct(correction)
            await _whisper(client, channel, person, answer)

        return submit

    app.action(CORRECT)(chosen)
    app.action(UNDO)(undo)
    for kind in CorrectionKind:
        app.view(f"deal_{kind}")(submitted(kind))


def _value(body: Payload) -> str:
    """Return what a button or a menu says that it is; "" for one that is not ours."""
    action = body["actions"][0]
    option = action.get("selected_option")
    found = option.get("value") if isinstance(option, dict) else action.get("value")
    return found if isinstance(found, str) else ""


def _kind(text: str) -> CorrectionKind:
    if text not in list(CorrectionKind):
        raise CorrectionError(_STRANGE)
    return CorrectionKind(text)


def _person(body: Payload) -> str:
    return str((body.get("user") or {}).get("id") or "somebody")


def _channel(body: Payload) -> str:
    return str((body.get("channel") or {}).get("id") or "")


async def _whisper_back(respond: AsyncRespond, answer: Answer) -> None:
    """Answer who pressed a button, and nobody else."""
    await respond(
        **_content(answer),
        response_type="ephemeral",
        replace_original=False,
    )


async def _whisper(client: AsyncWebClient, channel: str, person: str, answer: Answer) -> None:
    """Answer who sent a form: it has no address to answer to, but was opened in a channel."""
    try:
        await client.chat_postEphemeral(channel=channel, user=person, **_content(answer))
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("answer not sent channel=%s reason=%s", channel, _reason(error))


def _content(answer: Answer) -> Payload:
    return {"text": naming(answer.error or answer.title), "blocks": answer_blocks(answer)}


def _reason(error: Exception) -> str:
    """Return what failed, without what was sent."""
    if isinstance(error, SlackApiError):
        return str(getattr(error.response, "data", {}).get("error", "refused"))
    return type(error).__name__
