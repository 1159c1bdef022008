"""Promises about sides: who pays and who gets follows from the act, never from word order."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.model import Story
from bot.understand.claim import draft
from bot.understand.knowledge import Knowledge

NOW = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("title", "payers", "recipients"),
    [
        pytest.param("Nvidia to invest $1B in Norvexa", ["Nvidia"], ["Norvexa"], id="invests in"),
        pytest.param(
            "Norvexa lands $1B investment from Nvidia", ["Nvidia"], ["Norvexa"], id="lands"
        ),
        pytest.param(
            "Norvexa seeks an investment from Nvidia", ["Nvidia"], ["Norvexa"], id="seeks"
        ),
        pytest.param(
            "JPMorgan gives Norvexa $1B loan", ["JPMorgan"], ["Norvexa"], id="gives a loan"
        ),
        pytest.param("Norvexa raises $90M Series B", [], ["Norvexa"], id="raises"),
        pytest.param("AMD to buy Tarnwick AI for $665M", ["AMD"], ["Tarnwick AI"], id="to buy"),
        pytest.param("AMD near deal to buy Tarnwick", ["AMD"], ["Tarnwick"], id="near deal to buy"),
        pytest.param("Tarnwick acquired by AMD for $2bn", ["AMD"], ["Tarnwick"], id="acquired by"),
        pytest.param(
            "Meta signs $14bn cloud deal with CoreWeave", ["Meta"], ["CoreWeave"], id="customer"
        ),
        pytest.param(
            "CoreWeave signs $14bn deal with Meta", ["Meta"], ["CoreWeave"], id="seller first"
        ),
        pytest.param(
            "CoreWeave strikes deal with Anthropic", ["Anthropic"], ["CoreWeave"], id="stack"
        ),
        pytest.param(
            "Oracle agrees to buy power from Bloom Energy", ["Oracle"], ["Bloom Energy"], id="power"
        ),
        pytest.param("Google to build $2B data center in Ohio", ["Google"], ["Ohio"], id="place"),
        pytest.param("Nvidia-backed Norvexa raises $90M", [], ["Norvexa"], id="earlier backer"),
        pytest.param("Norvexa gets $2bn from Nvidia", ["Nvidia"], ["Norvexa"], id="gets from"),
        pytest.param("Norvexa agrees to takeover by AMD", ["AMD"], ["Norvexa"], id="takeover by"),
        pytest.param("CoreWeave wins order from Meta", ["Meta"], ["CoreWeave"], id="wins order"),
        pytest.param(
            "Microsoft and Nvidia to invest in Norvexa",
            ["Microsoft", "Nvidia"],
            ["Norvexa"],
            id="both",
        ),
        pytest.param(
            "Marvell jumps on deal that lets Google buy $9 billion in shares",
            ["Google"],
            ["Marvell"],
            id="lets another buy",
        ),
        pytest.param(
            "AMD signs chip deal with OpenAI, gives it option to take a 10% stake",
            ["OpenAI"],
            ["AMD"],
            id="an option that comes with a contract",
        ),
        pytest.param(
            "Nvidia in talks with OpenAI to guarantee $25 billion financing",
            ["Nvidia"],
            ["OpenAI"],
            id="a guarantee that is the news",
        ),
        pytest.param(
            "Hut 8 signs $7 billion lease with Fluidstack, backstopped by Google",
            ["Fluidstack"],
            ["Hut 8"],
            id="a guarantee that comes with a lease",
        ),
        pytest.param("Norvexa buy gives AMD a foothold", ["AMD"], ["Norvexa"], id="buy gives"),
        pytest.param("Amazon in talks to sell chips to labs", [], ["Amazon"], id="sells goods"),
        pytest.param(
            "Nvidia-Backed Firm Norvexa Builds $2B Campus in Ohio",
            ["Norvexa"],
            ["Ohio"],
            id="a word tied to a name is no act",
        ),
        pytest.param(
            "Tarnwick filing shows Anthropic is paying CoreWeave $2bn a year",
            ["Anthropic"],
            ["CoreWeave"],
            id="what papers show",
        ),
        pytest.param(
            "Google tops Microsoft with $3B investment in Norvexa",
            ["Google"],
            ["Norvexa"],
            id="a rival outdone",
        ),
        pytest.param(
            "Norvexa taps JPMorgan as it files for IPO", [], ["Norvexa"], id="banks of a listing"
        ),
        pytest.param(
            "Microsoft to invest $1.5bn in Abu Dhabi AI group G42",
            ["Microsoft"],
            ["G42"],
            id="seat of a group",
        ),
        pytest.param(
            "Google plans $650M data centers in Dallas County",
            ["Google"],
            ["Dallas County"],
            id="a county is no town",
        ),
        pytest.param(
            "CoreWeave lands $2bn Anthropic deal",
            ["Anthropic"],
            ["CoreWeave"],
            id="deal named by its customer",
        ),
        pytest.param(
            "Norvexa lands $90M Nvidia investment",
            ["Nvidia"],
            ["Norvexa"],
            id="investment named by its investor",
        ),
        pytest.param(
            "Norvexa rejects AMD's $800M offer",
            ["AMD"],
            ["Norvexa"],
            id="offer rejected",
        ),
        pytest.param(
            "KKR leads Norvexa's $90M Series B",
            ["KKR"],
            ["Norvexa"],
            id="leads a round",
        ),
        pytest.param(
            "Norvexa raises $90M from investors including KKR and Cisco",
            ["KKR", "Cisco"],
            ["Norvexa"],
            id="including",
        ),
        pytest.param(
            "Norvexa secures $90M in new round, AMD joins as investor",
            ["AMD"],
            ["Norvexa"],
            id="another clause",
        ),
        pytest.param(
            "Ares backs $1bn loan for CyrusOne",
            ["Ares"],
            ["CyrusOne"],
            id="backs a loan",
        ),
        pytest.param(
            "SoftBank seeks $1bn loan backed by OpenAI shares",
            [],
            ["SoftBank"],
            id="shares pledged",
        ),
        pytest.param(
            "HSBC launches $1bn Vantage debt sale",
            [],
            ["Vantage"],
            id="arranger",
        ),
        pytest.param(
            "Blackstone kicks off $4bn bond sale for Meta data center",
            [],
            ["Meta"],
            id="investor that brings debt to market",
        ),
        pytest.param(
            "Microsoft secures 400 MW of capacity from Nebius",
            ["Microsoft"],
            ["Nebius"],
            id="secured from a supplier",
        ),
        pytest.param(
            "Nvidia AI chip challenger Cerebras raises $1bn",
            [],
            ["Cerebras"],
            id="challenger",
        ),
        pytest.param(
            "OpenAI taps CoreWeave in $1bn cloud deal",
            ["OpenAI"],
            ["CoreWeave"],
            id="taps",
        ),
        pytest.param(
            "Meta signs PPA with Norvexa for 90 MW of solar power",
            ["Meta"],
            ["Norvexa"],
            id="unlisted seller of power",
        ),
        pytest.param(
            "Norvexa, Meta sign PPA for a Texas solar plant",
            ["Meta"],
            ["Norvexa"],
            id="seller of power first",
        ),
        pytest.param(
            "Bloom Energy and Oracle expand partnership to deploy 2 GW of fuel cells",
            ["Oracle"],
            ["Bloom Energy"],
            id="partners deploy",
        ),
        pytest.param(
            "Anthropic signs compute deal with Google and Broadcom",
            ["Anthropic"],
            ["Google", "Broadcom"],
            id="sellers stand together",
        ),
        pytest.param(
            "CoreWeave shares jump after company signs deal with Meta",
            ["Meta"],
            ["CoreWeave"],
            id="share move",
        ),
        pytest.param(
            "Norvexa rival Tarnwick raises $90M to challenge Nvidia",
            [],
            ["Tarnwick"],
            id="rivals are no party",
        ),
        pytest.param(
            "Brookfield's Compass to buy Tarnwick for $2bn",
            ["Compass"],
            ["Tarnwick"],
            id="owner is no party",
        ),
        pytest.param(
            "Norvexa books $90M turbine order from Meta",
            ["Meta"],
            ["Norvexa"],
            id="books an order",
        ),
        pytest.param(
            "OpenAI files for IPO on the heels of Anthropic",
            [],
            ["OpenAI"],
            id="another's listing",
        ),
    ],
)
def test_these_pay_and_those_get(
    title: str, payers: list[str], recipients: list[str], known: Knowledge
) -> None:
    claim, _ = draft(Story(id="s", url="", source="", title=title), known, NOW)

    assert (list(claim.payers), list(claim.recipients)) == (payers, recipients)


@pytest.mark.parametrize(
    ("title", "place"),
    [
        pytest.param("Google plans a US$2bn campus in Dallas, Texas", "Dallas", id="town first"),
        pytest.param(
            "Google breaks ground on campus in Bosque County, Texas", "Texas", id="county"
        ),
        pytest.param(
            "Texas-based CyrusOne to build data center in Ohio", "Ohio", id="seat is no site"
        ),
        pytest.param("CyrusOne to build $80M data center in North Texas", "Texas", id="direction"),
        pytest.param("CyrusOne to build campus outside Waco, Texas", "Texas", id="small town"),
        pytest.param("Denver firm plans $2bn Texas data center", "Texas", id="firm's town"),
        pytest.param("Google to spend £2bn on AI sites in Britain", "UK", id="one name a country"),
        pytest.param("Microsoft to invest $1bn in Thailand's cloud", "Thailand", id="possessive"),
    ],
)
def test_a_buildout_goes_to_its_place(title: str, place: str, known: Knowledge) -> None:
    claim, _ = draft(Story(id="s", url="", source="", title=title), known, NOW)

    assert claim.recipients == (place,)


def test_a_government_that_a_title_begins_with_pays(known: Knowledge) -> None:
    title = "Norway to spend $2bn on AI data centers"
    claim, _ = draft(Story(id="s", url="", source="", title=title), known, NOW)

    assert claim.payers == ("Norway government",)
