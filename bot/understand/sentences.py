"""Sentences of a text. Pure."""

from __future__ import annotations

import re

_END = re.compile(r"[.!?…][\"”’')\]]*\s+(?=[\"“‘'(\[]*[A-Z0-9$€£¥])")
_NO_END = re.compile(
    r"(?:^|[\s(\"“])(?:Inc|Corp|Co|Ltd|Cos|Bros|Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|St|Mt|Ft|No|vs|"
    r"approx|est|incl|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|U\.S|U\.K|U\.N|E\.U|a\.m|p\.m|"
    r"i\.e|e\.g|[A-Z])\.$"
)


def sentences(text: str) -> list[str]:
    """Return the sentences of *text*, in order; a line break ends one too.

    >>> sentences("Acme Inc. paid $1.5bn. The U.S. firm said so.")
    ['Acme Inc. paid $1.5bn.', 'The U.S. firm said so.']
    """
    found = []
    for line in text.splitlines():
        start = 0
        for end in _END.finditer(line):
            sentence = line[start : end.end()].strip()
            if not _NO_END.search(sentence):
                found.append(sentence)
                start = end.end()
        if rest := line[start:].strip():
            found.append(rest)
    return found
