"""The table of cases: each one is readable, and none claims more than its numbers."""

import math
import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.cases.counts import choose_base
from analysis.cases.examples import make_example, tell_examples
from analysis.cases.table import TABLE, Case, Places, Proof, Step
from analysis.cases.telling import Finding, find_case, tell, tell_verdict
from analysis.stats.cells import Direction
from analysis.stats.results import Verdict
from lab.i18n import command_context
from tests.pages import Pages

SNAPSHOTS = Path(__file__).parent / "snapshots"
MOST_WORDS = 20
JARGON = {
    "en": (
        "significant",
        "confidence",
        "p-value",
        "estimate",
        "varia(nce|tion)",
        "interval",
        "null",
    ),
    "nl": ("significant", "betrouwbaarheid", "p-waarde", "schatting", "interval", "variantie"),
}
SURE = {"en": ("clearly",), "nl": ("duidelijk",)}
LIKELY = {"en": ("probably",), "nl": ("waarschijnlijk",)}
SAME = {"en": ("no difference that matters",), "nl": ("geen verschil dat ertoe doet",)}


def list_all(language: str) -> dict[str, str]:
    """Return each case, and each situation without a verdict, with what is said."""
    with command_context(language):
        cases = {" · ".join(map(str, _fields(case))): tell(make_example(case)) for case in TABLE}
        return cases | {str(one): said for one, said in tell_examples().items()}


def _fields(case: Case) -> tuple[str, ...]:
    return tuple(str(getattr(case, name)) for name in Case.__slots__)


def split(text: str) -> list[str]:
    """Return the sentences of a text."""
    return [one for one in re.split(r"(?<=\.)\s", text) if one]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_case_is_said_as_it_was(language, request):
    said = "\n\n".join(f"{case}\n{text}" for case, text in list_all(language).items()) + "\n"
    path = SNAPSHOTS / f"sentences.{language}.txt"
    if request.config.getoption("--renew-sentences"):
        path.write_text(said, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == said


@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_case_is_short_and_without_jargon(language):
    for case, text in list_all(language).items():
        for sentence in split(text):
            # A name is one thing to its reader, however many words it has.
            words = re.sub(r"“[^”]*”", "X", sentence).split()
            assert len(words) <= MOST_WORDS + 2, (case, sentence)
        low = text.lower()
        assert not [word for word in JARGON[language] if re.search(rf"\b{word}", low)], case
        assert "%(" not in text


def test_cases_that_are_told_apart_differ_in_words():
    for language in ("nl", "en"):
        said = [text for case, text in list_all(language).items() if " · " in case]
        assert len(set(said)) == len(TABLE)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_gallery_shows_every_case(client, language):
    Pages(client).submit("/language", {"language": language, "next": "/"}, at="/advice")
    page = client.get("/advice/sentences").get_data(as_text=True)
    # The page escapes nothing that a sentence has in it.
    assert all(text in page for text in list_all(language).values())


def test_gallery_stands_beside_the_advice(client):
    assert 'href="/advice/sentences' in client.get("/advice").get_data(as_text=True)


shares = st.floats(0.0005, 0.9)


@st.composite
def findings(draw) -> Finding:
    """Return any verdict with any limits: also those that do not belong together."""
    direction = draw(st.sampled_from(Direction))
    rates = draw(shares), draw(shares)
    difference = (rates[0] - rates[1]) * (-1 if direction == Direction.LOWER else 1)
    below, above = draw(st.floats(0, 0.3)), draw(st.floats(0, 0.3))
    return Finding(
        verdict=draw(st.sampled_from(Verdict)),
        variant="“alpha”",
        reference="“beta”",
        limits=(difference - below, difference + above),
        rates=rates,
        base=choose_base(rates),
        units="letters",
        margin=draw(st.sampled_from([0.002, 0.01, 0.02, 0.05])),
        step=draw(st.sampled_from(Step)),
        direction=direction,
        proof=draw(st.sampled_from(Proof)),
        places=draw(st.sampled_from(Places)),
        is_expected=draw(st.booleans()),
        more_needed=draw(st.none() | st.integers(1, 90_000)),
    )


def read_numbers(text: str) -> list[float]:
    """Return the numbers in an English text."""
    found = re.findall(r"\d[\d,]*(?:\.\d+)?", text)
    return [float(one.replace(",", "")) for one in found]


@given(findings(), st.sampled_from(["nl", "en"]))
def test_no_verdict_is_said_that_its_limits_do_not_carry(found, language):
    with command_context(language):
        said = tell_verdict(found)
    low, high = found.limits
    if any(word in said for word in SURE[language]):
        assert low > 0
    if any(word in said for word in SAME[language]):
        assert -found.margin < low
        assert high < found.margin
    if found.verdict is Verdict.NOT_ENOUGH_DATA:
        assert not any(word in said for word in SURE[language] + LIKELY[language] + SAME[language])


@given(findings())
def test_a_range_is_never_narrower_than_its_limits(found):
    with command_context("en"):
        text = tell(found)
    low, high = (share * found.base for share in found.limits)
    if match := re.search(r"The difference is ([\d.,]+) to ([\d.,]+) in every", text):
        lower, upper = read_numbers(" ".join(match.groups()))
        assert low > 0
        assert lower <= low + 1e-6
        assert upper >= high - 1e-6
    if match := re.search(r"at most ([\d.,]+) in every .* 0, or up to ([\d.,]+) the other", text):
        most, behind = read_numbers(" ".join(match.groups()))
        assert most >= high - 1e-6
        assert behind >= -low - 1e-6
    if match := re.search(r"difference is at most ([\d.,]+) in [\d,]+ either way", text):
        assert read_numbers(match[1])[0] >= max(-low, high) - 1e-6
    if match := re.search(
        r"up to ([\d.,]+) in every [\d,]+ in its favour and up to ([\d.,]+)", text
    ):
        ahead, behind = read_numbers(" ".join(match.groups()))
        assert ahead >= high - 1e-6
        assert behind >= -low - 1e-6
    assert re.search(r"The difference|either way", text)


@given(findings())
def test_counts_are_the_rates_out_of_the_base(found):
    assume(found.verdict is not Verdict.NOT_ENOUGH_DATA or found.more_needed is None)
    with command_context("en"):
        text = tell(found)
    match = re.search(r"about ([\d.,]+) .*?against ([\d.,]+) with", text)
    told = read_numbers(" ".join(match.groups()))
    for count, rate in zip(told, found.rates, strict=True):
        assert abs(count - rate * found.base) <= 0.5 + 1e-9
    # Whole numbers never turn the difference round, or make one of nothing.
    assert (told[0] - told[1]) * (found.rates[0] - found.rates[1]) >= 0
    assert f"very {found.base:,} " in text


@given(findings())
def test_rates_below_two_in_a_hundred_count_of_more(found):
    highest = max(found.rates)
    assert highest * found.base >= 2 or math.isclose(highest * found.base, 2)
    assert found.base == 100 or highest * found.base < 20


@given(findings())
def test_fewer_is_better_is_said_where_it_is_so(found):
    with command_context("en"):
        assert ("Fewer is better" in tell(found)) == (found.direction == Direction.LOWER)


@given(findings())
def test_only_a_lottery_lets_a_variant_work(found):
    with command_context("en"):
        text = tell(found)
    case = find_case(found)
    is_better = case.verdict in (Verdict.CLEARLY_BETTER, Verdict.PROBABLY_BETTER)
    says_so = re.search(r"(?<!whether )“alpha” (probably )?works ", text)
    assert bool(says_so) == (is_better and found.proof is Proof.LOTTERY)
