"""What the bot makes of a story that somebody points at, in words. Pure."""

from __future__ import annotations

from bot.alerts.answer import Answer
from bot.alerts.summarise import headline, summary
from bot.deals.merge import merge
from bot.model import Verdict

_FEATURES = 6
_LONGEST = 300  #: characters of one sentence


def opinion_answer(verdict: Verdict, deal_id: str | None = None) -> Answer:
    """Return *verdict* with the fields of the deal and the sentences that say so.

    *deal_id* is the deal that the story is known to tell of.
    """
    story, claim = verdict.story, verdict.claim
    title = _cut(" ".join(story.title.split()) or "This text")
    lines = [f"“{title}”"]
    if claim is not None:
        deal = merge(None, story, claim).deal
        lines += [headline(deal), summary(deal), *_evidence(verdict)]
    if verdict.why:
        lines.append(_cut(f"Because of: {', '.join(verdict.why[:_FEATURES])}"))
    said = "A deal" if claim else f"Not a deal: {(verdict.reason or 'other').replace('_', ' ')}"
    hint = f"We know it: /deal {deal_id}" if deal_id else "Nothing of this was stored."
    return Answer(f"{said} (score {verdict.score:.2f} of 1)", text="\n".join(lines), hint=hint)


def _evidence(verdict: Verdict) -> list[str]:
    said = verdict.claim.evidence if verdict.claim else {}
    return [
        f"{field.replace('_', ' ')}: “{_cut(' '.join(sentence.split()))}”"
        for field, sentence in said.items()
        if sentence
    ]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
