"""What a company does that no list knows: by its name, or as the story calls it. Pure.

"Norvexa, a developer of hyperscale campuses" lets halls, "Kestrel Capital" invests. Who sells to
whom follows from that where the verb ("agree", "partner") does not say it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.understand.parties import Reading
from bot.understand.tokens import Token

_BEFORE = 4  #: words before a name that may say what it is: "the chip designer Norvexa"
_AFTER = 12  #: words after it that may: "Norvexa, a Paris-based maker of chips"


def _by_word(table: dict[str, str]) -> dict[str, str]:
    return {word: trade for trade, words in table.items() for word in words.split()}


_BY_TAIL = _by_word(
    {
        "investor": "bank banking capital credit equity fund funds infrastructure investment "
        "investments investors management partners ventures",
        "power": "electric energy gas grid nuclear power renewables solar",
        "datacenter": "campus center centers centre centres data-centers mining hosting",
        "compute": "cloud compute computing gpu",
        "models": "ai",
        "chips": "chip chips micro microsystems photonics semi semiconductor semiconductors "
        "silicon",
    }
)
_BY_CALLING = _by_word(
    {
        "investor": "bank banks buyout equity fund funds insurer investor investors lender lenders "
        "manager pension private-equity shareholder shareholders venture wealth",
        "power": "batteries battery cooling electric electrical electricity energy fuel-cell gas "
        "generation generators geothermal grid nuclear power reactor reactors solar transformer "
        "transformers turbine turbines utility wind",
        "datacenter": "campus campuses center centers centre centres colocation data-center "
        "data-centre datacenter datacentre hyperscale landlord miner mining",
        "compute": "cloud clouds clusters compute gpu gpus inference neocloud servers "
        "supercomputer supercomputers",
        "models": "chatbot lab model models",
        "chips": "accelerator accelerators chip chipmaker chips memory optical photonic photonics "
        "processor processors semiconductor semiconductors silicon wafer wafers",
    }
)
_OPENS = frozenset("a an the which that whose".split())


def trades_of(readings: Sequence[Reading]) -> dict[str, str]:
    """Return the trade of each unlisted company that title and lead tell one of."""
    trades: dict[str, str] = {}
    for reading in readings:
        for index, token in enumerate(reading.tokens):
            found = token.name
            if found is None or found.company is not None or found.name in trades:
                continue
            trade = next(_callings(reading.tokens, index), None) or _BY_TAIL.get(
                found.name.rpartition(" ")[2].lower()
            )
            if trade is not None:
                trades[found.name] = trade
    return trades


def _callings(tokens: Sequence[Token], at: int) -> Iterator[str]:
    """Yield the trades that the words around a name call it by, the nearest first."""
    for token in reversed(tokens[max(0, at - _BEFORE) : at]):
        if token.sort not in ("word", "act") or token.text == ",":
            break
        if token.low in _BY_CALLING:
            yield _BY_CALLING[token.low]
    after = tokens[at + 1 : at + 1 + _AFTER]
    if len(after) > 1 and after[0].text in ",(—–" and after[1].low in _OPENS:
        for token in after[1:]:
            if token.text in ",)—–":
                break
            if token.low in _BY_CALLING:
                yield _BY_CALLING[token.low]
