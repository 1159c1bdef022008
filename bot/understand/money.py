"""Amounts of money as the news writes them, on Decimal, each with the part it plays. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from bot.model import Money, Qualifier, Story


class Role(StrEnum):
    """What an amount is: only a DEAL amount can be the size of the story's deal."""

    DEAL = "deal"
    VALUATION = "valuation"  #: what a company is worth
    MARKET_CAP = "market_cap"  #: what the stock market says it is worth
    SHARE_PRICE = "share_price"
    PAST = "past"  #: an earlier deal, or what was raised before this one
    TOTAL = "total"  #: a whole programme, of which the deal is a part
    FIGURES = "figures"  #: revenue, backlog, guidance, profit, yearly spending
    MARKET = "market"  #: the size of a market or an industry
    COST = "cost"  #: the price of something else: one GPU, a fine, a target


@dataclass(frozen=True, slots=True)
class MoneyMention:
    """One amount in a text, where it stands and what it is."""

    money: Money
    start: int  #: with its qualifying words: "up to $5bn" starts at "up"
    end: int
    role: Role = Role.DEAL
    also: Money | None = None  #: the same in another currency, as told in brackets


_CURRENCIES = {
    "US$": "USD", "U.S.$": "USD", "USD": "USD", "A$": "AUD", "AU$": "AUD", "AUD": "AUD",
    "S$": "SGD", "SG$": "SGD", "SGD": "SGD", "C$": "CAD", "CA$": "CAD", "CDN$": "CAD", "CAD": "CAD",
    "HK$": "HKD", "HKD": "HKD", "NZ$": "NZD", "NZD": "NZD", "NT$": "TWD", "TWD": "TWD",
    "R$": "BRL", "BRL": "BRL", "€": "EUR", "EUR": "EUR", "£": "GBP", "GBP": "GBP", "¥": "JPY",
    "JPY": "JPY", "JP¥": "JPY", "CN¥": "CNY", "RMB": "CNY", "CNY": "CNY", "₹": "INR", "RS": "INR",
    "RS.": "INR", "INR": "INR", "₩": "KRW", "KRW": "KRW", "SAR": "SAR", "AED": "AED", "DH": "AED",
    "SKR": "SEK", "SEK": "SEK", "NKR": "NOK", "NOK": "NOK", "DKR": "DKK", "DKK": "DKK",
    "CHF": "CHF", "RM": "MYR", "MYR": "MYR", "RP": "IDR", "IDR": "IDR", "THB": "THB", "฿": "THB",
    "BT": "THB",
    "PHP": "PHP", "ZAR": "ZAR", "TRY": "TRY", "PLN": "PLN", "ILS": "ILS", "NIS": "ILS", "₪": "ILS",
    "MXN": "MXN", "QAR": "QAR", "KWD": "KWD", "VND": "VND", "KZT": "KZT", "CZK": "CZK",
    "HUF": "HUF", "EGP": "EGP", "NGN": "NGN", "₦": "NGN", "KES": "KES", "PKR": "PKR", "OMR": "OMR",
    "BHD": "BHD", "₱": "PHP", "$US": "USD", "USD$": "USD", "$A": "AUD", "AUD$": "AUD",
    "$C": "CAD", "CAD$": "CAD", "CAN$": "CAD", "$NZ": "NZD", "NZD$": "NZD", "SGD$": "SGD",
    "$HK": "HKD", "HKD$": "HKD", "$S": "SGD", "EURO": "EUR", "DHS": "AED",
    # Swedes, Norwegians and Danes all write "kr"; a Korean, Brazilian and Cape Town paper one letter
    "KR": "SEK", "SR": "SAR", "W": "KRW", "R": "ZAR",
}  # fmt: skip

#: Letters that are money only in front of a scale: "R1.6bn", but not the "R 5" of a list.
_SHORT = frozenset(["W", "R", "KR", "SR", "BT"])

_SPELLED = {
    "us dollars": "USD", "u.s. dollars": "USD", "american dollars": "USD",
    "australian dollars": "AUD", "singapore dollars": "SGD", "canadian dollars": "CAD",
    "hong kong dollars": "HKD", "new zealand dollars": "NZD", "taiwan dollars": "TWD",
    "dollars": "USD", "dollar": "USD", "bucks": "USD", "euros": "EUR", "euro": "EUR",
    "pounds": "GBP", "pounds sterling": "GBP", "sterling": "GBP", "yen": "JPY",
    "japanese yen": "JPY", "chinese yuan": "CNY", "yuan": "CNY", "renminbi": "CNY",
    "won": "KRW", "korean won": "KRW", "south korean won": "KRW", "rupees": "INR",
    "indian rupees": "INR", "dirhams": "AED", "dirham": "AED", "riyals": "SAR", "riyal": "SAR",
    "saudi riyals": "SAR", "swiss francs": "CHF", "francs": "CHF", "ringgit": "MYR",
    "rand": "ZAR", "baht": "THB", "rupiah": "IDR", "pesos": "MXN", "reais": "BRL",
    "pound": "GBP", "rupee": "INR", "krona": "SEK", "krone": "NOK", "shekel": "ILS", "peso": "MXN",
    "swedish kronor": "SEK", "swedish crowns": "SEK", "swedish krona": "SEK", "kronor": "SEK",
    "norwegian kroner": "NOK", "norwegian crowns": "NOK", "danish kroner": "DKK",
    "danish crowns": "DKK", "kroner": "NOK", "zloty": "PLN", "zlotys": "PLN", "shekels": "ILS",
    "lira": "TRY", "dong": "VND",
    "usd": "USD", "eur": "EUR", "gbp": "GBP", "jpy": "JPY", "cny": "CNY", "rmb": "CNY",
    "inr": "INR", "krw": "KRW", "sar": "SAR", "aed": "AED", "sek": "SEK", "nok": "NOK",
    "dkk": "DKK", "chf": "CHF", "aud": "AUD", "cad": "CAD", "sgd": "SGD", "hkd": "HKD",
    "nzd": "NZD", "twd": "TWD", "myr": "MYR", "brl": "BRL", "€": "EUR", "£": "GBP", "kr": "SEK",
    "swiss franc": "CHF", "franc": "CHF", "zar": "ZAR", "pln": "PLN", "hong kong dollar": "HKD",
    "new taiwan dollars": "TWD", "nt dollars": "TWD", "emirati dirhams": "AED",
    "brazilian reais": "BRL", "malaysian ringgit": "MYR", "mexican pesos": "MXN",
    "philippine pesos": "PHP", "south african rand": "ZAR",
    "naira": "NGN",
}  # fmt: skip
_SPELLED |= {  # "a 2bn Australian dollar loan"
    name.removesuffix("s"): code for name, code in _SPELLED.items() if name.endswith(" dollars")
}

_SCALES = {
    "thousand": 10**3, "k": 10**3, "lakh": 10**5, "lakhs": 10**5,
    "million": 10**6, "millions": 10**6, "mn": 10**6, "mln": 10**6, "mil": 10**6, "mio": 10**6,
    "mm": 10**6, "mi": 10**6, "m": 10**6, "crore": 10**7, "crores": 10**7, "cr": 10**7,
    "billion": 10**9, "billions": 10**9, "bi": 10**9, "bil": 10**9, "bn": 10**9, "bln": 10**9, "b": 10**9,
    "mrd": 10**9, "milliard": 10**9, "trillion": 10**12, "tn": 10**12, "trn": 10**12,
    "tln": 10**12, "t": 10**12, "lakh crore": 10**12, "lakh crores": 10**12,
}  # fmt: skip

#: In "10 billion", "10-billion", "10bn", "10B". Single letters only stick to their number.
_WORD_SCALE = (
    r"lakh[\s-]+crores?|lakhs?|crores?|trillions?|billions?|millions?|thousand|milliard|"
    r"tln|trn|tn|bln|bil|bi|bn|mrd|mln|mil|mio|mi|mn|mm|cr"
)
_NUMBER = r"\d{1,3}(?:,\d{2,3})+(?:\.\d+)?(?!\d)|\d+(?:[.,]\d{1,3})?(?![\d,]*\d)"
_SYMBOLS = "|".join(
    re.escape(word) for word in sorted(_CURRENCIES, key=len, reverse=True) if not word.isalpha()
)
_CODES = "|".join(word for word in sorted(_CURRENCIES, key=len, reverse=True) if word.isalpha())
_SPELLED_RE = "|".join(
    re.escape(word).replace(r"\ ", r"[\s-]+") for word in sorted(_SPELLED, key=len, reverse=True)
)

_AMOUNT = re.compile(
    rf"""
    (?=[^\s\d]{{1,5}}\s?\d)  # few places pass this, and it is quickly asked
    (?P<currency>(?<![A-Za-z])(?:{_SYMBOLS}|(?:{_CODES}))(?=\s?\d)|(?<![A-Za-z0-9])\$|(?<=[a-z])\$)
    \s?(?P<number>{_NUMBER})(?P<more>(?:\+|-plus\b)(?=\s?-?(?:{_WORD_SCALE})))?
    (?:(?:{_WORD_SCALE}|[kmbt])?(?:\s?[-–—]\s?|\sto\s)(?:{_SYMBOLS}|\$)?\s?(?P<high>{_NUMBER})
      (?=\s?-?(?:{_WORD_SCALE}|[kmbt])\b))?
    (?:[\s‑-]{{0,2}}(?P<scale>{_WORD_SCALE})\b\.?(?P<adj>-dollar\b)?
      |(?:\s(?=(?-i:[BM])(?![&.])))?(?P<letter>[kmbt])(?![a-z0-9'’]))?
    (?P<plus>\+|-plus\b)?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NUMBER_WORDS = {
    "half a": Decimal("0.5"), "a half": Decimal("0.5"), "half": Decimal("0.5"),
    "a quarter of a": Decimal("0.25"), "quarter of a": Decimal("0.25"), "quarter": Decimal("0.25"),
    "three quarters of a": Decimal("0.75"), "two and a half": Decimal("2.5"), "one and a half": Decimal("1.5"), "a": Decimal(1),
    "one": Decimal(1), "two": Decimal(2), "three": Decimal(3), "four": Decimal(4),
    "five": Decimal(5), "six": Decimal(6), "seven": Decimal(7), "eight": Decimal(8),
    "nine": Decimal(9), "ten": Decimal(10), "twelve": Decimal(12), "fifteen": Decimal(15),
    "twenty": Decimal(20), "thirty": Decimal(30), "forty": Decimal(40), "fifty": Decimal(50),
    "sixty": Decimal(60), "seventy": Decimal(70), "eighty": Decimal(80), "ninety": Decimal(90),
    "hundred": Decimal(100), "a hundred": Decimal(100), "one hundred": Decimal(100),
    "two hundred": Decimal(200), "three hundred": Decimal(300), "five hundred": Decimal(500),
}  # fmt: skip
_NUMBER_WORDS_RE = "|".join(
    # the pattern below ignores plain blanks
    words.replace(" ", r"[\s-]")
    for words in sorted(_NUMBER_WORDS, key=len, reverse=True)
)
_SPELLED_AMOUNT = re.compile(
    rf"""(?=[\dabefhnoqst])(?<![\w$€£¥₹.,])(?<!\bfew\s)(?<!\bseveral\s)(?<!\bmany\s)
    (?:(?P<between>between\s)?(?P<number>{_NUMBER})(?:(?:[\s-]?(?:{_WORD_SCALE}))?
        (?(between)\s(?:and|to)\s|(?:\s?[-–]\s?|\sto\s))(?P<high>{_NUMBER}))?
      |\b(?P<words>{_NUMBER_WORDS_RE}))
    [\s-]?(?P<scale>{_WORD_SCALE}|(?<=\d)[bmt])\.?[\s-]
    (?:(?:of\s)?(?P<currency>{_SPELLED_RE})(?![\w]))""",
    re.IGNORECASE | re.VERBOSE,
)

_UP_TO = (
    r"up\s?to|as much as|at most|as high as|(?:no|not) more than|(?:a )?maximum(?: of)?|potentially|"
    r"capped at|less than"
)
_AT_LEAST = (
    r"(?:slightly |significantly |a little |well |just |far )?(?:more than|above|upwards? of|"
    r"(?<!hand )(?<!hands )(?<!sign )(?<!signs )(?<!turn )(?<!take )(?<!talks )(?<!row )(?<!fight )"
    r"(?<!dispute )over(?! (?:a|an|the) )|"
    r"north of|exceed(?:s|ing)?|in excess of|surpass(?:es|ing)?|past|beyond)|at least|(?:a )?minimum(?: of)?|"
    r"(?:no|not) less than|tops|topping|starting at"
)
_ABOUT = (
    r"nearly|almost|about|around|roughly|approximately|approx\.?|some|close to|an estimated|"
    r"estimated|circa|c\.|~|≈|just under|under(?! (?:a|an|the) )|(?:just )?(?:shy|short) of|approaching|"
    r"in the region of|on the order of"
)
_BEFORE = re.compile(
    rf"(?:\b(?P<up_to>{_UP_TO})|\b(?P<at_least>{_AT_LEAST})|(?:\b|(?=[~≈]))(?P<about>{_ABOUT}))"
    r"(?:\s+(?:a|an|another|the|additional|extra|around|about|total|of|record|whopping|combined|further|reported))*[\s\"“”‘’'-]*$",
    re.IGNORECASE,
)
#: "close to a $2bn round", "under $9bn deal": not near the sum, but near or under the deal
_NEAR_DEAL = re.compile(r"^(?:close to|under|about|around)\b", re.IGNORECASE)
_DEAL_AFTER = re.compile(
    r"^[\s-](?:[\w-]+ ){0,2}?(?:deals?|rounds?|loan|agreement|contract|takeover|purchase|financing|raise)\b",
    re.IGNORECASE,
)
_DISPUTED = re.compile(r"\b(?:negotiat|talk|row|dispute|fight|clash)\w*\b[^,;]*$", re.IGNORECASE)
_OR_MORE = re.compile(r"^\s?(?:-?plus\b|or more\b|or higher\b)", re.IGNORECASE)
_RANGE_TAIL = re.compile(r"^\s?(?:to|and|or|[-–—])\s?$", re.IGNORECASE)
#: What makes a rate of the amount before it: "a year".
RATE = re.compile(
    r"^[\s-]{0,2}(?:(?:a|per|each|every)[\s-](?P<unit>year|month|quarter|day)(?! ago| earlier| later)|"
    r"(?P<adverb>annually|yearly|monthly|/year|/yr|/month))\b",
    re.IGNORECASE,
)

_PERIODS = {"annually": "year", "yearly": "year", "yr": "year", "monthly": "month"}

#: Words right after an amount that say what it is. First match wins.
_AFTER: tuple[tuple[Role, re.Pattern[str]], ...] = tuple(
    (role, re.compile(r"^\W{0,3}(?:" + words + ")", re.IGNORECASE))
    for role, words in (
        (Role.SHARE_PRICE, r"(?:a|per|each)[\s-](?:share|ADS|unit\b)|apiece|a piece|price target"
                           r"|share price|per\s(?:GPU|kWh|MWh|hour|token|month per|user|seat|chip)|an hour"),
        (Role.MARKET_CAP, r"(?:in\s)?(?:market[\s-](?:cap|capitali[sz]ation|value)|stock market value"
                          r"|company\b|giant|chipmaker|chip maker|behemoth|titan|tech giant"
                          r"|in market value)|off (?:its|the)|club\b|milestone"),
        (Role.VALUATION, r"(?:(?!(?:at|the|that|which|would|to|could|into|for|from|with|by)\b)\w+[\s-]){0,2}?(?:valuation|pre-?money|post-?money|enterprise value"
                         r"|equity value|AI (?:startup|darling|lab)\b|startup\b|value\b(?! of)|unicorn|price tag for)"),
        (Role.FIGURES, r"(?:in\s|of\s|worth of\s)?(?:(?!for\b)\w+[\s-]){0,3}?(?:revenues?\b(?! (?:notes|bonds))|sales\b|backlog|profits?"
                       r"|earnings|annuali[sz]ed|run[\s-]rate|ARR\b|EBITDA|net income|income|loss(?:es)?\b"
                       r"|capex|capital expenditures?|capital spending|free cash|cash flow|guidance"
                       r"|remaining performance|RPO\b|order ?book|of demand|in demand|in orders received"
                       r"|cash pile|in assets|of assets|write-?down|charge\b|dividend|buy-?backs?|share repurchase"
                       r"|in (?:AI )?spending this year|Q[1-4]\b|(?:on (?:[\w-]+\s){1,4})?(?:this|next)\s(?:fiscal\s)?year)"),
        (Role.PAST, r"(?:(?:of|in)\s)?(?:[\w-]+\s){0,3}?(?:to date|so far|in total|since\s)"),
        (Role.MARKET, r"(?:\w+[\s-]){0,3}?(?:(?:in|of) (?:total )?economic|market\b|industry\b|opportunity|economy|GDP|TAM\b|sector\b)"),
        (Role.COST, r"(?:\w+[\s-]){0,2}?(?:fine\b|penalty|lawsuit|settlement|damages|tax (?:break|credit"
                    r"|incentive|abatement)|in savings|price cut|bonus|salary|pay package|reward|prize|bounty)"),
    )
)  # fmt: skip

#: Words right before an amount that say what it is. First match wins.
_AHEAD: tuple[tuple[Role, re.Pattern[str]], ...] = tuple(
    (role, re.compile(r"\b(?:" + words + r")[\s:(\"'“‘]*$", re.IGNORECASE))
    for role, words in (
        (Role.PAST, r"(?:previously|last) (?:raised|announced|agreed|committed|valued at)|best known(?: \w+){0,3}|earlier (?:this year |"
                    r"round of |deal of |investment of )?|after raising|raised to date|last (?:year|month)'?s?"
                    r"|(?:previous|prior|original|existing|former|earlier|(?<!-)old)(?: \w+){0,3}"
                    r"|up from|down from|(?<!away )(?<!withdraws )(?<!withdrew )(?<!back )from|(?:days|weeks|months) after(?: \w+){0,3}"
                    r"|compared (?:with|to)|versus|vs\.?|on top of|following(?: its| a| the)?"
                    r"|followed by|adds? to(?: \w+){0,3}"
                    r"|when (?:it|they|the company) (?:last )?\w+(?: an?| its)?"
                    r"|already (?:invested|committed|raised|spent)(?: \w+){0,2}"),
        (Role.VALUATION, r"(?:rais(?:e|es|ed|ing)|round|fundrais\w+|investors)(?: (?!shares)\S+){0,3} at(?: an?)?|valuing(?: \w+){1,3}|valu(?:ing|ed|es|e)(?: \S+){0,5}? (?:at|to)|valuation(?: \w+){0,3}? (?:of|to|at|over|above"
                         r"|past|reaches|hits|tops|nears?)(?: an? \w+)?|valuation|values(?: \S+){0,4}? at|worth"
                         r"|valued|(?:be|was|is|were|company) worth|(?:pre|post)-?money(?: value| valuation)?(?: of| at)?"
                         r"|valuation(?: \w+){0,4} is"
                         r"|enterprise value(?: of)?|equity value(?: of)?"),
        (Role.MARKET_CAP, r"market (?:cap(?:itali[sz]ation)?|value)(?: of| to| at| past| above| tops| hits"
                          r"| reaches| surpasses| exceeding)?|(?:wipes?|wiped|erases?d?|sheds?|loses?|lost)(?: \w+){0,3}|(?:shares|stock|value)(?: \w+){0,3}? (?<!the )(?:adds?"
                          r"|added|gains?)(?: \w+){0,3}"),
        (Role.SHARE_PRICE, r"shares? (?:at|to|of)|price target(?: \w+){0,3}? (?:to|of|at)?|priced at|strike price of"
                           r"|trading at|closed at|target (?:to|of)"),
        (Role.TOTAL, r"(?:brings?|bringing|brought|takes?|taking|lifts?|pushes?)(?: \w+){0,6} to|total(?:s|ing|ling"
                     r"|led)?(?: \w+){0,4}? (?:to|of|at)?|in total|part of (?:a|an|its|the|their)(?: \w+){0,4}"
                     r"|(?<!pull )(?<!pulls )(?<!pulled )(?<!pulling )(?<!backs )(?<!walks )out of(?: \w+){0,2}|of (?:a|its|the) (?:planned |total |wider |broader |larger )"
                     r"|(?<!a )combined"),
        (Role.FIGURES, r"(?:(?:order )?backlog|revenues? from)(?: \w+){0,7}? (?:at|to|reach|of)(?: about| a record)?"
                       r"|(?:revenues?|sales|backlog|profits?|earnings|capex|capital expenditures?|spending|guidance"
                       r"|forecast|outlook|orders|demand|income|loss|costs|(?:run|burn)[\s-]rate|bookings|cash)"
                       r"(?: \w+){0,3}? (?:of|to|at|by|tops?|hits?|reach(?:es|ed)?|exceeds?|near|over|between|was|is|for)"
                       r"|(?:orders?|bids|demand|bookings) (?:peaked|exceeded|topped)(?: \w+){0,2}"),
        (Role.MARKET, r"(?:could|may|might|will|would) (?:reach|hit|top|exceed)|(?:market|industry|economy)(?: \w+){0,4}? (?:to|of|at|reach|hit|worth|exceed)"),
        (Role.COST, r"(?:contingent|premium|prepayment|deposit|fee|warrants?|earn-?out)(?: \w+){0,3}|"
                    r"fined?|pay(?:s|ing)? out|sued? for|saves?|saving|(?:tax breaks?|incentives?|subsid\w+)"
                    r"(?: \w+){0,2}? (?:of|worth)"),
    )
)  # fmt: skip
_NAMED_BY_NOUN = frozenset([Role.VALUATION, Role.MARKET_CAP, Role.MARKET, Role.COST])
_VALUATION_SOON = re.compile(r"^[\s-]{0,2}(?:\w+[\s-]){0,3}valuation", re.IGNORECASE)


_DIGIT = re.compile(r"\d")


#: Papers that write "US$" when they mean it: their bare "$" is their own country's. Papers that
#: print agencies' copy as it comes are left out.
_PAPERS = {
    "australian financial review": "AUD", "afr": "AUD", "australian": "AUD", "age": "AUD",
    "sydney morning herald": "AUD", "globe and mail": "CAD", "betakit": "CAD",
    "straits times": "SGD", "business times": "SGD", "nz herald": "NZD",
    "new zealand herald": "NZD",
}  # fmt: skip


#: Who writes "A$" means something else by "$".
_OWN_DOLLAR = re.compile(r"(?<![A-Za-z])(?:AU?|SG?|CA?|HK|NZ)\$")


def dollar_of(story: Story) -> str:
    """Return what a bare "$" is in *story*, ISO 4217: by its feed, else by who published it."""
    dollar = story.dollar
    if dollar == "USD":
        dollar = _PAPERS.get(story.source.lower().removeprefix("the "), "USD")
    told = (_CURRENCIES[sign[0].upper()] for sign in _OWN_DOLLAR.finditer(story.text))
    return "USD" if dollar in told else dollar


def find_money(text: str, dollar: str = "USD") -> list[MoneyMention]:
    """Return the amounts of money in *text*, in order, each with its qualifier and role.

    A bare "$" is *dollar*. "$1,500 million" is 1.5 billion; "$180.20" is a share price; "a
    trillion-dollar bet" and "billions" are no amounts. A range counts with its upper end, as
    "up to". A conversion in brackets right after an amount is dropped: the first one stands.

    >>> [m.money for m in find_money("raises up to €1.5bn ($1.7bn)")]
    [Money(amount=1500000000, currency='EUR', qualifier=<Qualifier.UP_TO: 'up_to'>, per='')]
    """
    return list(_mentions(text, dollar))


@lru_cache(maxsize=64)  # the reader, the masker and the judge ask about the same sentence
def _mentions(text: str, dollar: str) -> tuple[MoneyMention, ...]:
    if not _DIGIT.search(text) and "illion" not in text.lower():
        return ()
    spans = _spans(text, dollar)
    mentions: list[MoneyMention] = []
    skip = False
    for index, span in enumerate(spans):
        if skip:
            skip = False
            continue
        start, end, value, currency, qualifier = span
        if mentions and _is_conversion(text, mentions[-1].end, start, currency, mentions[-1]):
            mentions[-1] = replace(mentions[-1], also=Money(value, currency))
            continue
        following = spans[index + 1] if index + 1 < len(spans) else None
        if (
            following is not None
            and following[3] == currency
            and _RANGE_TAIL.match(text[end : following[0]])
            and following[2] > value
            and not _is_step(text, start)
        ):
            end, value, qualifier, skip = following[1], following[2], Qualifier.UP_TO, True
        before = text[max(0, start - 60) : start]
        lead = _BEFORE.search(before)
        if lead is not None:
            start -= len(before) - lead.start()
            told = lead.group().lower()
            if qualifier is Qualifier.EXACT and not (
                (_NEAR_DEAL.match(told) and _DEAL_AFTER.match(text[end:]))
                or (told.startswith("over") and _DISPUTED.search(before[: lead.start()]))
            ):
                qualifier = _qualifier_of(lead)
        if _OR_MORE.match(text[end:]) and qualifier is Qualifier.EXACT:
            qualifier = Qualifier.AT_LEAST
        per = RATE.match(text[end : end + 20])
        unit = (per["unit"] or per["adverb"]).lower().strip("/") if per else ""
        role = _role(text, start, end, value)
        mentions.append(
            MoneyMention(
                Money(value, currency, qualifier, _PERIODS.get(unit, unit)),
                start,
                end,
                role,
            )
        )
    return tuple(mentions)


def _spans(text: str, dollar: str) -> list[tuple[int, int, int, str, Qualifier]]:
    found: list[tuple[int, int, int, str, Qualifier]] = []
    for match in _AMOUNT.finditer(text):
        symbol = match["currency"].upper()
        currency = dollar if symbol == "$" else _CURRENCIES[symbol]
        told = match["scale"] or match["letter"]
        if symbol in _SHORT and not told:
            continue
        scale = _SCALES[_spaced(told)] if told else 1
        end = match.end("letter") if match["letter"] else match.end("scale")
        end = max(end, match.end("number"), match.end("plus"))
        if text[end - 1] == "." and not (match["scale"] or "").lower().startswith(("mrd", "mio")):
            end -= 1
        number = match["high"] or match["number"]
        value = int(_decimal(number, scaled=scale > 1) * scale)
        if match["high"]:
            qualifier = Qualifier.UP_TO
        elif match["plus"] or match["more"]:
            qualifier = Qualifier.AT_LEAST
        else:
            qualifier = Qualifier.EXACT
        if value > 0:
            found.append((match.start(), end, value, currency, qualifier))
    for match in _SPELLED_AMOUNT.finditer(text):
        words = _spaced(match["words"] or "")
        if words == "a" and "-" in match.group():
            continue  # "a billion-dollar bet" is a manner of speaking
        if any(start < match.end() and match.start() < end for start, end, *_ in found):
            continue
        scale = _SCALES[_spaced(match["scale"])]
        number = match["high"] or match["number"]
        amount = _decimal(number, scaled=True) if number else _NUMBER_WORDS[words]
        spelled = _spaced(match["currency"])
        currency = _SPELLED[spelled]
        if spelled in ("dollars", "dollar", "bucks"):
            currency = dollar
        value = int(amount * scale)
        if value > 0:
            qualifier = Qualifier.UP_TO if match["high"] else Qualifier.EXACT
            found.append((match.start(), match.end(), value, currency, qualifier))
    found.sort()
    return found


def _spaced(words: str) -> str:
    """Return *words* in lower case with single blanks, where a text may have hyphens."""
    return " ".join(words.lower().replace("-", " ").split())


def _decimal(number: str, *, scaled: bool) -> Decimal:
    """Return the number that "1,500", "2,5" or "1,00,000" stands for.

    A comma before three digits parts thousands; before one or two it is a decimal comma, but
    only in front of a scale word: "€2,5bn".
    """
    if "," in number and "." not in number and scaled:
        whole, _, rest = number.partition(",")
        if "," not in rest and len(rest) in (1, 2):
            return Decimal(f"{whole}.{rest}")
    return Decimal(number.replace(",", ""))


def _qualifier_of(lead: re.Match[str]) -> Qualifier:
    if lead["up_to"]:
        return Qualifier.UP_TO
    return Qualifier.AT_LEAST if lead["at_least"] else Qualifier.ABOUT


def _is_conversion(text: str, last: int, start: int, currency: str, before: MoneyMention) -> bool:
    """Return whether the amount at *start* repeats the one before it in another currency."""
    between = text[last:start]
    if before.money.currency == currency or len(between) > 30:
        return False
    opened = "(" in between or "[" in between or between.strip() in ("/", "or", "–", ",")
    return opened and ")" not in between


def _is_step(text: str, start: int) -> bool:
    return text[max(0, start - 6) : start].lower().endswith("from ")


_SMALL = 1_000_000

_BARGAIN = r"\b(?:deal|contract|agreement|arrangement|award|order|lease|pact|partnership|transaction|acquisition|takeover|purchase|investment|project|programme?|loan|package|round|series [a-k])s?\b"
#: "a contract valued at", "an AI deal worth": the price of the bargain, not of a company
_BARGAIN_WORTH = re.compile(
    rf"{_BARGAIN},?(?: (?!valu|startup|company)[\w,:’'-]+){{0,12}}? (?:valued at|worth)(?: about)? $",
    re.IGNORECASE,
)
_GOODS_WORTH = re.compile(
    r"\b(?:shares|stock|notes|bonds|chips|equipment|servers|GPUs|systems|leases?|[MG]W|(?:mega|giga)watts|years|months),?"
    r"(?: and)? worth $",
    re.IGNORECASE,
)
#: "the contract should bring $11bn in revenue": what a supplier calls revenue is the order
_CONTRACTED = re.compile(
    rf"{_BARGAIN}.* (?:brings?|earns?|generates?|represents?|yields?|delivers?|adds?)\b"
    r"(?: (?:it|them|about|around|roughly|some))* $",
    re.IGNORECASE,
)
#: what a buyer takes over with a company is a part of its price
_NET_DEBT = re.compile(r"^\s(?:of|in) (?:net|assumed|existing) debt\b", re.IGNORECASE)
_REVENUE = re.compile(r"^\s?(?:in|of) (?:[\w-]+ ){0,2}?revenues?\b", re.IGNORECASE)
_IS_ORDER = re.compile(
    r"^\s?(?:in|of) (?:[\w-]+ ){0,2}?(?:contracted (?:[\w-]+ ){0,3}?revenues?|"
    r"revenues? over (?:the (?:life|term|course)|its))\b",
    re.IGNORECASE,
)
#: No listing ever sold shares for so much: "a $300bn IPO" tells what the company is worth.
_OVER_ANY_LISTING = 100_000_000_000
_LISTED = re.compile(
    r"^[\s-](?:[\w-]+ )?(?:IPO|listing|flotation|stock market debut)\b", re.IGNORECASE
)
_HARD = re.compile(r"[$€£]|dollar|euro", re.IGNORECASE)
_WHOLE_DEAL = re.compile(
    r"\btotal (?:\w+ ){0,2}?(?:commitment|consideration|price|cost|value)(?: \w+){0,2} "
    r"(?:of|is|was) $|\b(?:at|borrow|commit|invest|raise|spend|put up) a total of $|"
    r"\brevenues? from the (?:agreement|contract|deal|lease|order|pact) (?:at|of) (?:about )?$",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_THEN = (
    rf"(?:of 20[012]\d|last (?:year|month|summer|spring|autumn|fall|winter|{_MONTH})|in {_MONTH}|in (?:19|20)\d\d"
    r"|earlier this (?:year|month|week)|this (?:spring|summer|autumn|fall|winter)|(?:\w+ )?(?:years?|months?|weeks?|days?) (?:ago|earlier)"
    r"|(?:previous|prior|last|earlier) (?:funding )?round|previously|at the time)"
)
#: No dash within a word here: it parts words, or a row of dashes could be cut in endless ways.
_THEN_AFTER = re.compile(rf"^(?:[ -][\w.'’&]+){{0,9}}?,? {_THEN}\b", re.IGNORECASE)
_THEN_AHEAD = re.compile(rf"^\W*{_THEN}\b|\b{_THEN}(?: [\w.'’&-]+){{0,4}} $", re.IGNORECASE)
_STILL_TO_COME = re.compile(
    r"\b(?:will|would|could|may|might|by (?:the|20\d\d)|until|through|plans?|expect\w*)\b|\d+%",
    re.IGNORECASE,
)


def _role(text: str, start: int, end: int, value: int) -> Role:
    if value < _SMALL and not text[start:end].lower().rstrip("+").endswith(("k", "thousand")):
        return Role.SHARE_PRICE if value < _SMALL // 100 else Role.COST
    after = text[end : end + 80]
    before = text[max(0, start - 120) : start]
    # a clause that ended does not speak about this amount
    for stop in (". ", "; ", "! ", "? "):
        before = before.rsplit(stop, 1)[-1]
        after = after.split(stop, 1)[0]
    if _GOODS_WORTH.search(before) or (
        _BARGAIN_WORTH.search(before) and not _VALUATION_SOON.match(after)
    ):
        return Role.DEAL
    if value >= _OVER_ANY_LISTING and _LISTED.match(after) and _HARD.search(text[start:end]):
        return Role.VALUATION
    if _NET_DEBT.match(after):
        return Role.COST
    if _IS_ORDER.match(after) or _WHOLE_DEAL.search(before):
        return Role.DEAL
    if _REVENUE.match(after) and _CONTRACTED.search(before):
        return Role.DEAL
    role = _told_role(before[-80:], after[:60])
    if role is Role.DEAL and _is_of_then(before, after):
        return Role.PAST
    return role


_HAD = re.compile(r"\b(?:had|having) (?:raised|invested|committed)(?: \w+){0,2} $", re.IGNORECASE)
_SAID = re.compile(r"\b(?:said|says|announced|confirmed|revealed)\b", re.IGNORECASE)


def _is_of_then(before: str, after: str) -> bool:
    """Say whether the words around an amount date it: "raised $40M last year"."""
    if _HAD.search(before) and not _SAID.search(before):
        return True  # "said it had raised" is news, "it had raised" is not
    dated = _THEN_AFTER.match(after)
    if dated and not _STILL_TO_COME.search(dated.group()):
        return not _STILL_TO_COME.search(before[-40:])
    ahead = _THEN_AHEAD.search(before)
    return ahead is not None and not _STILL_TO_COME.search(before[ahead.start() :])


def _told_role(before: str, after: str) -> Role:
    for role, pattern in _AFTER:
        # "$5bn, the startup said": what a comma parts does not name the amount
        if pattern.match(after) and not (role in _NAMED_BY_NOUN and after.startswith(",")):
            return role
    for role, pattern in _AHEAD:
        if pattern.search(before):
            return role
    return Role.DEAL
