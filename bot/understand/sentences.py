"""Sentences of a text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = re.compile(r"[.!?…][\"”’')\]]*\s+(?=[\"“‘'(\[]*[A-Z0-9$€£¥])")
_NO_END = re.compile(
    r"(?:^|[\s(\"“])(?:Inc|Corp|Co|Ltd|Cos|Bros|Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|St|Mt|Ft|No|vs|"
    r"approx|est|incl|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|U\.S|U\.K|U\.N|E\.U|a\.m|p\.m|"
    r"i\.e|e\.g|[A-Z])\.$"
)


_SHORT = 12  #: characters at the end of a sentence that hold any of these


def sentences(text: str) -> list[str]:
    """Return the sentences of *text*, in order; a line break ends one too.

    >>> sentences("Acme Inc. paid $1.5bn. The U.S. firm said so.")
    ['Acme Inc. paid $1.5bn.', 'The U.S. firm said so.']
    """
    return list(each_sentence(text))


def each_sentence(text: str) -> Iterator[str]:
    """Yield the sentences of *text*, in order, for readers of the first ones only."""
    for line in text.splitlines():
        start = 0
        for end in _END.finditer(line):
            sentence = line[start : end.end()].strip()
            if not _NO_END.search(sentence, max(0, len(sentence) - _SHORT)):
                yield sentence
                start = end.end()
        if rest := line[start:].strip():
            yield rest
