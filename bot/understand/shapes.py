"""What the knowledge files must look like, so that a mistake is named by entry and key. Pure."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel

from bot.model import Kind, Reason, Status

Words = str | list[str]  #: words parted by blanks, or by "|" where they hold blanks; or a list
Part = Literal["payer", "recipient", "partner", "gaining partner", "customer", "both", "other"]


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    if re.search(r"(?<!\\)[A-Z]", text):
        raise ValueError("write cues in small letters: texts are put in lower case for them")
    return text


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Names(_Shape):
    places: Words = ""
    same_places: Words = ""
    metropolises: Words = ""
    not_names: Words = ""
    descriptors: Words = ""
    name_tails: Words = ""
    first_names: Words = ""
    surnames: Words = ""
    titles: Words = ""
    nations: Words = ""
    homelands: Words = ""
    openers: Words = ""
    deal_verbs: Words = ""
    common: Words = ""
    common_english: Words = ""


class _Act(BaseModel):
    """An act; every further key is a place in its sentence and the part that stands there."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Part]

    kind: Kind
    weight: Annotated[int, Field(ge=0, le=20)]
    verbs: str = ""
    nouns: str = ""


class WordsFile(_Shape):
    """config/words.toml."""

    names: _Names = _Names()
    acts: dict[str, _Act] = {}
    status: dict[Status, list[Annotated[str, AfterValidator(_pattern)]]] = {}


class CompanyRow(BaseModel):
    """A line of config/companies.csv; columns that only people read are left alone."""

    canonical: Annotated[str, Field(min_length=1)]
    aliases: str
    role: str
    layer: Literal["chips", "compute", "datacenter", "networking", "power", "models", ""]
    ambiguous: Literal["no", "yes", "short", ""]
    context_any: str
    reject_if: str


class _Reasons(_Shape):
    names: list[Reason]
    bias: list[float]
    weights: dict[str, list[float]]


class RelevanceFile(_Shape):
    """config/relevance.json, as scripts/train_relevance.py writes it."""

    about: dict[str, object] = {}
    threshold: Annotated[float, Field(gt=0, lt=1)]
    bias: float
    deal: dict[str, float]
    reasons: _Reasons


class SidesFile(RootModel[dict[str, Annotated[list[float], Field(min_length=3, max_length=3)]]]):
    """config/sides.json, as scripts/train_sides.py writes it: payer, recipient, neither."""


class KindFile(RootModel[dict[str, Annotated[list[float], Field(min_length=6, max_length=6)]]]):
    """config/kind.json, as scripts/train_kind.py writes it: one weight a kind."""
