"""The terms of a deal besides who and how much: kind, status, layer, stake, capacity. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from bot.model import Kind, Layer, Status
from bot.understand.mentions import Company
from bot.understand.telling import heaviest, marked, told_by

if TYPE_CHECKING:
    from bot.understand.knowledge import Knowledge
    from bot.understand.parties import Reading

# ---- kind -----------------------------------------------------------------------------------

_GOODS = re.compile(
    r"\b(?:compute|computing|capacity|chips?|gpus?|processors?|accelerators?|servers?|racks?|power|"
    r"electricity|energy|megawatts|gigawatts|cloud services?|memory|turbines?|transceivers?|fuel cells?)\b",
    re.IGNORECASE,
)
_SITE = re.compile(
    r"\b(?:data[ -]?cent(?:er|re)s?|campus(?:es)?|megacampus|fabs?|plants?|factor(?:y|ies)|facilit(?:y|ies)|"
    r"infrastructure|supercomputers?|cloud regions?|ai hubs?|gigafactor(?:y|ies)|ai factor(?:y|ies)|foundry|site|sites|reactors?)\b"
)  # fmt: skip
#: What a supplier hands over; the bare "chip" and "cloud" only before "deal".
_WARES = (
    r"compute|computing|capacity|chips?|gpus?|tpus?|processors?|cloud|power|energy|electricity|nuclear|solar|"
    r"memory|servers?|fib(?:er|re)|turbines?"
)
_SITES = r"data[ -]?cent(?:er|re)s?|campus(?:es)?|projects?|sites?|infrastructure"
_CUES: tuple[tuple[Kind, float, re.Pattern[str]], ...] = tuple(
    (kind, weight, re.compile(rf"\b(?:{words})\b"))  # on lower case: twice as fast
    for kind, weight, words in (
        (Kind.VENTURE, 30, r"(?:financing|lending|infrastructure) platforms?"),
        (Kind.VENTURE, 14, r"joint ventures?|jv|consortium|"
                           r"(?:launch|set up|form|create|establish)\w* .{0,40}\b(?:fund|venture|platform|vehicle|company|push|initiative)|"
                           r"infrastructure fund|(?:ai|infrastructure|data cent\w+) partnership fund"),
        (Kind.VENTURE, 10, rf"(?:partner(?:s|ing|ed)? (?:with|on|to)|team(?:s|ed|ing)? up|joins? forces) .{{0,60}}\b(?:{_SITES})"),
        (Kind.DEBT, 20, r"loans?|bonds?|(?:senior|convertible|green|secured|guaranteed) notes|(?<!including )(?<!plus )(?<!net )debt(?! load| pile| fears| worries|-fuel)|"
                        r"(?:banks|lenders) (?:to )?(?:line up|lend|provide|arrange)\w*|credit facilit\w+|refinanc\w+|"
                        r"debenture|borrow(?:s|ed|ing)?|project financ\w+|mortgage|abs|cmbs|securiti[sz]ation|"
                        rf"credit line|(?:{_SITES})(?: \w+){{0,2}} financing|financing .{{0,60}}\b(?:{_SITES})"),
        (Kind.DEBT, 8, r"notes|lenders?|convertibles?|revolving|facility agreement|green financ\w+|construction financ\w+|"
                       r"guarante\w+|backstop\w*"),
        (Kind.DEBT, 5, r"facility|financing|tranche"),
        (Kind.EQUITY, 8, r"series [a-k]|seed|funding round|funding|fundraise|fundraising|(?<!ahead of )(?<!before )(?<!ahead of its )ipo|stake|share sale|"
                         r"equity|shares|stock (?:offering|sale)|private placement|pre-ipo|raises?|raising|round"),
        (Kind.EQUITY, 5, r"valu(?:ation|ed|es|ing)|would value"),
        (Kind.ACQUISITION, 8, r"acqui(?:re|res|red|ring|sitions?)|takeover|takes? over|buyout|merger|merge|merges|combines? with|take private|"
                              r"takes? .{0,30} private|majority stake|controlling stake|to buy|buys|buying|bid for|purchase of"),
        (Kind.ACQUISITION, 12, r"(?:reject|spurn|dismiss)\w* .{0,40}\b(?:offer|bid)"),
        (Kind.SUPPLY, 8, r"leas(?:e|es|ed|ing)|ppa|ppas|power purchase|offtake|supply (?:deal|agreement|contract)|"
                         r"orders?|tenant|colocation agreement|hosting|interconnection agreement|contract|customers?|selects?|deploy\w*|"
                         rf"(?:{_WARES})[\w -]{{0,25}} (?:deals?|pacts?|agreements?|contracts?|partnership|order)|"
                         rf"(?:{_WARES}|[mg]w|gigawatts?|megawatts?)(?: \w+){{0,3}} from|[mg]w at|data cent\w+ (?:deal|agreement|contract)|"
                         rf"for (?:[\w-]+ ){{0,3}}(?:compute|computing|capacity)"),
        (Kind.BUILDOUT, 7, r"build(?:s|ing)?|built|construct\w*|break(?:s|ing)? ground|broke ground|groundbreaking|campus|"
                           r"expan(?:d|ds|ding|sion)|develop(?:s|ing|ment)?|plans .{0,60}(?:data cent\w+|campus|plant|fab|factory)|new data cent\w+|megacampus"),
    )
)  # fmt: skip
#: How much a sentence says about the kind: the title, and the first one of the text.
_SCOPE = (3.0, 0.5)
_HINT = 4.0  #: what a bare "deal" says


def kind_of(readings: Sequence[Reading], knowledge: Knowledge) -> Kind:
    """Return what changes hands; the rules' own word when nothing is learned."""
    if not knowledge.kind_weights:
        return ruled_kind(readings)
    return heaviest(kind_features(readings), knowledge.kind_weights)


_HALF_OF_IT = 50  #: percent; who has more controls a company


def kind_features(readings: Sequence[Reading]) -> set[str]:
    """Return what is weighed for the kind: how the story is told, and the rules' word on it."""
    said = [_votes(reading) for reading in readings[: len(_SCOPE)]]
    votes = _summed(readings, said)
    ruled = _most(readings, votes)
    features = {*told_by(readings), f"rule={ruled}"}
    first, second = sorted((*votes.values(), 0.0, 0.0), reverse=True)[:2]
    features.update(f"rule={ruled}, by {least}" for least in (10, 20) if first - second >= least)
    if _invests(readings):
        features.add("invests")
    for (mark, reading), found in zip(marked(readings), said, strict=False):
        # a bare "deal" in a title is a hint at most
        features.update(
            f"{mark}{'vote' if weight > _HINT else 'hint'}={kind}" for kind, weight in found.items()
        )
        best = max(found, key=lambda kind: found[kind], default=None)
        if best is not None and found[best] > _HINT:
            features.add(f"{mark}best={best}")
        if reading.act is not None:
            features.add(f"{mark}act={reading.act.name}/{ruled}")
        stake = stake_pct_of(reading.text)
        if stake is not None:
            features.add("more than half" if stake > _HALF_OF_IT else "a part")
    return features


def ruled_kind(readings: Sequence[Reading]) -> Kind:
    """Return the kind as the rules see it: by the act of the title, then by the words around it."""
    said = [_votes(reading) for reading in readings[: len(_SCOPE)]]
    return _most(readings, _summed(readings, said))


def _summed(readings: Sequence[Reading], said: Sequence[Mapping[Kind, float]]) -> dict[Kind, float]:
    votes: dict[Kind, float] = {}
    for scope, found in zip(_SCOPE, said, strict=False):
        for kind, weight in found.items():
            votes[kind] = votes.get(kind, 0) + weight * scope
    vague = readings[0].act is None or readings[0].act.name in ("contract", "team", "list")
    if vague and _invests(readings):
        votes[Kind.EQUITY] = votes.get(Kind.EQUITY, 0) + 20
    return votes


def _invests(readings: Sequence[Reading]) -> bool:
    """Say whether the text tells of money put into a company, and not into a place."""
    return any(not reading.places and _INVESTS.search(reading.text) for reading in readings[1:])


def _most(readings: Sequence[Reading], votes: Mapping[Kind, float]) -> Kind:
    if votes:
        return max(votes, key=lambda kind: votes[kind])
    return Kind.BUILDOUT if _SITE.search(readings[0].low) else Kind.EQUITY


def _votes(reading: Reading) -> dict[Kind, float]:
    text = reading.low
    found: dict[Kind, float] = {}
    for kind, weight, cue in _CUES:
        hit = cue.search(text)
        if hit and hit[0].startswith("expan") and _RELATION.search(text):
            continue
        if hit:
            found[kind] = max(found.get(kind, 0), weight)
    if reading.act is not None:
        kind = _refined(reading)
        if reading.act.kind is not kind:
            found.pop(reading.act.kind, None)  # the cue was the act's own word
        # a bare "deal" says that there is one, not of what kind
        vague = reading.act.name in ("contract", "team") and not found
        found[kind] = found.get(kind, 0) + (_HINT if vague else reading.act.weight)
        if kind is Kind.EQUITY and reading.act.name == "invest":
            found[kind] += 6  # money put into a company, whatever else comes with it
    return found


_INVESTS = re.compile(
    r"\binvestment package\b|\bequity (?:stake|injection|investment)\b|"
    r"\b(?:puts?|invest(?:s|ed|ing)?) (?:\w+ ){0,3}?(?:[$€£]\S+(?: \S+illion)?) (?:behind|in)\b",
    re.IGNORECASE,
)
_RELATION = re.compile(r"\b(?:relationship|partnership|agreement|deal|collaboration|pact)\b")
_SITE_COMPANY = re.compile(
    r"\bdata[ -]?cent(?:er|re)s? (?:arm|unit|business|company|operator|firm|group|developer|owner|"
    r"startup|start-up|provider|builder)\b"
)
_BUYS_GOODS = re.compile(
    r"\b(?:buy|buys|buying|bought|purchas\w+|sells?|selling|sold)\b\W+(?:[\w$.,-]+ ){0,6}?"
    r"(?<!\bto )(?:compute|computing|capacity|chips|gpus?|processors|accelerators|servers|power|electricity|"
    r"energy|megawatts?|gigawatts?|[mg]w|memory|turbines?|fib(?:er|re)|cables?|optics|fuel cells|equipment)\b"
    r"(?! (?:company|firm|maker|business|unit|provider|startup))(?:(?! from\b| to\b| for\b)[ -]\w+){0,1}?"
    r"(?= from\b| for\b| to\b|$)|\bgpu sale\b"
)
_BUILDS_GOODS = re.compile(
    r"\b(?:build|develop)\w* (?:[\w-]+ ){0,4}?(?:chips?|processors?|accelerators?|silicon)\b"
)
_SPENDS = frozenset(["invest", "put", "bet", "commit", "spend"])
#: What an act becomes beside certain words. First match wins.
_BESIDE: tuple[tuple[frozenset[str], Kind, re.Pattern[str]], ...] = tuple(
    (frozenset(acts.split()) if acts else _SPENDS, kind, re.compile(words))
    for acts, kind, words in (
        ("", Kind.SUPPLY, r"\b(?:[mg]w|gigawatts?|megawatts?) of (?:\w+ )?(?:solar|wind|nuclear|gas|power|energy)"),
        # "lands $3 billion data center" is the site itself, "for a data center" the money for it
        ("gain", Kind.BUILDOUT, r"illion (?:(?!for\b)[\w-]+ ){0,2}(?:data[ -]?cent(?:er|re)s?|campus|fab|plant|factory)"
                                r"(?! (?:loan|deal|lease|order|contract))\b"),
        ("gain", Kind.DEBT, r"^(?!.*\b(?:funding|round|equity|invest\w*|series [a-k]|stake|contract|deal|order|lease)\b)"
                            r".*illion (?:for|to (?:build|expand|fund|finance))\b.*\b(?:data[ -]?cent(?:er|re)s?|campus)\b"),
        ("acquire", Kind.EQUITY, r"^(?!.*\b(?:majority|controlling)\b).*\bstake\b|\b(?:in|of) (?:\w+ ){0,3}?(?:shares|stock)\b"),
        ("venture", Kind.EQUITY, r"\bfund[- ]?rais"),
        ("borrow", Kind.ACQUISITION, r"\b(?:including|plus|with its|net) debt\b"),
        # a facility is a building, unless money is near
        ("borrow", Kind.BUILDOUT, r"^(?!.*\b(?:credit|loan|bond|notes|debt|revolving|term|financing|bank|lender|borrow|refinanc|"
                                  r"mortgage)).*\bfacility\b"),
        ("list", Kind.SUPPLY, r"^(?=.*\b(?:partnership|agreement|deal|collaboration|pact)\b)"
                              r".*\b(?:ahead of|before|after|since|nears?) (?:[\w'’-]+ ){0,4}ipo\b"),
    )
)  # fmt: skip


def _refined(reading: Reading) -> Kind:
    """Return the kind of a sentence's act, seen with what the act is about."""
    assert reading.act is not None  # noqa: S101
    name, text = reading.act.name, reading.low
    for acts, kind, words in _BESIDE:
        if name in acts and words.search(text):
            return kind
    gets = [part for part in reading.parts if part.role == "recipient"]
    site = _SITE.search(text) is not None
    if (name in _SPENDS or name == "gain") and not gets and (reading.places or site):
        return Kind.BUILDOUT
    listed = any(part.company is not None for part in gets)
    if name in _SPENDS and site and not listed and not _SITE_COMPANY.search(text):
        return Kind.BUILDOUT
    if name in ("acquire", "sell") and _buys_goods(reading):
        return Kind.SUPPLY
    if name == "build" and len(reading.parts) > 1 and _BUILDS_GOODS.search(text):
        return Kind.SUPPLY
    return reading.act.kind


def _buys_goods(reading: Reading) -> bool:
    """Say whether power or chips are bought, and not a company called Example Power."""
    goods = _BUYS_GOODS.search(reading.low)
    return goods is not None and not any(
        token.name and token.start < goods.end() <= token.end for token in reading.tokens
    )


# ---- status ---------------------------------------------------------------------------------

#: Verbs of a deal that is made, not wished for.
_DONE = re.compile(
    r"\b(?:signs?|signed|inks?|inked|agrees?|agreed|announce[sd]?|raises|raised|acquires|acquired|"
    r"buys|bought|secures|secured|obtains|obtained|lands|landed|wins|won|gets|got|invests|invested|"
    r"unveils|unveiled|commits|committed|strikes|struck|forms|formed|launches|launched|files|filed|"
    r"submitted|teams? up|teamed up|partners with|partnered|leases|leased|sells|sold|prices|priced|"
    r"(?:is|are) (?:buying|acquiring|investing)|pays|paid|draws|drew|seals|sealed|pens|penned|bags|bagged|"
    r"picks up|snaps up|lends|lent|clears|cleared|"
    r"breaks ground|broke ground|will (?:\w+ )?(?:invest|buy|pay|build|supply|provide))\b"
)
#: Words that only say where the news comes from: "reportedly signs" is signed.
_HEARSAY = re.compile(r"^(?:reportedly|(?:say )?sources?(?: .*)?|people familiar)$")
_WISH = re.compile(
    r"could|might|may|wants? |hopes |look|aim|potential|possible|poised|likely|target"
)
#: What ends a deal so plainly that a lead may say it alone.
_ENDED = re.compile(
    r"\b(?:(?:been|was|were) (?:called off|dissolved|scrapped|shelved|terminated|withdrawn)|"
    r"call(?:ed)? off|(?:has|have) (?:collapsed|fallen apart|dissolved)|fell apart|"
    r"(?:will|would) not (?:go ahead|proceed|move forward)|no longer (?:pursue|proceed)|"
    r"abandon(?:ed|ing) (?:an? |the |their |its )?(?:\w+ )?(?:bid|expansion|plans?|project|purchase|sale|talks)|"
    r"(?:agreed to|has|have|had) (?:mutually )?(?:dissolved?|terminated?|withdrawn?)\b|"
    r"(?:dropped|ended|broken off|broke off) (?:discussions|negotiations|plans?|talks)|"
    r"pulled the (?:bonds?|offering|sale)|on hold indefinitely|did not approve the (?:merger|deal|takeover))\b"
)
_BEFORE_NOW = re.compile(
    r"\b(?:after|since|once|earlier|previously|last (?:year|month)|in 20\d\d|years? ago|which|who)\b"
)
#: Of another day: "a year after it closed", "closed last March", "which completed".
_EARLIER = re.compile(
    r"\b(?:after|if|since|last|earlier|previously|which|who|(?<!announced )(?<!said )that) (?:\w+ ){0,3}(?:clos|complet|acqui|f?inali)|"
    r"\b(?:clos|complet)\w+ (?:\S+ ){0,6}(?:last (?:year|month|spring|summer|autumn|fall|winter|\w+ber|march)|in 20\d\d)\b"
)  # fmt: skip
_NOT_YET = re.compile(
    r"(?:\b(?:to|will|expect(?:s|ed)? to|set to|subject to|until|before|when|once|after|not|plans to|"
    r"would|could|may|should)\s+(?:\w+\s+){0,2})$"
)


def status_of(readings: Sequence[Reading], kind: Kind, knowledge: Knowledge) -> tuple[Status, str]:
    """Return how far the deal has come, and the sentence that says so.

    The title decides when it says anything; else the first sentences do.
    """
    title, *lead = readings[:3]
    said = _said_in(title.low, knowledge)
    if said is not None:
        return said, title.text
    for reading in lead[:1]:
        hit = _ENDED.search(reading.low)
        if hit and not _BEFORE_NOW.search(reading.low[: hit.start()]):
            return Status.CANCELLED, reading.text
    # "raises" in the title, "has closed" in the text; only what is told first is the news
    closed = knowledge.status.get(Status.COMPLETED)
    for reading in lead:
        low = reading.low
        hit = closed.search(low) if closed else None
        if hit and not _NOT_YET.search(low[: hit.start()]) and not _EARLIER.search(low):
            return Status.COMPLETED, reading.text
    # a plan to build is told in the same words as a rumour: "is looking to", "could"
    for reading in () if kind is Kind.BUILDOUT or _DONE.search(title.low) else lead:
        # a lead may soften a title without a verb; it neither ends nor undoes a deal
        if _softens(reading.low, knowledge):
            return Status.RUMORED, reading.text
        if _DONE.search(reading.low):
            break
    return Status.ANNOUNCED, title.text


def _said_in(low: str, knowledge: Knowledge) -> Status | None:
    for status in (Status.CANCELLED, Status.RUMORED, Status.COMPLETED):
        pattern = knowledge.status.get(status)
        hit = pattern.search(low) if pattern else None
        if hit is None:
            continue
        if status is Status.COMPLETED and _NOT_YET.search(low[: hit.start()]):
            continue
        if status is Status.RUMORED and _is_done(low, hit):
            continue
        return status
    return None


def _softens(low: str, knowledge: Knowledge) -> bool:
    """Say whether a sentence of the lead tells of talks; what a company wants or could is less."""
    pattern = knowledge.status.get(Status.RUMORED)
    return pattern is not None and any(
        not _WISH.match(hit.group()) and not _is_done(low, hit) for hit in pattern.finditer(low)
    )


def _is_done(low: str, rumour: re.Match[str]) -> bool:
    """Say whether a sentence with a rumour's words tells of a deal that is made."""
    if _HEARSAY.match(rumour.group()):
        return _DONE.search(low) is not None
    return _DONE.search(low[: rumour.start()]) is not None


# ---- figures --------------------------------------------------------------------------------

_PCT = r"(?P<pct>\d{1,3}(?:\.\d{1,3})?)\s?(?:%|per\s?cent\b|pct\b|pc\b)"
_SHARE = re.compile(r"\d\s?(?:%|p)|\bhalf\b", re.IGNORECASE)  # most sentences have none
_STAKE = re.compile(
    rf"{_PCT}\s+(?:[\w.]+\s+){{0,3}}?(?:stake|share-?holding|holding|slice|interest|equity|ownership|"
    r"of (?:the )?(?:company|shares|voting))(?! (?:not|each) )",
    re.IGNORECASE,
)
#: "takes 11%" of a company, and not 11% of its output
_STAKE_TAKEN = re.compile(
    r"\b(?:(?:acquir|buy|bought|purchas|tak|took|sell|sold|giv|gav|get|got|pick|exercis|subscrib|eye|offer)\w*|"
    r"(?:will|would|to) (?:own|hold)|remaining) "
    rf"(?:[\w’'-]+ ){{0,5}}?{_PCT}(?= of\b| in\b|[,.;]|$)(?! of (?:\w+ ){{0,2}}?(?:output|capacity|revenues?|"
    r"power|GDP|market|sales|energy|demand|electricity|costs?|supply|load)\b)",
    re.IGNORECASE,
)
#: "pays $340 million for 30% of the company"
_STAKE_PAID = re.compile(
    rf"(?:illion|crore|\d[bm]n?|a share)\b[^.;]{{0,60}}?,? (?<!accounts )(?<!account )for (?:about |roughly |nearly |around )?(?:an? |the )?{_PCT}",
    re.IGNORECASE,
)
_STAKE_AFTER = re.compile(
    r"(?:stake|interest|(?:share)?holding|voting share)(?: in [\w’'-]+)?(?: \w+)? (?:of|to|from \d+ to) (?:about |roughly |nearly |up to |around )?"
    + _PCT,
    re.IGNORECASE,
)
_HALF = re.compile(
    r"\b(?:acquir|buy|bought|purchas|tak|took|sell|sold)\w* (?:an? )?half (?:of(?! (?:a|the) (?:\d|shares))|stake|share|interest)\b",
    re.IGNORECASE,
)
#: "weeks after the government took a 10% stake": somebody else's, or of another day
_ANOTHERS = re.compile(
    r"\b(?:after|already|previously|which (?:has|had|took|holds))\b[^,]*$|\bwh(?:ich|o) $"
    r"|holders of (?:\w+ )?$|\b(?:hold on to|retain|keep)\w* (?:an? |about |the )?$",
    re.IGNORECASE,
)
_ROUND = re.compile(
    r"\b(?:(?P<series>Series [A-K](?:[-‑]?\d)?(?![a-z]))|(?P<named>(?<!strategic )(?:pre-seed|seed|pre-IPO|bridge|growth)"
    r"(?=\s+(?:extension\s+)?(?:funding|round|financing|stage|investment))"
    r"|(?:(?<=illion )|(?<=\d[MmBb] )|(?<=\d[mb]n ))(?:pre-)?seed\b))",
    re.IGNORECASE,
)
_NOT_BINDING = re.compile(
    r"\b(?:letters? of intent|lois?|memorand(?:um|a) of understanding|mous?|"
    r"non-?binding(?! (?:bids?|offers?|proposals?)\b)|"
    r"term sheet|heads of terms|preliminary agreement|framework agreement|in principle)\b"
)
_BINDING = re.compile(r"\b(?:definitive|binding) (?:\w+ ){0,2}?(?:agreement|contract|deal)\b")


def stake_pct_of(sentence: str) -> float | None:
    """Return the percent of a company that changes hands, or None.

    >>> stake_pct_of("takes a 2.9% stake in Nokia")
    2.9
    """
    if not _SHARE.search(sentence):
        return None
    for pattern in (_STAKE, _STAKE_AFTER, _STAKE_PAID, _STAKE_TAKEN, _HALF):
        found = pattern.search(sentence)
        if found is not None:
            break
    else:
        return None
    if _ANOTHERS.search(sentence[: found.start()]):
        return None
    pct = 50.0 if pattern is _HALF else float(found["pct"])
    return pct if 0 < pct <= 100 else None


_YEARS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
).split()
_YEAR_OF = {word: number for number, word in enumerate(_YEARS, start=1)} | {"thirty": 30}
_COUNT = rf"(?P<count>\d{{1,2}}(?:\.5)?|{'|'.join(_YEARS)}|thirty)"
_ABOUT = (
    r"(?:(?:the|a|an|at|least|about|around|roughly|up|to|next|coming|initial|first|term of) ){0,3}"
)
#: What tells how long it runs: a 15-year lease, chips rented for three years, a five-year loan,
#: money spent over five years. A loan secured on a ten-year contract does not run for ten.
_TERMS_OF = {
    kind: tuple(
        re.compile(rf"\b{words.format(count=_COUNT, about=_ABOUT)}", re.IGNORECASE)
        for words in patterns
    )
    for kind, patterns in {
        Kind.SUPPLY: (
            r"{count}[\s-]years?[\s,-]{{1,2}}(?:[\w$€£.%-]+ ){{0,5}}?(?:contract|deal|leases?|agreements?|ppas?"
            r"|term|pact|offtake|commitment|arrangement|order|licen[cs]e|supply|hosting)\b",
            r"(?:over|for|spanning|spans|across|runs|lasting) {about}{count} years\b(?! ago)",
        ),
        Kind.DEBT: (
            r"{count}[\s-]years?[\s-](?:(?!contract|lease|deal)[\w$€£.%-]+ ){{0,3}}?(?:loans?|notes|bonds?"
            r"|facility|facilities|tenor|debt|financing|credit|term)\b",
            r"(?:runs(?: for)?|tenor of|term of|repaid over|matur\w+ in) {about}{count} years\b",
        ),
        Kind.BUILDOUT: (r"(?:over|across|spanning|spread over) {about}{count} years\b",),
    }.items()
}
_SHORTEST_TERM, _LONGEST_TERM = 2, 40  #: years


def term_years_of(sentence: str, kind: Kind) -> float | None:
    """Return how many years a deal runs, or None: of a round or a purchase always.

    >>> term_years_of("signs a 15-year power deal", Kind.SUPPLY)
    15.0
    >>> term_years_of("to spend $30bn over five years", Kind.BUILDOUT)
    5.0
    """
    if "year" not in sentence.lower():
        return None
    for pattern in _TERMS_OF.get(kind, ()):
        found = pattern.search(sentence)
        if found is not None:
            told = found["count"].lower()
            years = float(_YEAR_OF.get(told) or told)
            return years if _SHORTEST_TERM <= years <= _LONGEST_TERM else None
    return None


def round_of(sentence: str) -> str | None:
    """Return the name of the funding round, or None.

    >>> round_of("raises $50m in a series b round")
    'Series B'
    """
    found = _ROUND.search(sentence)
    if found is None:
        return None
    if found["series"]:
        return f"Series {re.sub('[-‑]', '', found['series'].split()[1]).upper()}"
    return found["named"].capitalize().replace("ipo", "IPO")


def binding_of(sentence: str) -> bool | None:
    """Return False for a letter of intent and its like, True for a definitive agreement."""
    low = sentence.lower()
    if _NOT_BINDING.search(low):
        return False
    return True if _BINDING.search(low) else None


# ---- layer ----------------------------------------------------------------------------------

_LAYERS: tuple[tuple[Layer, re.Pattern[str]], ...] = tuple(
    (layer, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for layer, words in (
        (Layer.POWER, r"power (?:purchase|supply|deal|plant|agreement)|ppas?|nuclear|reactors?|solar|wind|geothermal|"
                      r"natural gas|gas[- ]fired|turbines?|electricity|cooling|fuel cells?|grid|batter(?:y|ies)|energy|transformers?"),
        (Layer.NETWORKING, r"fib(?:er|re)|optical|optics|photonics?|networking|interconnects?|transceivers?|ethernet|subsea cables?|telecom"),
        (Layer.COMPUTE, r"cloud|gpu capacity|compute|computing|neocloud|gpus as|supercomputers?|ai factory|clusters?|inference"),
        (Layer.CHIPS, r"chips?|semiconductors?|gpus?|processors?|accelerators?|memory|hbm|fabs?|foundry|wafers?|chipmak\w+|silicon|lithography"),
        (Layer.DATACENTER, r"data[ -]?cent(?:er|re)s?|campus(?:es)?|colocation|hyperscale|megacampus|sites?"),
        (Layer.MODELS, r"models?|labs?|llms?|superintelligence|frontier|foundation model"),
    )
)  # fmt: skip
_OF_COMPANY = {
    "chips": Layer.CHIPS, "compute": Layer.COMPUTE, "datacenter": Layer.DATACENTER,
    "networking": Layer.NETWORKING, "power": Layer.POWER, "models": Layer.MODELS,
}  # fmt: skip


#: What a title says the money is for, whoever gets it. First match wins.
_PLAINLY: tuple[tuple[Layer, re.Pattern[str]], ...] = tuple(
    (layer, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for layer, words in (
        (Layer.POWER, r"nuclear|solar|geothermal|wind|fuel cells?|ppas?|power (?:purchase|plant|deal|agreement|supply)|reactors?|turbines?|"
                      r"gensets?|generators?|batter(?:y|ies)|chillers?|cooling|transformers?|energy (?:agreement|contract|deal|services|storage|supply)|(?:[mg]w|gigawatts?|megawatts?) of (?:\w+ )?(?:power|energy)"),
        (Layer.NETWORKING, r"fib(?:er|re)s?|optical|photonics?"),
        (Layer.CHIPS, r"fabs?|foundry|wafers?|chip (?:plant|factory|deal|order)|hbm|memory chips?"),
        (Layer.DATACENTER, r"data[ -]?cent(?:er|re)s?|campus(?:es)?|colocation"),
        (Layer.COMPUTE, r"compute|computing|gpu capacity|(?:ai )?cloud (?:deal|contract|agreement|capacity)"),
    )
)  # fmt: skip


_LET = re.compile(
    r"\b(?:capacity|co-?location|compute|hosting|leases?|leased|tenant)\b", re.IGNORECASE
)


def layer_of(
    kind: Kind,
    title: str,
    text: str,
    recipients: Collection[Company | None],
    payers: Iterable[Company | None],
) -> Layer | None:
    """Return the part of AI infrastructure that the money goes to."""
    if kind not in (Kind.EQUITY, Kind.ACQUISITION):
        sells_power = any(each is not None and each.layer == "power" for each in recipients)
        if kind is Kind.SUPPLY and sells_power and not _LET.search(title):
            return Layer.POWER
        for layer, words in _PLAINLY:
            if words.search(title):
                return layer
    for company in recipients:
        if company is None or company.layer not in _OF_COMPANY:
            continue
        if company.role == "hyperscaler" and kind is Kind.DEBT:
            return Layer.DATACENTER  # what the owner of clouds borrows for
        return _OF_COMPANY[company.layer]
    hits = {layer: len(cue.findall(text)) for layer, cue in _LAYERS}
    if kind is Kind.BUILDOUT and (hits[Layer.DATACENTER] or not hits[Layer.CHIPS]):
        return Layer.DATACENTER
    best = max(hits, key=lambda layer: hits[layer])
    if hits[best]:
        return best
    if kind is Kind.EQUITY:
        return Layer.MODELS if re.search(r"\bAI\b", text) else None
    for company in payers:
        if company is not None and company.layer in _OF_COMPANY:
            return _OF_COMPANY[company.layer]
    return None
