"""What people read of a deal: a careful editor's line and sentences, from its facts alone."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts.summarise import facts, follow_up, headline, notification, summary
from bot.deals.merge import merge
from bot.model import Alert, Change, Claim, Kind, Layer, Money, News, Qualifier, Status
from tests.deals.claims import DAY_ONE, claim, merges, money, story, told

R, A, C, X = Status.RUMORED, Status.ANNOUNCED, Status.COMPLETED, Status.CANCELLED
DEBT, SUPPLY, BUY = Kind.DEBT, Kind.SUPPLY, Kind.ACQUISITION
BUILD, VENTURE = Kind.BUILDOUT, Kind.VENTURE
UP_TO = Qualifier.UP_TO

GOLDEN = {
    "a stake": (
        claim("Nvidia > Nokia", 1, stake_pct=2.9, layer=Layer.NETWORKING),
        "Nvidia → Nokia · $1.0B equity investment",
        "Nvidia invests $1.0B in Nokia for a 2.9% stake.",
    ),
    "a stake without a price": (
        claim("AMD > Tarnwick", stake_pct=8.0),
        "AMD → Tarnwick · equity investment",
        "AMD takes an 8% stake in Tarnwick.",
    ),
    "a ceiling in talks": (
        claim("Amazon > OpenAI", money(50, qualifier=UP_TO), status=R),
        "Amazon → OpenAI · up to $50B equity investment (rumored)",
        "Amazon may invest up to $50B in OpenAI, according to unconfirmed reports.",
    ),
    "a round of many": (
        claim("Aker, Nvidia > Nscale", 1.1, round="Series B", valuation=money(3)),
        "Aker, Nvidia → Nscale · $1.1B Series B round",
        "Nscale raises $1.1B in a Series B round backed by Aker and Nvidia. "
        "Nscale is valued at $3.0B.",
    ),
    "a round of nobody named": (
        claim("> xAI", status=R, valuation=money(200)),
        "xAI · funding round (rumored)",
        "xAI may raise equity in a funding round, according to unconfirmed reports. "
        "The deal would value xAI at $200B.",
    ),
    "a round that closed": (
        claim("> Mistral", 1.7, round="Series C", status=C),
        "Mistral · $1.7B Series C round (completed)",
        "Mistral has completed its Series C round of $1.7B.",
    ),
    "a listing": (
        claim("> Cerebras", 4.8, round="IPO"),
        "Cerebras · $4.8B IPO",
        "Cerebras is to go public to raise $4.8B.",
    ),
    "a purchase in another currency": (
        claim("Singtel, KKR > STT GDC", money(6.6, "SGD"), kind=BUY),
        "Singtel, KKR → STT GDC · S$6.6B acquisition",
        "Singtel and KKR buy STT GDC for S$6.6B (≈ $5.2B).",
    ),
    "a part of a company": (
        claim("SoftBank > Helvora", 2, kind=BUY, stake_pct=51.0),
        "SoftBank → Helvora · $2.0B acquisition",
        "SoftBank buys 51% of Helvora for $2.0B.",
    ),
    "a purchase called off": (
        claim("CoreWeave > Core Scientific", 9, kind=BUY, status=X),
        "CoreWeave → Core Scientific · $9.0B acquisition (cancelled)",
        "CoreWeave’s purchase of Core Scientific for $9.0B is not going ahead as planned.",
    ),
    "a sale without a buyer": (
        claim("> Tarnwick", 2, kind=BUY, status=R),
        "Tarnwick · $2.0B acquisition (rumored)",
        "Tarnwick may be bought for $2.0B, according to unconfirmed reports.",
    ),
    "a purchase without a target": (
        claim("Blackstone, Apollo >", 35, kind=BUY),
        "Blackstone, Apollo · $35B acquisition",
        "Blackstone and Apollo make an acquisition worth $35B.",
    ),
    "a loan": (
        claim("JPMorgan, MUFG > Vantage", 38, kind=DEBT),
        "JPMorgan, MUFG → Vantage · $38B debt financing",
        "JPMorgan and MUFG lend $38B to Vantage.",
    ),
    "bonds": (
        claim("> Meta", 30, kind=DEBT),
        "Meta · $30B debt financing",
        "Meta borrows $30B.",
    ),
    "a lease of capacity": (
        claim("Microsoft > IREN", 9.7, kind=SUPPLY, layer=Layer.COMPUTE, capacity_mw=200.0),
        "Microsoft → IREN · $9.7B compute contract",
        "Microsoft signs a 200 MW compute contract with IREN worth $9.7B.",
    ),
    "a contract paid by the year": (
        claim("OpenAI > Oracle", Money(30_000_000_000, per="year"), kind=SUPPLY, term_years=5.0),
        "OpenAI → Oracle · $30B a year supply contract",
        "OpenAI signs a 5-year supply contract with Oracle worth $30B a year.",
    ),
    "a loan that runs on": (
        claim("Blackstone > Norvexa", 1, kind=DEBT, term_years=7.0),
        "Blackstone → Norvexa · $1.0B debt financing",
        "Blackstone lends $1.0B to Norvexa. The term is 7 years.",
    ),
    "money spent over years": (
        claim("Google > Texas", 40, kind=BUILD, term_years=2.0),
        "Google → Texas · $40B build-out",
        "Google commits $40B to its Texas build-out over 2 years.",
    ),
    "power alone, by a letter of intent": (
        claim("Meta > Oklo", kind=SUPPLY, layer=Layer.POWER, capacity_mw=1200.0, binding=False),
        "Meta → Oklo · 1.2 GW power contract (non-binding)",
        "Meta signs a 1.2 GW power contract with Oklo. The agreement is non-binding.",
    ),
    "an order won": (
        claim("> Supermicro", 2, kind=SUPPLY, layer=Layer.COMPUTE),
        "Supermicro · $2.0B compute contract",
        "Supermicro wins a compute contract worth $2.0B.",
    ),
    "a site": (
        claim("Google > Texas", money(40, qualifier=UP_TO), kind=BUILD, layer=Layer.DATACENTER),
        "Google → Texas · up to $40B build-out",
        "Google commits up to $40B to its Texas data-center build-out.",
    ),
    "a site by its power": (
        claim("Crusoe, Tallgrass > Wyoming", kind=BUILD, capacity_mw=1800.0),
        "Crusoe, Tallgrass → Wyoming · 1.8 GW build-out",
        "Crusoe and Tallgrass commit to their 1.8 GW Wyoming build-out.",
    ),
    "a site put off": (
        claim("Microsoft > Ohio", 1, kind=BUILD, status=X),
        "Microsoft → Ohio · $1.0B build-out (cancelled)",
        "Microsoft’s Ohio build-out worth $1.0B is not going ahead as planned.",
    ),
    "a builder nobody names": (
        claim("> Dallas", 0.65, kind=BUILD, layer=Layer.DATACENTER),
        "Dallas · $650M build-out",
        "Dallas gets a data-center build-out worth $650M.",
    ),
    "a venture": (
        claim("Blackstone > Google", 5, kind=VENTURE, capacity_mw=500.0),
        "Blackstone → Google · $5.0B joint venture",
        "Blackstone forms a 500 MW joint venture with Google worth $5.0B.",
    ),
    "partners of a venture": (
        claim("Singtel, KKR >", kind=VENTURE, status=R),
        "Singtel, KKR · joint venture (rumored)",
        "Singtel and KKR may form a joint venture, according to unconfirmed reports.",
    ),
    "nobody named": (
        claim(">", 12, round="Series B", valuation=money(41)),
        "undisclosed · $12B Series B round",
        "A Series B round worth $12B has been announced; the parties are undisclosed. "
        "The company is valued at $41B.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("said", "line", "text"), GOLDEN.values(), ids=GOLDEN)
def test_a_deal_reads_as_an_editor_would_write_it(said: Claim, line: str, text: str) -> None:
    deal = told(said)
    assert headline(deal) == line
    assert summary(deal) == text


_ANY = st.builds(
    lambda who, size, kind, status, stake, power, name, layer: claim(
        who, size, kind=kind, status=status, stake_pct=stake, capacity_mw=power, round=name,
        layer=layer,
    ),
    who=st.sampled_from([">", "Nvidia >", "> Nokia", "Nvidia > Nokia", "Nvidia, AMD > Nokia, G42"]),
    size=st.sampled_from([None, 1.5, money(2, "EUR", UP_TO)]),
    kind=st.sampled_from(Kind),
    status=st.sampled_from(Status),
    stake=st.sampled_from([None, 8.0]),
    power=st.sampled_from([None, 650.0]),
    name=st.sampled_from([None, "Series C", "IPO"]),
    layer=st.sampled_from([None, *Layer]),
)  # fmt: skip


@settings(deadline=None)
@given(_ANY)
def test_every_fact_is_told_in_three_plain_sentences_at_most(said: Claim) -> None:
    deal = told(said)
    shown = " ".join([headline(deal), summary(deal), *map(" ".join, facts(deal))])
    for fact in (*deal.payers, *deal.recipients, deal.round, "8%" if deal.stake_pct else None):
        assert fact is None or fact in shown
    if deal.capacity_mw:
        assert "650 MW" in shown
    if deal.money:
        assert ("up to €2.0B" if deal.money.currency == "EUR" else "$1.5B") in shown
    if deal.status is R:
        assert "rumored" in headline(deal)
        assert "unconfirmed" in summary(deal)
    text = summary(deal)
    assert len(re.findall(r"[.](?: |$)", text)) <= 3
    assert not re.search(r"  | [,.]|\b(\w+) \1\b|\ba [aeio]", text), text


def test_facts_show_what_nobody_said_as_undisclosed() -> None:
    shown = dict(facts(told(claim("Nvidia >"))))
    assert shown["Payer"] == "Nvidia"
    assert {shown[label] for label in ("Amount", "Stake", "Recipient")} == {"undisclosed"}
    assert "Valuation" not in shown


def test_a_long_list_of_backers_is_counted() -> None:
    deal = told(claim("Alpha, Beta, Gamma, Delta, Epsilon, Zeta, Eta, Theta > Nscale", 1))
    assert headline(deal).startswith("Alpha, Beta, Gamma +5 → Nscale")
    assert "Zeta and 2 others invest" in summary(deal)
    deal = told(claim("Alpha, Beta, Gamma, Delta, Epsilon, Zeta, Eta > Nscale", 1))
    assert "Zeta and one other invest" in summary(deal)


def test_a_phone_shows_whether_it_is_new_talk_or_an_update() -> None:
    talk, signed = merges(claim("Nvidia > Nokia", 1, status=R), claim("Nvidia > Nokia", 1, day=1))
    new = Alert(News.NEW, talk.deal.id, "s0", "", talk.changes)
    assert notification(new, talk.deal).startswith("RUMOR: Nvidia → Nokia")
    update = Alert(News.CHANGE, signed.deal.id, "s1", "", signed.changes)
    assert notification(update, signed.deal) == (
        "UPDATE: Nvidia → Nokia · $1.0B equity investment · Now announced (was rumored)"
    )


def test_a_deal_whose_titles_tell_of_a_listing_is_told_as_one() -> None:
    said = claim("> Helvora", id="s1", status=R)
    deal = merge(None, story(said, title="Helvora weighs IPO"), said, deal_id="20260302-1").deal
    assert headline(deal) == "Helvora · IPO (rumored)"
    assert summary(deal) == "Helvora may go public, according to unconfirmed reports."


@pytest.mark.parametrize(
    ("title", "quoted"),
    [
        pytest.param(
            "Norvexa raises $90M to put servers in space | Grid",
            " Example News: “Norvexa raises $90M to put servers in space”.",
            id="what it is for",
        ),
        pytest.param("Norvexa announces deal worth $90 million", "", id="nothing more"),
        pytest.param("Norvexa tops $2bn Tarnwick tidal project", "", id="another sum"),
        pytest.param("Inside the trillion-dollar race for tidal power", "", id="hype"),
        pytest.param(f"Norvexa lends {'very ' * 40}freely abroad", "", id="too long to quote"),
    ],
)
def test_a_title_that_says_more_than_the_facts_is_quoted(title: str, quoted: str) -> None:
    said = claim("> Norvexa", 0.09, id="s1")
    deal = merge(None, story(said, title=title), said, deal_id="20260302-1").deal
    assert summary(deal) == f"Norvexa raises $90M in equity.{quoted}"
    rumored = replace(deal, status=R)
    assert "“" not in summary(rumored), "the title tells of another status"


def test_the_first_sentences_of_a_text_are_quoted_where_they_say_more_than_its_title() -> None:
    lead = ('Norvexa has raised $90 million to fly "servers".', "Tarnwick led the round in May.")
    said = replace(claim("> Norvexa", 0.09, id="s1"), lead=lead)
    deal = merge(None, story(said, title="Norvexa raises $90M"), said, deal_id="20260302-1").deal
    quoted = "Norvexa has raised $90 million to fly ‘servers’. Tarnwick led the round in May."
    assert summary(deal) == f"Norvexa raises $90M in equity. Example News: “{quoted}”"
    valued = replace(deal, valuation=money(2))
    assert summary(valued).endswith("fly ‘servers’.”"), "three sentences at most"
    other = replace(deal, money=money(9))
    assert "“" not in summary(other), "the source tells of another sum"


@pytest.mark.parametrize(
    ("sentence", "told_as"),
    [
        ("It will deploy up to 650 MW.", "up to 650 MW"),
        ("It takes at least 650 megawatts.", "over 650 MW"),
        ("It takes 650 MW.", "650 MW"),
    ],
    ids=["ceiling", "floor", "exact"],
)
def test_a_capacity_keeps_its_limit(sentence: str, told_as: str) -> None:
    said = claim("Meta > Oklo", kind=SUPPLY, capacity_mw=650.0, layer=Layer.POWER)
    said = replace(said, evidence={**said.evidence, "capacity_mw": sentence})
    deal = told(said)
    assert dict(facts(deal))["Capacity"] == told_as
    assert headline(deal) == f"Meta → Oklo · {told_as} power contract"
    assert told_as in summary(deal)


def test_a_worth_before_the_new_money_is_told_as_such() -> None:
    said = claim("> Norvexa", 1, valuation=money(4))
    said = replace(said, evidence={**said.evidence, "valuation": "at a $4bn pre-money valuation"})
    assert "valued at $4.0B before the new money" in summary(told(said))


FOLLOW_UPS = {
    "first": (Change("money", "", "$2.0B", "s1", DAY_ONE), "Amount disclosed: $2.0B"),
    "corrected": (Change("money", "$1.0B", "$2.0B", "s1", DAY_ONE), "Amount now $2.0B (was $1.0B)"),
    "withdrawn": (Change("money", "$1.0B", "", "s1", DAY_ONE), "Amount withdrawn (was $1.0B)"),
    "ten times off": (
        Change("conflict", "$16B", "$1.6B", "s1", DAY_ONE),
        "Paper 1 says $1.6B where others say $16B: one may be a slip",
    ),
}


@pytest.mark.parametrize(("change", "line"), FOLLOW_UPS.values(), ids=FOLLOW_UPS)
def test_a_change_is_told_with_what_it_replaced(change: Change, line: str) -> None:
    deal = told(claim("Nvidia > Nokia", 1), claim("Nvidia > Nokia", 2, day=1))
    assert follow_up(Alert(News.CHANGE, deal.id, "s1", "", (change,)), deal) == line


def test_one_more_source_is_counted_by_its_publisher() -> None:
    deal = told(claim("Nvidia > Nokia"), claim("Nvidia > Nokia", day=1, id="again"))
    alert = Alert(News.SOURCE, deal.id, "again", "")
    assert follow_up(alert, deal) == "2nd source: Paper 1"
    assert follow_up(replace(alert, story_id="s0"), deal) == "1st source: Paper 0"
