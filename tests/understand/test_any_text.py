"""Any text in any language is read or left, with its reason, and never breaks the reader."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import Reason, Story, Verdict
from bot.understand.claim import draft, read_story
from bot.understand.explain import lost
from bot.understand.knowledge import Knowledge
from bot.understand.language import is_english

NOW = datetime(2026, 1, 5, tzinfo=UTC)

_SCRIPTS = [
    ("Greek and Cyrillic", 0x0370, 0x052F),
    ("Hebrew and Arabic", 0x0590, 0x06FF),
    ("Indic", 0x0900, 0x0DFF),
    ("kana and Han", 0x3040, 0x9FFF),
    ("Hangul", 0xAC00, 0xD7A3),
    ("emoji", 0x1F300, 0x1FAFF),
    ("full-width forms and ligatures", 0xFB00, 0xFFEF),
]
_LETTERS = st.one_of(
    [st.characters(min_codepoint=low, max_codepoint=high) for _, low, high in _SCRIPTS]
)
_CONTROLS = st.characters(categories=["Cc", "Cf", "Co", "Zl", "Zp", "Zs", "Mn"])
_NUMBERS = st.from_regex(
    r"\A(?:US\$|\$|€|£|¥|₹|Rs\.? )?[0-9٠-٩²½,.]{1,30} ?(?:k|m|bn|bln|trillion|crore|GW|%)?\Z"
)
_WORDS = st.sampled_from(
    "Nvidia to buy stake in İREN’s ﬁber for up to between and $5 billion, a 40% loan; deal: İ ß ŉ "
    "acquires Ωmega 6 GW Series B valuation per share last year’s (€2,5bn) AI".split()
)
_LONG = st.builds(
    lambda letter, times: letter * times, st.characters(codec="utf-8"), st.integers(50, 400)
)
_TEXT = st.lists(
    st.one_of(_WORDS, _NUMBERS, st.text(_LETTERS, max_size=12), st.text(_CONTROLS, max_size=4),
              st.text(max_size=12), _LONG),
    max_size=25,
).map(" ".join)  # fmt: skip


@pytest.fixture(scope="module")
def read(known: Knowledge) -> Callable[[Story], Verdict]:
    """Read a story in every way there is; a function, because Hypothesis prints arguments whole."""

    def read(story: Story) -> Verdict:
        claim, _ = draft(story, known, NOW)
        assert not set(claim.payers) & set(claim.recipients)
        lost(story, claim, known)
        return read_story(story, known, NOW)

    return read


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(title=_TEXT, text=_TEXT)
def test_any_text_is_read_or_left(title: str, text: str, read: Callable[[Story], Verdict]) -> None:
    verdict = read(Story("s1", "", "Example News", title, text))
    assert (verdict.claim is None) is (verdict.reason is not None)
    assert 0 <= verdict.score <= 1


@settings(max_examples=60, deadline=None)
@given(
    title=st.one_of(
        [
            st.text(st.characters(min_codepoint=low, max_codepoint=high, categories=["L"]),
                    min_size=5, max_size=80)
            for _, low, high in _SCRIPTS if low < 0xFB00
        ]
    ),
    deal=st.sampled_from(["", " OpenAI $5bn", " Nvidia IREN"]),
)  # fmt: skip
def test_other_scripts_are_put_aside_as_another_language(title: str, deal: str, read) -> None:
    letters = title + "界" * 9 * len(deal)
    verdict = read(Story("s1", "", "Example News", letters + deal))
    assert verdict.reason is Reason.LANGUAGE


@pytest.mark.parametrize(
    "title",
    [
        "Microsoft investiert vier Milliarden Euro in ein Rechenzentrum bei Köln",
        "Microsoft va investir quatre milliards d'euros dans un centre de données près de Lyon",
        "Microsoft invertirá cuatro mil millones de euros en un centro de datos en Aragón",
        "Microsoft investe quattro miliardi di euro in un centro dati vicino a Milano",
        "Microsoft investeert vier miljard euro in een datacentrum in de buurt van Groningen",
        "Microsoft investerar fyra miljarder euro i ett datacenter utanför Gävle",
        "Microsoft zainwestuje cztery miliardy euro w centrum danych pod Poznaniem",
        "Microsoft, Ankara yakınlarındaki veri merkezine dört milyar avro yatırım yapacak",
        "Microsoft investirá quatro bilhões de euros em um centro de dados perto de Recife",
        "Microsoft akan menginvestasikan empat miliar euro untuk pusat data di dekat Batam",
        "Microsoft вложит четыре миллиарда евро в дата-центр под Алматы",
        "تستثمر مايكروسوفت أربعة مليارات يورو في مركز بيانات قرب الرياض",
        "微软将投资四十亿欧元在上海附近建设数据中心",
        "マイクロソフト、大阪近郊のデータセンターに40億ユーロを投資",
        "마이크로소프트, 부산 인근 데이터센터에 40억 유로 투자",
        "माइक्रोसॉफ्ट पुणे के पास डेटा सेंटर में चार अरब यूरो का निवेश करेगी",
    ],
    ids="de fr es it nl sv pl tr pt id ru ar zh ja ko hi".split(),
)
def test_a_headline_in_another_language_is_put_aside(title: str, known: Knowledge) -> None:
    assert read_story(Story("s1", "", "", title), known, NOW).reason is Reason.LANGUAGE


@pytest.mark.parametrize(
    "title",
    [
        "Microsoft to invest €4bn in data centre near Köln",
        "São Paulo's Elea raises R$300 million for Porto Alegre site",
        "Schwarz Group buys stake in Aleph Alpha",
        "SK hynix, 삼성 sign supply deal with OpenAI for Stargate",
        "IREN lands $9.7bn Microsoft contract",
        "OpenAI to acquire Quorrel",
    ],
    ids=lambda title: title[:18],
)
def test_foreign_names_do_not_make_a_headline_foreign(title: str) -> None:
    assert is_english(title)
