"""Deals, stored and looked up: what the grammar means and what SQL finds are the same."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import QueryError
from bot.model import Change, Claim, Deal, Kind, Layer, Money, Source, Status
from bot.query import Query, matches, parse_query
from bot.store.database import open_store
from bot.store.deals import Deals, id_of, key_of

NOON = datetime(2025, 10, 28, 12, tzinfo=UTC)
NAMES = ("Nvidia", "Nokia", "Brookfield Asset Management", "Société Nordique", "G42", "Meta")


def a_deal(number: int = 1, *, day: datetime = NOON, **changes: object) -> Deal:
    claim = Claim(f"s{number}", day, Kind.EQUITY, Status.ANNOUNCED, evidence={"kind": "A stake."})
    deal = Deal(
        id=f"{day:%Y%m%d}-{number}",
        kind=Kind.EQUITY,
        status=Status.ANNOUNCED,
        payers=("Nvidia",),
        recipients=("Nokia",),
        money=Money(10**9),
        valuation=None,
        stake_pct=2.9,
        capacity_mw=None,
        round=None,
        layer=Layer.NETWORKING,
        binding=None,
        announced=day,
        updated=day,
        sources=(Source(f"s{number}", "", "Grid Weekly", "A stake in Nokia", claim),),
        evidence={"kind": ("A stake.", "s1")},
        history=(Change("new", "", "$1.0B", "s1", day),),
        usd=10**9,
        linked=("20251027-1",),
    )
    return replace(deal, **changes)  # type: ignore[arg-type]


@pytest.fixture
def deals(tmp_path):
    with open_store(tmp_path / "d.db") as db:
        yield Deals(db)


def test_a_deal_comes_back_as_it_was_saved(deals):
    deals.save(a_deal())
    assert deals.get("20251028-1") == a_deal()
    assert deals.all() == [a_deal()]


def test_a_deal_saved_again_is_brought_up_to_date_everywhere(deals):
    deals.save(a_deal())
    changed = a_deal(payers=("AMD",), status=Status.COMPLETED)
    deals.save(changed)
    today = date(2025, 11, 1)
    assert deals.search(parse_query("payer:amd status:completed", today), limit=9) == [changed]
    assert deals.count(parse_query("nvidia", today)) == 0
    assert deals.candidates(a_claim(("Nvidia",)), "", *SPANS) == []


@pytest.mark.parametrize(
    "deal_id", ["20251028-2", "", "nvidia", "2025-1", "20251028-999999999", "٢"]
)
def test_an_id_that_nobody_has_is_none(deals, deal_id):
    deals.save(a_deal())
    assert deals.get(deal_id) is None


def test_ids_count_up_within_their_day(deals):
    assert deals.new_id(NOON.date()) == "20251028-1"
    deals.save(a_deal(1))
    deals.save(a_deal(9))
    assert deals.new_id(NOON.date()) == "20251028-10"
    assert deals.new_id(date(2025, 10, 29)) == "20251029-1"


@given(st.dates(min_value=date(1000, 1, 1)), st.integers(1, 99_999))
def test_an_id_and_its_key_stand_for_each_other(day, number):
    deal_id = f"{day:%Y%m%d}-{number}"
    assert id_of(key_of(deal_id)) == deal_id


DAY = timedelta(days=1)
#: The time over which parties count, and that over which titles and sizes do.
SPANS = (100 * DAY, 10 * DAY)


def a_claim(payers: tuple[str, ...], day: datetime = NOON, money: Money | None = None) -> Claim:
    return Claim("new", day, Kind.EQUITY, Status.ANNOUNCED, payers=payers, money=money)


def test_candidates_share_the_first_word_of_a_party(deals):
    for number, name in enumerate(NAMES, 1):
        deals.save(a_deal(number, payers=(name,), recipients=("Acme",)))
    claim = a_claim(("Brookfield", "SOCIETE Generale"), NOON + 90 * DAY)
    found = deals.candidates(claim, "", *SPANS)
    assert [deal.payers[0] for deal in found] == [NAMES[2], NAMES[3]]
    assert deals.candidates(replace(claim, said_at=NOON + 101 * DAY), "", *SPANS) == []


@pytest.mark.parametrize(
    ("claim", "title"),
    [
        (a_claim((), NOON + 9 * DAY), "A chip maker puts money into Nokia"),
        (a_claim(("Stake in Nokia",), NOON + 9 * DAY), ""),
        (a_claim(("Misread",), NOON + 9 * DAY, Money(10**9)), ""),
    ],
    ids=["its party is in our title", "our party is in its title", "only the size is the same"],
)
def test_in_one_news_cycle_titles_and_sizes_lead_to_a_deal_too(deals, claim, title):
    deals.save(a_deal(usd=10**9))
    assert deals.candidates(claim, title, *SPANS) == [a_deal(usd=10**9)]
    later = replace(claim, said_at=NOON + 11 * DAY)
    assert deals.candidates(later, title, *SPANS) == []


def test_a_claim_without_a_name_or_a_size_has_no_candidates(deals):
    deals.save(a_deal())
    assert deals.candidates(a_claim(()), "", *SPANS) == []


def test_of_a_busy_company_the_deals_that_share_most_are_compared(deals):
    for number in range(1, 100):
        deals.save(a_deal(number, recipients=(f"Company {number}",)))
    deals.save(a_deal(100, day=NOON - 20 * DAY, recipients=("Nokia",)))
    found = deals.candidates(a_claim(("Nvidia", "Nokia")), "", *SPANS)
    assert len(found) == 40


def random_deals(count: int) -> list[Deal]:
    rng = random.Random(7)
    made = []
    for number in range(count):
        usd = rng.choice([None, 5 * 10**8, 10**9, 25 * 10**8])
        day = NOON - timedelta(days=rng.randrange(60))
        payers, recipients = rng.sample(NAMES, 2), rng.sample(NAMES, 1)
        made.append(
            a_deal(
                number + 1,
                day=day,
                kind=rng.choice(list(Kind)),
                status=rng.choice(list(Status)),
                layer=rng.choice([None, *Layer]),
                payers=tuple(payers),
                recipients=tuple(recipients),
                money=usd and Money(usd, rng.choice(["USD", "EUR"])),
                usd=usd,
            )
        )
    return made


PARTS = st.sampled_from(
    ["nvidia", "nok", "-meta", "payer:nvidia", "payer:brook", "to:g42", "-to:g42", '"asset man"']
)
MORE = st.sampled_from(
    ["kind:debt", "kind:equity", "-kind:supply", "status:rumored", "-layer:chips", "layer:power"]
)
REST = st.sampled_from(
    ["currency:EUR", "-currency:USD", "amount>=1b", "amount<1b", "since:20d", "2025-10", "stake"]
)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    made = random_deals(120)
    with open_store(Path(tmp_path_factory.mktemp("db")) / "d.db") as db:
        with db.atomic():
            for deal in made:
                Deals(db).save(deal)
        yield Deals(db), made


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(PARTS | MORE | REST, max_size=4), by_amount=st.booleans())
def test_a_look_up_finds_exactly_the_deals_that_match(library, parts, by_amount):
    deals, made = library
    query = parse_query(
        " ".join([*parts, "sort:amount"] if by_amount else parts), date(2025, 10, 30)
    )
    expected = sorted((d for d in made if matches(query, d)), key=lambda d: key_of(d.id))[::-1]
    if by_amount:
        expected.sort(key=lambda deal: deal.usd or 0, reverse=True)
    assert deals.search(query, limit=999) == expected
    assert deals.count(query) == len(expected)
    assert deals.search(query, limit=3, offset=2) == expected[2:5]


@given(st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_that_a_person_types_breaks_the_search(library, text):
    try:
        query = parse_query(text, date(2025, 10, 30))
    except QueryError:
        query = Query(words=("x",))
    library[0].search(query, limit=1)
