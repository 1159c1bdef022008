"""Is this story a deal, and if not, why: two small linear models that explain themselves. Pure.

A story becomes a set of features: word runs of its masked title, the order in which parties,
deal words and money follow each other there and in the first sentence of the text, and what the
rule reader found in both. Each feature has a weight in config/relevance.json, learned by
scripts/train_relevance.py; the score is their sum put through a sigmoid, so the strongest
features are the explanation.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from math import fsum
from typing import Any

from bot.model import Kind, Money, Reason, Status
from bot.understand.knowledge import Knowledge
from bot.understand.mask import NAME, Masked
from bot.understand.mentions import Company
from bot.understand.money import Role
from bot.understand.parties import Reading
from bot.understand.trades import trades_of

_WHY = 5
_Side = Mapping[str, Company | None]  #: by name; None for one that is not listed


@dataclass(frozen=True, slots=True)
class Cues:
    """What the rule reader found in a story: hints of a deal, or their absence."""

    payers: _Side = field(default_factory=dict)
    recipients: _Side = field(default_factory=dict)
    money: Money | None = None  #: what can be the size of a deal
    has_act: bool = False  #: the title has words that say that a deal is made: "acquires"
    kind: Kind | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Relevance:
    """Whether a story is a deal, how sure that is, and what decided."""

    score: float  #: 0..1
    is_deal: bool
    reason: Reason | None  #: set exactly when the story is not a deal
    why: tuple[str, ...]  #: strongest first, each with its weight: '"to acquire" +1.2'


def judge(readings: Sequence[Reading], cues: Cues, knowledge: Knowledge) -> Relevance:
    """Return whether a story is a deal, with the features that decided.

    *readings* are its title and the sentences of its text, of which the first one counts.
    """
    weights = knowledge.weights
    if not weights:
        return _by_cues_alone(cues)
    features = features_of(readings, cues)
    learned: Mapping[str, float] = weights["deal"]
    pulls = [
        (weight, shown) for feature, shown in features.items() if (weight := learned.get(feature))
    ]
    total = fsum((weights["bias"], *(weight for weight, _ in pulls)))
    score = 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
    is_deal = score >= weights["threshold"]
    return Relevance(
        score=score,
        is_deal=is_deal,
        reason=None if is_deal else _reason(features, weights["reasons"]),
        why=_strongest(pulls, 1 if is_deal else -1),
    )


def _by_cues_alone(cues: Cues) -> Relevance:
    """Judge without learned weights: a deal has an act, a party and an amount or a second party."""
    parties = bool(cues.payers) + bool(cues.recipients)
    has_money = cues.money is not None
    is_deal = cues.has_act and parties + has_money > 1
    why = tuple(
        word
        for word, found in (
            ("payer", cues.payers), ("recipient", cues.recipients),
            ("act", cues.has_act), ("money", has_money),
        )
        if bool(found) is is_deal
    )  # fmt: skip
    score = (cues.has_act * 2 + parties + has_money) / 5
    return Relevance(score, is_deal, None if is_deal else Reason.OTHER, why)


def _reason(features: Collection[str], reasons: Mapping[str, Any]) -> Reason:
    """Return the likeliest reason why a story is no deal, in whatever order its features come."""
    learned: Mapping[str, Sequence[float]] = reasons["weights"]
    rows = filter(None, map(learned.get, features))
    totals = [fsum(column) for column in zip(reasons["bias"], *rows, strict=True)]
    return Reason(reasons["names"][totals.index(max(totals))])


def _strongest(pulls: Sequence[tuple[float, str]], sign: int) -> tuple[str, ...]:
    """Return what pulled towards the decision, strongest first."""
    helped = sorted((-sign * weight, shown) for weight, shown in pulls if sign * weight > 0)
    return tuple(f"{shown} {-sign * weight:+.2f}" for weight, shown in helped[:_WHY])


# --- features


#: Words that say the same thing to a reader of deals. What stands for each is what is counted.
_CLASSES = {
    "INVEST": (
        "invest invests invested investing investment investments backs back backing stake "
        "pour pours pump pumps inject injects commits commit committed commitment bets bet "
        "pledges pledge pledged funnel plow plows"
    ),
    "RAISE": (
        "raise raises raised raising funding round fundraise fundraising financing secures "
        "secure secured closes close closed nabs lands land landed bags snags scores"
    ),
    "BUY": (
        "acquire acquires acquired acquiring acquisition buy buys buying bought purchase "
        "purchases takeover merger merge merges bid bids buyout snaps"
    ),
    "SIGN": (
        "sign signs signed inks ink inked strikes strike struck deal deals pact contract "
        "contracts agreement agree agrees agreed partnership partner partners teams tie-up "
        "order orders ppa supply lease leases leasing rent rents"
    ),
    "BUILD": (
        "build builds building construct plans plan planned unveils breaks break ground "
        "campus expand expands expansion invests develop opens factory fab plant facility"
    ),
    "LEND": (
        "loan loans bond bonds debt notes credit facility borrow borrows lenders borrowing "
        "offering financing refinancing lend lends senior convertible"
    ),
    "TALKS": (
        "talks talk considering considers weighs weighing mulls mulling explores exploring "
        "nears near seeks seek seeking eyes eyeing reportedly sources exclusive rumor may "
        "could"
    ),
    "LIST": "ipo ipos listing confidentially s-1 float flotation",
    "VALUE": "valuation valued values value valuing valued-at worth",
    "PAY": "pay pays paying paid spend spends spending books draws earmarks",
    "STOCK": (
        "stock stocks shares share rally rallies jump jumps soar soars surge surges surging "
        "slump slumps plunge plunges fall falls gains gain climb climbs dip drops drop rises "
        "rise tumbles pops pop investors investor trading premarket bull bear"
    ),
    "ANALYST": (
        "analyst analysts price target rating upgrade upgrades downgrade downgrades outlook "
        "forecast zacks undervalued overvalued cramer hold momentum wall bullish bearish bulls "
        "catalyst thesis story narrative upside promising play focus signals highlights reshapes "
        "implications risks winner winners"
    ),
    "EARN": (
        "earnings revenue profit quarter results guidance beat beats eps sales q1 q2 q3 q4 "
        "capex dividend"
    ),
    "WHY": (
        "why how what should here's heres is are will can does which explained inside things "
        "know means meaning vs versus best top"
    ),
    "SITE": (
        "data datacenter datacenters data-center data-centre center centers centre centres "
        "campus gigawatt hyperscale"
    ),
    "CHIP": (
        "chip chips gpu gpus semiconductor semiconductors chipmaker accelerators fab foundry "
        "memory hbm wafer"
    ),
    "COMPUTE": "compute computing cloud neocloud supercomputer capacity cluster infrastructure",
    "WIRE": "fiber fibre optical optics networking photonics interconnect",
    "ENERGY": (
        "power nuclear solar reactor reactors energy electricity gas cooling turbine turbines "
        "grid fuel battery"
    ),
    "STARTUP": "startup startups series unicorn founder founders seed",
    "APPS": (
        "robot robots robotics humanoid drug drugs biotech legal health healthcare hospital "
        "medical clinical fintech crypto bitcoin insurance voice video agent agents coding code "
        "software app apps cybersecurity security defense pentagon army satellite satellites ev "
        "electric vehicle vehicles car cars robotaxi self-driving gold game games retailer"
    ),
    "LAUNCH": (
        "launches launch launched releases release introduces debuts announces unveils rolls "
        "integrates adds brings expands platform tool app feature model models"
    ),
    "LAW": (
        "lawsuit sues sue court judge antitrust ftc probe investigation regulators ban tariff "
        "tariffs bill law senate congress eu export"
    ),
    "JOBS": (
        "ceo cfo hires hire appoints names joins layoffs leaves resigns chief executive job jobs"
    ),
}
_CLASS_OF: dict[str, tuple[str, ...]] = {}
for _class, _words in _CLASSES.items():
    for _word in _words.split():
        _CLASS_OF[_word] = (*_CLASS_OF.get(_word, ()), _class)
#: What a listed company is, by its role in companies.csv.
_ROLES = {
    "lab": "LAB",
    "application": "APP",
    "application (negative control)": "APP",
    "hyperscaler": "HYPERSCALER",
    "tech group": "TECH",
    "neocloud": "NEOCLOUD",
    "datacenter operator": "OPERATOR",
    "chipmaker": "CHIPMAKER",
    "foundry/equipment": "CHIPMAKER",
    "memory": "CHIPMAKER",
    "EDA/IP": "CHIPMAKER",
    "server OEM": "VENDOR",
    "network": "VENDOR",
    "optical/components": "VENDOR",
    "cooling/electrical": "VENDOR",
    "power/utility": "UTILITY",
    "bank/lender": "BANK",
    "investor": "INVESTOR",
}


#: The tag of a company that no list knows, by what bot/understand/trades.py says of it.
_OF_TRADE = {
    "investor": "INVESTOR", "power": "UTILITY", "datacenter": "OPERATOR", "compute": "NEOCLOUD",
    "models": "LAB", "chips": "CHIPMAKER",
}  # fmt: skip


def features_of(readings: Sequence[Reading], cues: Cues) -> dict[str, str]:
    """Return a story's features, each with the words that show it to people."""
    title = readings[0].masked
    features: dict[str, str] = {}
    trades = trades_of(readings)
    told, *others = (_with_roles(reading.masked, trades) for reading in readings)
    for tokens in dict.fromkeys((title.tokens, told)):  # the same where nobody is named
        for run in _runs(["^", *_collapsed(tokens), "$"]):
            features[f"t:{run}"] = f'"{run}"'
    for pair in _order(told):
        features[f"o:{pair}"] = pair if "…" in pair else f"words of {pair}"
    features.update(_facts(title, cues, trades))
    for reading, lead in zip(readings[1:2], others, strict=False):
        for pair in _order(lead):
            features[f"l:{pair}"] = f"{pair} in the text"
        features.update(_told_in(reading))
    features.update(_field(told, others))
    return features


#: What a company or a word of AI infrastructure is.
_INFRA_ROLES = frozenset(["LAB", "NEOCLOUD", "OPERATOR", "CHIPMAKER", "VENDOR"])
_NEAR_ROLES = frozenset(["HYPERSCALER", "TECH"])  #: who do much else besides
_INFRA_WORDS = frozenset(["SITE", "CHIP", "COMPUTE", "WIRE"])
_AI = frozenset(["ai", "a.i", "artificial", "genai", "llm", "llms"])


def _field(title: Sequence[str], text: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Yield how much speaks for AI infrastructure at all: its companies, its words, "AI"."""
    tags = {token for token in title if token.isupper()}
    words = {tag for token in title for tag in _CLASS_OF.get(token, ())}
    who = "infrastructure company" if tags & _INFRA_ROLES else "nobody of the field"
    what = "infrastructure" if words & _INFRA_WORDS else "power" if "ENERGY" in words else "no site"
    ai = "AI" if any(map(_is_ai, title)) else "no AI"
    other = "application" if "APPS" in words or "APP" in tags else "no application"
    inside = "inside the field" if any(map(_is_of_field, title)) else "outside the field"
    lead = "no text" if not text else "told" if any(map(_is_of_field, text[0])) else "not told"
    whole = {*title, *chain.from_iterable(text)}
    if any(map(_is_of_field, whole)):
        all_told = "of the field"
    else:
        all_told = "near the field" if whole & _NEAR_ROLES else "nothing of the field"
    for fact in (
        who, f"{what}, {ai}", f"{who}, {what}, {ai}", f"{who}, {what}, {ai}, {other}",
        inside, f"{inside}, {lead}", all_told,
    ):  # fmt: skip
        yield f"i:{fact}", fact


def _is_ai(token: str) -> bool:
    return not _AI.isdisjoint(token.split("-"))


def _is_of_field(token: str) -> bool:
    return (
        token in _INFRA_ROLES
        or not _INFRA_WORDS.isdisjoint(_CLASS_OF.get(token, ()))
        or _is_ai(token)
    )


def _with_roles(masked: Masked, trades: Mapping[str, str]) -> tuple[str, ...]:
    """Return the tokens with each NAME as what that company is: LAB, CHIPMAKER, BANK, ORG."""
    names = (tag_of(name.name, name.company, trades) for name in masked.names)
    return tuple(next(names) if token == NAME else token for token in masked.tokens)


def tag_of(name: str, company: Company | None, trades: Mapping[str, str]) -> str:
    """Return the tag of a company by its role or, when it is not listed, by its trade."""
    return _OF_TRADE.get(trades.get(name, ""), "ORG") if company is None else role_of(company)


def role_of(company: Company) -> str:
    """Return the tag that stands for a listed company of its role."""
    return _ROLES.get(company.role.partition(":")[0], "ORG")


def _collapsed(tokens: Sequence[str]) -> list[str]:
    """Return *tokens* with repeated tags as one: a list of names is a NAME."""
    return [
        token
        for index, token in enumerate(tokens)
        if not (index and token == tokens[index - 1] and token.isupper())
    ]


def _runs(tokens: Sequence[str]) -> Iterator[str]:
    """Yield *tokens* one by one, in twos and in threes."""
    yield from tokens
    yield from map(" ".join, pairwise(tokens))
    yield from map(" ".join, zip(tokens, tokens[1:], tokens[2:], strict=False))


def _order(tokens: Sequence[str]) -> set[str]:
    """Return which classes of words the title has, and which come before which."""
    seen: dict[str, None] = {}  # in order
    pairs: set[str] = set()
    for token in tokens:
        classes = (token,) if token.isupper() else _CLASS_OF.get(token, ())
        for found in classes:
            pairs |= {f"{earlier} … {found}" for earlier in seen if earlier != found}
        seen |= dict.fromkeys(classes)
    return pairs | (seen.keys() & _CLASSES.keys())


def _facts(title: Masked, cues: Cues, trades: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    listed = [name.company for name in title.names if name.company is not None]
    for role in {company.role for company in listed}:
        yield f"w:{role}", f"{role} in the title"
    if title.names:
        first = title.names[0].company
        role = first.role if first else "unlisted"
        yield f"w:first {role}", f"{role} named first"
    for layer in {company.layer for company in listed}:
        yield f"w:layer {layer}", f"{layer} company in the title"
    names = len({company.name for company in listed})
    yield f"s:listed {min(names, 3)}", f"{names} listed companies in the title"
    yield f"s:names {min(len(title.names), 3)}", f"{len(title.names)} names in the title"
    sides = (
        f"{'payer' if cues.payers else ''}{'recipient' if cues.recipients else ''}" or "no party"
    )
    yield f"c:{sides}", f"reader found {sides}"
    act = "act" if cues.has_act else "no act"
    money = "amount" if cues.money else "no amount"
    kind = str(cues.kind or "no kind") if cues.has_act else "no kind"
    status = str(cues.status or "no status")
    parties = (*cues.payers.values(), *cues.recipients.values())
    known = sum(party is not None for party in parties)
    payers, recipients = (
        {tag_of(name, company, trades) for name, company in side.items()} or {"nobody"}
        for side in (cues.payers, cues.recipients)
    )
    found = [
        act, money, kind, status, f"{kind}, {status}", f"{kind}, {money}",
        f"{sides}, {act}, {money}", f"{min(known, 2)} listed parties",
        *(f"{payer} pays {recipient}" for payer in payers for recipient in recipients),
        *(f"{kind}: {payer} pays" for payer in payers),
        *(f"{kind}: {recipient} gets" for recipient in recipients),
    ]  # fmt: skip
    if cues.money is not None and cues.money.currency in _LIKE_DOLLARS:
        size = f"{len(str(cues.money.amount))} digits"
        found += [size, f"{kind}, {size}"]
    for fact in found:
        yield f"c:{fact}", fact


#: Currencies of which one is worth about a dollar: their amounts compare by their length.
_LIKE_DOLLARS = frozenset(["USD", "EUR", "GBP", "AUD", "CAD", "SGD", "CHF"])


def _told_in(lead: Reading) -> Iterator[tuple[str, str]]:
    """Yield what the first sentence of the text says of a deal."""
    told = [f"{lead.act.kind}" if lead.act else "no act"]
    roles = {part.role for part in lead.parts}
    told += ["party"] if roles - {"other", "mover"} else []
    told += ["payer and recipient"] if {"payer", "recipient"} <= roles else []
    told += ["amount"] if any(mention.role is Role.DEAL for mention in lead.money) else []
    for fact in (*told, ", ".join(told[:1] + told[-1:])):
        yield f"f:{fact}", f"{fact} in the text"
