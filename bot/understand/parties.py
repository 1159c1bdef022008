"""Who pays and who gets: names read by the act they take part in. Pure.

An act ("acquires", "loan", "lease") gives each company near it a part: the subject, the object,
or what follows a preposition. config/words.toml lists the acts. Direction comes from these
parts and from what the companies are, never from the order of words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.model import Kind
from bot.understand.mask import Masked, mask
from bot.understand.mentions import Company, NameMention, PlaceMention, lowered
from bot.understand.money import MoneyMention, find_money
from bot.understand.names import find_names_and_places
from bot.understand.tokens import (
    CLAUSE_ENDS,
    NOT_PARTY_AFTER,
    Act,
    Form,
    Token,
    groups_of,
    spans_of,
    tokens_of,
)

if TYPE_CHECKING:
    from bot.understand.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class Part:
    """A company and the part it plays in one sentence."""

    name: str
    company: Company | None
    role: str  #: "payer", "recipient", "partner" or "other"
    act: Act
    slot: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one sentence says."""

    text: str
    low: str  #: the text in lower case, every character in its place
    tokens: tuple[Token, ...]
    lists: tuple[tuple[int, ...], ...]  #: tokens of names told together: "Acme, Example and Sample"
    parts: tuple[Part, ...]
    act: Act | None  #: the act that governs the sentence
    names: tuple[NameMention, ...]
    places: tuple[PlaceMention, ...]
    money: tuple[MoneyMention, ...]
    masked: Masked  #: the text with what is particular taken out


# ---- parts ----------------------------------------------------------------------------------

_GAIN = frozenset(
    (
        "secures secured secure lands landed land wins won win gets get got receives received "
        "receive bags bagged nabs nabbed scores scored snags snagged nets netted hauls attracts "
        "attracted draws drew clinches clinched closes closed obtains obtained locks locked gains "
        "gained lines taps tapped arranges nails pulls"
    ).split()
)


def read_sentence(
    text: str,
    knowledge: Knowledge,
    *,
    context: str = "",
    dollar: str = "USD",
    named: Collection[str] = (),
    in_full: Mapping[str, Company] = MappingProxyType({}),
) -> Reading:
    """Return who plays which part in one sentence of a story that has *named* companies before.

    What begins with a name of *named*, or begins one, is that company: "Acme", "Acme Power".
    A name of *in_full* is cut short for that company.
    """
    found_names, places = find_names_and_places(text, knowledge, context)
    names = tuple(
        _as_named(found, named) if found.name not in in_full else _as(in_full[found.name], found)
        for found in found_names
    )
    money = tuple(find_money(text, dollar))
    spans = spans_of(names, places, money)
    low = lowered(text)
    tokens = tokens_of(text, low, spans, knowledge)
    parts: list[Part] = []
    governing: Act | None = None
    clauses = _clauses(tokens)
    parts += _movers(clauses)
    for clause in clauses:
        act, found = _parts_of(clause, low)
        parts += found
        if act is not None and (governing is None or act.weight > governing.weight):
            governing = act
    return Reading(
        text,
        low,
        tokens,
        tuple(tuple(group) for group in groups_of(tokens)),
        tuple(parts),
        governing,
        names,
        tuple(places),
        money,
        mask(text, spans),
    )


_GROUP = frozenset("groupe grupo gruppe gruppo".split())


def _as_named(found: NameMention, named: Collection[str]) -> NameMention:
    if found.company is not None:
        return found
    words = found.name.casefold().split()
    for name in named:
        others = name.casefold().split()
        least = min(len(words), len(others))
        ends_so = least > 1 or others[0] in _GROUP
        if words[:least] == others[:least] or (ends_so and words == others[-least:]):
            return replace(found, name=name)
    return found


def _as(company: Company, found: NameMention) -> NameMention:
    return replace(found, name=company.name, company=company)


def leftover_names(reading: Reading, *, at_place: bool) -> list[tuple[str, Company | None]]:
    """Return every company a sentence names that could take part, with or without an act.

    Without *at_place*, a name that follows "in" or "to" is taken for a place.
    """
    tokens, text = reading.tokens, reading.text
    return [
        (token.name.name, token.name.company)
        for index, token in enumerate(tokens)
        if token.name is not None
        and token.is_party
        and not owns_next(tokens, index, reading.low)
        and not _ASIDE.search(text[: token.start])
        and (at_place or not _PLACED.search(text[: token.start]))
    ]


_PLACED = re.compile(r"\b(?:in|near|outside|to|for|at|of|from)\s$", re.IGNORECASE)
_ASIDE = re.compile(r"\b(?:vs|against|over|unlike|than|topping|amid|after|as)\s$", re.IGNORECASE)


def _clauses(tokens: Sequence[Token]) -> list[list[Token]]:
    """Return *tokens* cut where another statement begins, if both sides have an act or a name."""
    clauses: list[list[Token]] = [[]]
    for index, token in enumerate(tokens):
        if (
            token.low in CLAUSE_ENDS
            or (token.text == "," and _begins_clause(tokens, index, clauses[-1]))
            or (token.low in _SHOWS and _is_shown(tokens, index))
        ):
            clauses.append([])
        clauses[-1].append(token)
    return [clause for clause in clauses if clause]


_MOVED = Act("move", Kind.EQUITY, 0, {})


def _movers(clauses: Sequence[Sequence[Token]]) -> list[Part]:
    """Return the company whose share price a title begins with: "Acme jumps as Example buys in"."""
    first = clauses[0] if len(clauses) > 1 else []
    names = [token.name for token in first if token.name is not None]
    if len(names) != 1 or not any(token.low in _MOVES for token in first):
        return []
    if any(token.form is not None for token in first):
        return []
    return [Part(names[0].name, names[0].company, "mover", _MOVED, "subject")]


def _begins_clause(tokens: Sequence[Token], comma: int, before: Sequence[Token]) -> bool:
    """Say whether a comma begins another statement: "raises $2bn, Acme joins the round"."""
    following = tokens[comma + 1 : comma + 3]
    if before and before[0].low in _BESIDE and before[0].start == 0:
        return before[0].low == "instead" or all(token.form is None for token in before)
    return (
        len(following) == 2
        and following[0].sort == "name"
        and following[1].form is not None
        and following[1].form.is_verb
        and {"name", "act"} <= {token.sort for token in before}
    )


#: "After Acme, Example signs a deal": what stands beside the news.
_BESIDE = frozenset("after amid besides beyond despite following instead like unlike".split())
_SHOWS = frozenset("discloses reveal reveals say says show shows".split())
_PAPERS = frozenset("documents filing filings prospectus report".split())


def _is_shown(tokens: Sequence[Token], index: int) -> bool:
    """Say whether papers of one show what another does: "Acme filing shows Example pays"."""
    return (
        0 < index < len(tokens) - 1
        and tokens[index - 1].low in _PAPERS
        and tokens[index + 1].sort == "name"
    )


def _parts_of(clause: Sequence[Token], low: str) -> tuple[Act | None, list[Part]]:
    clause = _without_pledge(clause)
    acts = [
        index
        for index, token in enumerate(clause)
        if token.form is not None and not _says_less(clause, index)
    ]
    if not acts:
        return None, []
    main = max(acts, key=lambda index: (_weight(clause, index), -index))
    parts = []
    for group in groups_of(clause):
        slot, governing = _slot(clause, group, acts, main)
        if slot == "subject" and len(group) > 1:
            governing = _partnership(clause, group, acts, governing)
        for index in group:
            token = clause[index]
            mention = token.name
            if mention is None or not token.is_party:
                continue
            if owns_next(clause, index, low) and clause[main].form is not None:
                continue
            form = clause[governing].form
            if form is None:
                continue
            role = _role(clause, index, slot, governing, form)
            parts.append(Part(mention.name, mention.company, role, form.act, slot))
    form = clause[main].form
    return (form.act if form else None), parts


_PLEDGED = frozenset("backed backstopped guaranteed secured supported underpinned".split())


def _without_pledge(clause: Sequence[Token]) -> Sequence[Token]:
    """Return a clause without what a loan is secured on: "loan backed by Acme shares"."""
    for index in range(1, len(clause) - 1):
        if clause[index].low in _PLEDGED and clause[index + 1].low == "by":
            lent = (token.form for token in clause[:index] if token.form is not None)
            if any(form.act.kind in (Kind.DEBT, Kind.SUPPLY) for form in lent):
                return clause[:index]
    return clause


def _weight(clause: Sequence[Token], index: int) -> float:
    form = clause[index].form
    if form is None or _says_less(clause, index):
        return 0
    return form.act.weight + (0.5 if form.is_verb and not form.is_past else 0)


def _says_less(clause: Sequence[Token], index: int) -> bool:
    """Say whether a word of an act is none here: "expands its deal", "money to fund chips"."""
    form = clause[index].form
    return (form is not None and _is_beside_another(clause, index, form)) or _is_plain_word(
        clause, index
    )


def _is_beside_another(clause: Sequence[Token], index: int, form: Form) -> bool:
    """Say whether another act of the clause is the news, and this one comes with it."""
    earlier = [token for token in clause[:index] if token.form is not None]
    if form.is_verb and index > 1 and clause[index - 1].low == "to":
        raised = (token.form.act.name for token in earlier if token.form is not None)
        if {"raise", "borrow"} & set(raised):
            return True  # what the money is for: "raises $2bn to buy chips"
    if form.act.name == "build" and not form.is_verb:
        return any(map(_agrees, earlier))  # "agreement for a solar plant"
    if form.act.name == "stake" and _is_sweetener(clause, index):
        return True
    if form.act.name == "commit" and form.is_verb:
        told = [token for token in clause[index + 1 : index + 3] if token.low != "to"]
        return bool(told) and told[0].form is not None and told[0].form.is_verb  # "to spending"
    return (  # "to guarantee $2bn in financing"
        form.act.kind in (Kind.EQUITY, Kind.DEBT)
        and not form.is_verb
        and any(map(_vouches, clause[max(0, index - 4) : index]))
    )


def _is_plain_word(clause: Sequence[Token], index: int) -> bool:
    """Say whether a word that may name an act is just a word: "supply chain", "is back"."""
    low, form = clause[index].low, clause[index].form
    before = clause[index - 1].low if index else ""
    following = clause[index + 1] if index + 1 < len(clause) else None
    after = following.low if following is not None else ""
    if low == "supply" and following is not None:  # "supply chain", "supply agreement"
        return after.startswith("chain") or _agrees(following)
    if low in ("fund", "funds") and before == "to":
        return True
    if form is not None and form.act.name == "venture" and _is_investor(before, following):
        return True
    if low == "back" and before in _IS | _TURNS:  # "is back in the market", "rents back"
        return True
    if low == "investment" and after in ("grade", "-"):
        return True
    if low == "power":  # mostly a noun, or what a deal is for
        return before != "to" or any(token.form is not None for token in clause[:index])
    if low.startswith(("deploy", "deliver", "build")) and clause[index - 1].low == "to":
        agreed = [token.sort for token in clause[:index] if token.sort == "name" or _agrees(token)]
        return agreed.count("name") > 1 and "act" in agreed
    return low.startswith("expan") and any(map(_agrees, clause[index + 1 :]))


def _is_sweetener(clause: Sequence[Token], stake: int) -> bool:
    """Say whether an option on shares only comes with a contract: "deal with option on a stake"."""
    return (
        any(token.low in _OPTIONS for token in clause[max(0, stake - 8) : stake])
        and any(_agrees(token) for token in clause[:stake])
        and all(token.sort != "money" for token in clause)
    )


def _vouches(token: Token) -> bool:
    return token.form is not None and token.form.act.name == "guarantee"


def _is_investor(before: str, following: Token | None) -> bool:
    """Say whether a "fund" or "venture" is who invests: "state fund", "venture arm"."""
    return before in _KINDS_OF_FUND or (
        following is not None and (following.sort == "name" or following.low in _OF_INVESTORS)
    )


_TURNS = frozenset("bring brings buy buys hand hands lease leases pull pulls rent rents".split())
_IS = frozenset("is are was were be comes came coming".split())
_KINDS_OF_FUND = frozenset("wealth hedge pension state sovereign mutual retirement family".split())
_OF_INVESTORS = frozenset("arm arms capital firm firms investor investors unit units".split())


def _partnership(
    clause: Sequence[Token], group: Sequence[int], acts: Sequence[int], governing: int
) -> int:
    """Return the act that joins two subjects: "A and B expand partnership with $2bn investment"."""
    form = clause[governing].form
    following = next((index for index in acts if index > group[-1]), governing)
    if form is not None and form.act.kind is Kind.EQUITY and not form.is_verb:
        return following if _agrees(clause[following]) else governing
    return governing


def _agrees(token: Token) -> bool:
    return token.form is not None and token.form.act.slots.get("with") == "partner"


def names_in(reading: Reading, group: Sequence[int]) -> list[NameMention]:
    """Return the names of one of a reading's lists."""
    names = (reading.tokens[index].name for index in group)
    return [name for name in names if name is not None]


def _slot(
    clause: Sequence[Token], group: Sequence[int], acts: Sequence[int], main: int
) -> tuple[str, int]:
    """Return where a group of names stands, and the act it belongs to."""
    first = group[0]
    prep = _preposition_before(clause, first)
    before = [index for index in acts if index < first]
    noun = _noun_after(clause, group)
    if noun is not None:
        return "modifier", noun
    if not before:
        if prep:
            return f"early {prep}", main
        earlier = any(token.is_party for token in clause[:first])
        told = any(_says(clause, at) for at in range(first))
        return ("aside" if earlier and not told else "subject"), main
    nearest = before[-1]
    if prep:
        for index in reversed(before):
            form = clause[index].form
            if form is not None and prep in form.act.slots:
                near = prep != "of" or all(
                    token.sort != "prep" or token.low == "of" for token in clause[index:first]
                )
                return (prep if near else "aside"), index
        return prep, main
    if first + 1 < len(clause) and any(index > first for index in acts) and nearest != main:
        following = next(index for index in acts if index > first)
        if main >= following:
            return "subject", main
    return "object", nearest


def _says(clause: Sequence[Token], at: int) -> bool:
    """Say whether what somebody says follows: "said", "that Acme"; but not "that owns Acme"."""
    low = clause[at].low
    return low in _SAYS and (low != "that" or clause[at + 1].sort == "name")


def _noun_after(clause: Sequence[Token], group: Sequence[int]) -> int | None:
    """Return the act that names only specify: "lands $2bn Acme deal", "joins Acme's round"."""
    earlier = clause[: group[0]]
    if not any(token.sort in ("name", "money", "act") or token.low in _GAIN for token in earlier):
        return None
    found = None
    for index in range(group[-1] + 1, min(group[-1] + 6, len(clause))):
        token = clause[index]
        if token.form is not None and not token.form.is_verb and "modifier" in token.form.act.slots:
            if found is None or token.form.act.weight > _weight(clause, found):
                found = index
        elif found is not None or token.sort not in ("word", "money"):
            break
    return found


_SUCH_AS = frozenset(["including", "among"])


def _preposition_before(clause: Sequence[Token], first: int) -> str:
    for index in range(first - 1, max(-1, first - 6), -1):
        token = clause[index]
        if token.low in _SUCH_AS:  # "from investors including Acme"
            continue
        if token.sort == "prep":
            return token.low
        if token.sort in ("name", "money", "mark") or token.text == ",":
            return ""
        if token.sort == "act":
            return ""
    return ""


def owns_next(clause: Sequence[Token], index: int, low: str) -> bool:
    """Say whether a name only tells whose the next one is: "Acme's Example Cloud"."""
    following = next((token for token in clause[index + 1 :] if token.sort == "name"), None)
    return (
        following is not None
        and _OWNS.fullmatch(low, clause[index].end, following.start) is not None
        # "Acme's Example-powered campus" is Acme's own
        and not NOT_PARTY_AFTER.match(low, following.end)
    )


_OWNS = re.compile(
    r"['’]s? |(?:['’]s?)?(?: [\w-]+){0,3} "
    r"(?:supplier|unit|subsidiary|arm|parent|owner|affiliate|partner|customer|tenant|investor) "
)


def _role(clause: Sequence[Token], index: int, slot: str, governing: int, form: Form) -> str:
    """Return the part that a name plays."""
    act, slots = form.act, form.act.slots
    if slot == "subject":
        return _role_of_subject(clause, index, governing, form)
    if slot == "aside" or slot.startswith("early "):
        return "other"
    before = {token.low for token in clause[:index]}
    if slot == "modifier":
        given = act.name in _GIVEN and before & (_WINS | _REJECTS)
        return "payer" if given else slots.get("modifier", "other")
    if slot == "object":
        goods = index + 1 < len(clause) and clause[index + 1].low in _GOODS
        if act.name == "acquire" and clause[governing + 1].low in _BRINGS:
            return "payer"
        if goods and any(
            token.low == "from" and following.sort == "name"
            for token, following in pairwise(clause[index:])
        ):
            return "other"  # "rents Acme chips from Example"
        return slots.get("object", "other")
    if slot == "by" and _is_earlier_backer(clause, index, form):
        return "other"
    if slot == "with" and index + 1 < len(clause) and clause[index + 1].low in _GOODS:
        return "other"  # "to build a site with Acme chips"
    if slot == "from" and act.name == "acquire" and before & (_DRAWS | _REJECTS):
        return "payer"  # "draws a bid from"
    if slot == "from" and act.name == "gain" and _gains_goods(clause, governing):
        return "recipient"
    if slot == "from" and act.name == "order":
        won = any(token.low in _GAIN | _BOOKS for token in clause[:governing])
        return "payer" if won else "recipient"
    return slots.get(slot, "other")


def _role_of_subject(clause: Sequence[Token], index: int, governing: int, form: Form) -> str:
    act, slots = form.act, form.act.slots
    if _is_passive(clause, governing, form):
        return slots.get("object", "other")
    between = {token.low for token in clause[index + 1 : governing + 1]}
    after = [token.low for token in clause[governing + 1 :]]
    gains = not between & _OPTIONS and bool(
        (between - {clause[governing].low}) & (_GAIN if form.is_verb else _WINS)
    )
    for_money = act.kind in (Kind.EQUITY, Kind.DEBT)
    if for_money and not form.is_verb and between & _LENDS:
        return "payer"
    if act.kind is Kind.DEBT and slots.get("subject") == "recipient" and _arranges(clause, index):
        return "other"
    if act.name == "gain" and _gains_goods(clause, governing):
        return "payer"
    if (
        (act.name == "acquire" and not form.is_past and "by" in after[:4])
        or (act.name == "acquire" and not form.is_verb and between & _DRAWS)
        or (act.name == "order" and (gains or after[:1] == ["out"]))  # "rents out"
        or (clause[governing].low in _BOOKS and _ORDERS & set(after))  # "books a big order"
        or between & _REJECTS
    ):
        return "recipient"
    if (
        (act.name == "acquire" and after and after[0] in _BRINGS)  # "Example buy gives Acme ..."
        or (
            act.kind in (Kind.EQUITY, Kind.ACQUISITION) and _lets_buy(clause[index + 1 : governing])
        )
        or (act.name == "sell" and _gains_goods(clause, governing))  # "to sell chips to"
    ):
        return "recipient"
    if between & _SELLS and slots.get("subject") == "payer":
        return "other"
    if for_money and (gains or (not form.is_verb and _is_sought(clause, governing, between))):
        return "recipient"
    if gains and slots.get("subject") == "partner":
        return "gaining partner"
    if slots.get("subject") in ("partner", "customer") and _lets(clause, governing):
        return "recipient"
    return slots.get("subject", "other")


def _lets_buy(between: Sequence[Token]) -> bool:
    """Say whether the subject lets another buy: "Acme's deal lets Example buy shares"."""
    return any(
        token.low in _LETS and (following.sort == "name" or following.low == "it")
        for token, following in pairwise(between)
    )


def _lets(clause: Sequence[Token], governing: int) -> bool:
    """Say whether the other side is told as a tenant or customer: "with a large customer"."""
    told = clause[governing:]
    for start, token in enumerate(told):
        if token.low == "with":
            after = takewhile(lambda each: each.sort != "name", told[start + 1 : start + 9])
            return any(each.low in _TENANTS for each in after)
    return False


def _arranges(clause: Sequence[Token], index: int) -> bool:
    """Say whether a bank brings another's debt to market: "Acme Bank sells Example bonds"."""
    return _is_financier(clause[index]) and any(
        token.name is not None and not _is_financier(token) for token in clause[index + 1 :]
    )


def _is_financier(token: Token) -> bool:
    company = token.name.company if token.name is not None else None
    return company is not None and company.role.startswith(("bank", "investor: PE"))


def _gains_goods(clause: Sequence[Token], governing: int) -> bool:
    """Say whether what is secured is bought, not paid: "Acme secures 200 MW from Example"."""
    before = ""
    for token in clause[governing + 1 :]:
        if token.low == "from":
            return False
        if token.low in _SUPPLIED:
            return True
        if token.form is not None or token.low == "for" or (token.low == "to" and before != "up"):
            return False
        before = token.low
    return False


_GIVEN = frozenset(["invest", "order", "acquire", "commit"])  #: what one gets is another's to give
_LENDS = frozenset(
    (
        "back backs backed give gives gave grant grants granted provide provides provided lead "
        "leads led co-lead co-leads co-led commit commits committed extend extends extended offer "
        "offers join joins joined anchor anchors anchored among participate participates "
        "participated"
    ).split()
)
_TENANTS = frozenset("client customer hyperscaler hyperscalers tenant tenants".split())
_LETS = frozenset("allowing allows gives giving granting grants let lets letting".split())
_OPTIONS = frozenset("option options right rights warrant warrants".split())
_DRAWS = frozenset("draws drew attracts attracted gets got receives received fields".split())
_SAYS = frozenset(["says", "said", "say", "that", "reports", "reportedly", "sees"])
_MOVES = frozenset(
    (
        "surges surge surged jumps jump jumped soars soar soared climbs climbed rises rose pops "
        "popped rallies rallied leaps falls fell drops slides slips plunges sinks tumbles spikes"
    ).split()
)
_WINS = _GAIN | _MOVES
_GOODS = frozenset(
    "chip chips gpu gpus processor processors tpus accelerators servers hardware systems".split()
)
_SUPPLIED = _GOODS | frozenset(
    "capacity compute computing electricity energy gigawatts gw megawatts memory mw power".split()
)
_BRINGS = frozenset("adds boosts bolsters brings expands gives grants hands strengthens".split())
_SELLS = frozenset(["sell", "sells", "selling", "sold", "offloads", "offloaded", "sale"])
_BOOKS = frozenset(["book", "books", "booked", "booking"])
_ORDERS = frozenset(["order", "orders", "contract", "contracts"])
_SEEKS = frozenset(["seek", "seeks", "seeking", "sought", "wants", "needs"])
_REJECTS = frozenset(
    [
        "vote",
        "votes",
        "voted",
        "reject",
        "rejects",
        "rejected",
        "dismisses",
        "dismissed",
        "spurns",
        "spurned",
    ]
)


def _is_earlier_backer(clause: Sequence[Token], index: int, form: Form) -> bool:
    """Say whether "backed by" tells of an old investor: "Example, backed by Acme, raises"."""
    if form.act.name != "back":
        return False
    backed = max(at for at in range(index) if clause[at].low in ("by", "backed"))
    while backed and clause[backed].low in ("by", "backed"):
        backed -= 1
    token = clause[backed]
    return token.sort != "money" and token.low not in (
        "round",
        "funding",
        "raise",
        "fundraising",
        "valuation",
    )


def _is_sought(clause: Sequence[Token], governing: int, between: set[str]) -> bool:
    """Say whether the subject asks for the money: "seeks an investment", "gets it from"."""
    after = [token.low for token in clause[governing + 1 :]]
    return bool(between & _SEEKS) or "from" in after or after[:1] in (["round"], ["rounds"])


def _is_passive(clause: Sequence[Token], governing: int, form: Form) -> bool:
    """Say whether a verb is told from the object's side: "acquired by", "to be bought"."""
    if not (form.is_verb and form.is_past):
        return False
    before = {token.low for token in clause[max(0, governing - 3) : governing]}
    after = [token.low for token in clause[governing + 1 : governing + 4]]
    return bool(before & {"be", "been", "being", "is", "are", "was", "were", "get", "gets"}) or (
        "by" in after
    )
