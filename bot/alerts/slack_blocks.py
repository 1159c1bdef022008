"""Cards, follow-ups and answers as Slack's Block Kit. Pure.

Feed text is untrusted: it is escaped, so that no headline can ping a channel or fake a link.
Lengths stay under Slack's limits. Source: docs.slack.dev/reference/block-kit/blocks; the total of
a message's blocks has an undocumented limit near 13,000 characters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from bot.alerts.answer import Answer, FeedLine
from bot.alerts.digest import Brief, Line
from bot.alerts.summarise import (
    change_text,
    chip,
    corrected_text,
    day,
    facts,
    follow_up,
    former,
    headline,
    standing,
    summary,
)
from bot.model import Alert, Deal, News, Source, Subscription

Block = dict[str, Any]

_MOST_HEADER = 150
_MOST_SECTION = 3000
_MOST_FIELD = 2000
_MOST_FIELDS = 10
_MOST_CHARACTERS = 12_000  #: of a message's blocks, as JSON
_MOST_URL = 3000
_MOST_HOME_BLOCKS = 100
_MOST_MODAL_TITLE = 24
_MOST_QUERY = 200
_SOURCES_ON_CARD = 3
_TITLE = 200  #: characters shown of a publisher's headline

#: What the buttons are called in Slack's payloads.
OPEN, DETAILS, PAGE = "deal_open", "deal_show", "deals_page"
REMOVE, HOME_DETAILS, HOME_REMOVE = "subscription_remove", "home_deal", "home_remove"
CORRECT, UNDO = "deal_correct", "deal_undo"
SHARE = "answer_share"

#: A link as Slack writes it in what people say.
LINK = re.compile(r"<(https?://[^|>\s]+)(?:\|[^>]*)?>")

_SHARED = ("deals", "deal", "read")  #: commands whose answers may be shared with a channel
_MOST_SHARED = 600  #: characters of a question that its button remembers

_PERSON = re.compile(r"[UW][A-Z0-9]{1,20}")
_BY = re.compile(r"\bby @([UW][A-Z0-9]{1,20})\b")


def escape(text: str) -> str:
    """Return *text* so that Slack shows it as it is.

    >>> escape("<!channel> AT&T")
    '&lt;!channel&gt; AT&amp;T'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str) -> str:
    """Return what a person wrote, without Slack's marks.

    >>> plain("why <https://x.example/a?b=1&amp;c=2|x.example> amount&gt;=1b")
    'why https://x.example/a?b=1&c=2 amount>=1b'
    """
    bare = LINK.sub(r"\1", text)
    return bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def mentioning(text: str, who: Iterable[str]) -> str:
    """Return *text* escaped, with each "@U0123" of those in *who* as a mention Slack names.

    >>> mentioning("Fixed by @U1, says <@U2>", ["U1"])
    'Fixed by <@U1>, says &lt;@U2&gt;'
    """
    shown = escape(text)
    for person in who:
        if _PERSON.fullmatch(person):
            shown = re.sub(rf"@{person}\b", f"<@{person}>", shown)
    return shown


def naming(text: str) -> str:
    """Return words of our own escaped, with each "by @U0123" as a mention Slack names."""
    return mentioning(text, _BY.findall(text))


# ---- a deal's card --------------------------------------------------------------------------


def card(deal: Deal) -> list[Block]:
    """Return the card of *deal*: what a channel shows of it for life."""
    if said := standing(deal):
        told = f"*{mentioning(said, [deal.override.by])}*\n~{escape(_one_line(headline(deal)))}~"
        sources = [_context(_sources_line(deal))] if deal.sources else []
        return [_section(told), *sources, _card_actions(deal)]
    return [*_facts_of(deal), _context(_sources_line(deal)), _card_actions(deal)]


def _facts_of(deal: Deal) -> list[Block]:
    """Return what is known of *deal*, with who corrected what of it."""
    status = chip(deal.status)
    was = _struck(former(deal, "status").capitalize())
    labels = [f"{status.slack} {was}*{status.word}*", deal.kind.capitalize()]
    labels += [deal.layer.capitalize()] if deal.layer else []
    labels += ["Non-binding"] if deal.binding is False else []
    blocks = [
        _header(headline(deal)),
        _context(*labels, day(deal.announced)),
        _section(escape(summary(deal))),
        _fields(
            (label, (_struck(former(deal, "money")) if label == "Amount" else "") + escape(value))
            for label, value in facts(deal)
        ),
    ]
    if said := corrected_text(deal):
        blocks.append(_context(f":pencil2: {mentioning(said, deal.override.who.values())}"))
    return blocks


def _struck(old: str) -> str:
    """Return what no longer holds, struck out before what does."""
    return f"~{escape(old)}~ → " if old else ""


def _card_actions(deal: Deal) -> Block:
    buttons = [_button("Details", DETAILS, deal.id)]
    url = next((url for url in (_address(source.url) for source in deal.sources) if url), "")
    if url and not deal.hidden:
        buttons.insert(0, _button("Open source", OPEN, deal.id) | {"url": url})
    if deal.override.last:
        buttons.append(_undo_button(deal))
    if not deal.hidden:
        buttons.append(_correct_menu(deal))
    return _actions(f"deal_{deal.id}", *buttons)


def _undo_button(deal: Deal) -> Block:
    # the correction's own number, so that a second click undoes nothing more
    return _button("Undo", UNDO, f"{deal.id} {deal.override.last}")


def _correct_menu(deal: Deal) -> Block:
    choices = {"reject": "Not a deal…", "fix": "Fix…", "merge": "Merge…"}
    if len(deal.sources) > 1:
        choices["split"] = "Split…"
    options = [
        {"text": {"type": "plain_text", "text": text}, "value": f"{kind} {deal.id}"}
        for kind, text in choices.items()
    ]
    return {"type": "overflow", "action_id": CORRECT, "options": options}


def _sources_line(deal: Deal) -> str:
    shown = [_source_link(source) for source in deal.sources[:_SOURCES_ON_CARD]]
    count = len(deal.sources)
    more = f" +{count - _SOURCES_ON_CARD} more" if count > _SOURCES_ON_CARD else ""
    label = "Source" if count == 1 else f"{count} sources"
    return f"{label}: {', '.join(shown)}{more} · deal `{deal.id}`"


def _source_link(source: Source) -> str:
    return f"{_link(source.publisher or 'source', source.url)} {_minute(source)}"


def _minute(source: Source) -> str:
    """Return the time as Slack shows it in the reader's own zone."""
    shown = f"{day(source.said_at)} {source.said_at:%H:%M} UTC"
    return f"<!date^{int(source.said_at.timestamp())}^{{date_short}} {{time}}|{shown}>"


def follow_up_blocks(alert: Alert, deal: Deal) -> list[Block]:
    """Return what goes to the thread under the card: what a story or a person brought."""
    if alert.news is News.CORRECTION:
        told = mentioning(
            follow_up(alert, deal), [change.by for change in alert.changes if change.by]
        )
        return [_section(f":pencil2: {told}")]
    source = next((each for each in deal.sources if each.story_id == alert.story_id), None)
    told = f"*{escape(follow_up(alert, deal))}*"
    if source is None:
        return [_section(told)]
    title = escape(_cut(source.title, _TITLE))
    return [_section(f"{told}\n{title}"), _context(_source_link(source))]


def brief_blocks(brief: Brief) -> list[Block]:
    """Return several deals in one message: all are named, with links as far as there is room."""
    blocks: list[Block] = []
    for most_url in (2000, 200, 0):
        lines = [_brief_line(line, most_url) for line in brief.lines]
        blocks = [_section(f"*{escape(brief.title)}*"), *_sections(lines)]
        if _weight(blocks) <= _MOST_CHARACTERS:
            break
    return blocks


def _brief_line(line: Line, most_url: int) -> str:
    deal = line.deal
    urls = (_address(source.url) for source in deal.sources)
    url = next((url for url in urls if 0 < len(url) <= most_url), "")
    told = f" · {escape(_cut(line.told, _TITLE))}" if line.told else ""
    title = _link(_cut(headline(deal), _TITLE), url)
    return f"{chip(deal.status).slack} *{title}*{told} · `{deal.id}`"


def _sections(lines: Iterable[str]) -> list[Block]:
    """Return whole lines in as few sections as hold them."""
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + 1 + len(line) <= _MOST_SECTION:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return [_section(text) for text in texts]


# ---- answers --------------------------------------------------------------------------------


def answer_blocks(answer: Answer) -> list[Block]:
    """Return the answer to a question."""
    if answer.error:
        return [_section(naming(f":warning: {answer.error} {answer.hint}".strip()))]
    if answer.deal is not None:
        return _in_depth(answer.deal)
    blocks = [_section(f"*{escape(answer.title)}*")]
    if answer.text:
        blocks.append(_section(escape(answer.text)))
    rows = [_row(deal) for deal in answer.deals]
    rows += [_subscription(each, answer.undo, REMOVE) for each in answer.subscriptions]
    rows += [_feed(feed) for feed in answer.feeds]
    tail = [_context(escape(answer.hint))] if answer.hint else []
    if paging := _paging(answer):
        tail.append(paging)
    return _fitting(blocks, rows, tail)


def _feed(feed: FeedLine) -> Block:
    name, about, times = map(escape, (feed.name, feed.about, feed.times))
    return _section(f"{feed.mark} *{name}*\n{about}\n{times}")


def _subscription(subscription: Subscription, undo: str, action: str) -> Block:
    """Return one subscription with its button; Home's button knows its command by itself."""
    value = f"{undo} {subscription.id}" if undo else str(subscription.id)
    query = _cut(subscription.query, _MOST_QUERY) or "every deal"
    block = _section(f"*{escape(query)}* · #{subscription.id}")
    return block | {"accessory": _button("Remove", action, value)}


def _row(deal: Deal, action: str = DETAILS) -> Block:
    status = chip(deal.status)
    count = len(deal.sources)
    about = " · ".join(
        [
            f"{status.slack} {status.word}",
            day(deal.announced),
            f"{count} {'source' if count == 1 else 'sources'}",
            f"`{deal.id}`",
        ]
    )
    block = _section(f"*{escape(_cut(headline(deal), _TITLE))}*\n{about}")
    return block | {"accessory": _button("Details", action, deal.id)}


def _paging(answer: Answer) -> Block | None:
    """Return buttons to the pages before and after, where there are any."""
    buttons = []
    if answer.offset:
        back = max(answer.offset - answer.page_size, 0)
        buttons.append(_button("Previous", f"{PAGE}_back", page_value(answer.query, back)))
    if answer.left > 0:
        more, end = f"Next ({answer.left} more)", answer.total - answer.left
        buttons.append(_button(more, f"{PAGE}_next", page_value(answer.query, end)))
    return _actions("deals_pages", *buttons) if buttons else None


def page_value(query: str, offset: int) -> str:
    """Return what a paging button remembers."""
    return json.dumps({"q": query, "o": offset}, ensure_ascii=False)


def page_of(value: str) -> tuple[str, int]:
    """Return query and offset of a paging button; a forged one reads as the first page of all.

    >>> page_of(page_value("nvidia", 10)), page_of("[]")
    (('nvidia', 10), ('', 0))
    """
    try:
        found = json.loads(value)
        return str(found["q"]), min(max(int(found["o"]), 0), 10**9)
    except (ValueError, TypeError, KeyError, OverflowError):
        return "", 0


def share_button(command: str, text: str, offset: int) -> Block | None:
    """Return a row with the button that shows an answer to the channel; None for a long question.

    It remembers the question: what is shared is looked up anew.
    """
    value = json.dumps({"c": command, "t": text, "o": offset}, ensure_ascii=False)
    if command not in _SHARED or len(json.dumps(value, ensure_ascii=False)) > _MOST_SHARED:
        return None
    return _actions("answer_share", _button("Share to channel", SHARE, value))


def shared_of(value: str) -> tuple[str, str, int]:
    """Return command, text and offset of a sharing button; a forged one asks for help.

    >>> shared_of('{"c": "deals", "t": "top", "o": 0}'), shared_of('{"c": "watch"}')
    (('deals', 'top', 0), ('help', '', 0))
    """
    try:
        found = json.loads(value)
        command, text, offset = str(found["c"]), str(found["t"]), int(found["o"])
    except (ValueError, TypeError, KeyError, OverflowError):
        return "help", "", 0
    return (command, text, min(max(offset, 0), 10**9)) if command in _SHARED else ("help", "", 0)


def shared_by(user: str, question: str) -> Block:
    """Return the line that says who shared an answer."""
    who = f"<@{user}>" if _PERSON.fullmatch(user) else "somebody"
    return _context(f"Shared by {who} · `{escape(_cut(question, 150)).replace('`', '')}`")


def _in_depth(deal: Deal) -> list[Block]:
    """Return the card with who says so, all sources, the history and related deals."""
    shown = card(deal)[:1] if deal.hidden else _facts_of(deal)
    evidence = [
        f"*{escape(field.replace('_', ' '))}*: “{escape(_cut(sentence, 300))}”"
        for field, (sentence, _) in deal.evidence.items()
    ]
    sources = [
        f"• {_source_link(source)} {escape(_cut(source.title, _TITLE))}" for source in deal.sources
    ]
    history = [
        f"• {day(change.at)}: {mentioning(change_text(change), [change.by])}"
        for change in deal.history
    ]
    linked = [f"`{deal_id}`" for deal_id in deal.linked]
    rows = [
        _listed("Who says so", evidence),
        _listed("Sources", sources),
        _listed("History", history),
        _listed("Maybe the same as, or follows from", [", ".join(linked)] if linked else []),
    ]
    tail = [_context(f"deal `{deal.id}`")]
    if deal.override.last:
        tail.append(_actions(f"deal_{deal.id}", _undo_button(deal)))
    return _fitting(shown, [row for row in rows if row], tail)


def _listed(title: str, lines: Iterable[str]) -> Block | None:
    """Return a section of whole lines, as many as fit; None without any."""
    lines = list(lines)
    if not lines:
        return None
    text = f"*{title}*"
    for number, line in enumerate(lines):
        longer = f"{text}\n{line}"
        if len(longer) > _MOST_SECTION - 40:
            return _section(f"{text}\n… and {len(lines) - number} more")
        text = longer
    return _section(text)


# ---- the Home tab ---------------------------------------------------------------------------


def home_view(home: Answer) -> Block:
    """Return the Home tab: the newest deals, one's watches, and how the bot is."""
    deals = [_row(deal, HOME_DETAILS) for deal in home.deals]
    watches = [_subscription(each, "", HOME_REMOVE) for each in home.subscriptions]
    blocks = [
        _header("Newest deals"),
        *(deals or [_context("None yet: they come with the news.")]),
        _header("Your watches"),
        *watches,
        _context("Watch… a company or any look-up: write `/deals watch coreweave` anywhere."),
        _header("Health"),
        _section(escape(home.text)),
    ]
    return {"type": "home", "blocks": blocks[:_MOST_HOME_BLOCKS]}


def details_modal(answer: Answer) -> Block:
    """Return one deal in depth, over the Home tab: there no message can answer."""
    title = {"type": "plain_text", "text": _cut(answer.title, _MOST_MODAL_TITLE)}
    return {"type": "modal", "title": title, "blocks": answer_blocks(answer)}


# ---- blocks ---------------------------------------------------------------------------------


def _fitting(head: list[Block], rows: list[Block], tail: list[Block]) -> list[Block]:
    """Return as many *rows* between *head* and *tail* as Slack takes in one message."""
    left = _MOST_CHARACTERS - _weight(head) - _weight(tail)
    kept: list[Block] = []
    for row in rows:
        left -= _weight([row])
        if left < 0:
            kept.append(_context(f"… {len(rows) - len(kept)} more did not fit"))
            break
        kept.append(row)
    return [*head, *kept, *tail]


def _weight(blocks: list[Block]) -> int:
    return len(json.dumps(blocks, ensure_ascii=False))


def _header(text: str) -> Block:
    shown = {"type": "plain_text", "text": _cut(text, _MOST_HEADER), "emoji": True}
    return {"type": "header", "text": shown}


def _section(mrkdwn: str) -> Block:
    return {"type": "section", "text": _mrkdwn(mrkdwn, _MOST_SECTION)}


def _fields(pairs: Iterable[tuple[str, str]]) -> Block:
    """Return labels and values, which are mrkdwn already, two in a row."""
    fields = [_mrkdwn(f"*{label}*\n{value}", _MOST_FIELD) for label, value in pairs]
    return {"type": "section", "fields": fields[:_MOST_FIELDS]}


def _context(*mrkdwn: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text, _MOST_FIELD) for text in mrkdwn]}


def _mrkdwn(text: str, most: int) -> Block:
    return {"type": "mrkdwn", "text": _cut_escaped(text, most)}


def _actions(block_id: str, *buttons: Block) -> Block:
    return {"type": "actions", "block_id": block_id, "elements": list(buttons)}


def _button(text: str, action: str, value: str) -> Block:
    shown = {"type": "plain_text", "text": text, "emoji": True}
    return {"type": "button", "text": shown, "action_id": action, "value": value}


def _link(label: str, url: str) -> str:
    address = _address(url)
    return f"<{address}|{escape(label).replace('|', '¦')}>" if address else escape(label)


def _address(url: str) -> str:
    """Return *url* so that it cannot end a link early; "" when Slack would not take it."""
    for sign, code in (("|", "%7C"), ("<", "%3C"), (">", "%3E"), (" ", "%20"), ("\n", "")):
        url = url.replace(sign, code)
    return url if url.startswith(("http://", "https://")) and len(url) <= _MOST_URL else ""


def _one_line(text: str) -> str:
    return _cut(" ".join(text.split()), _TITLE)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _cut_escaped(text: str, most: int) -> str:
    """Cut escaped text; never inside "&amp;" or a link."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    for opening, closing in (("<", ">"), ("&", ";")):
        start = cut.rfind(opening)
        if start > cut.rfind(closing):
            cut = cut[:start]
    return f"{cut.rstrip()}…"
