"""How a refund is divided, for any case: nothing is lost, nobody gets too much, own units first, order is nothing."""

from collections import Counter
from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tarazy.domain.refund import Division, RefundTerms, Source, Victim, divide, formula
from tarazy.values.ids import CaseId, HoldId, RefundId, ReportId
from tarazy.values.instant import Instant

NAMES = [ReportId(f"r{number}") for number in range(5)]
STRANGER = ReportId("withdrawn")
TIMES = [Instant.parse(f"2026-07-0{day}T10:00:00Z") for day in (1, 2, 3)]
SUMS = st.integers(0, 12) | st.integers(0, 10**12)
VICTIMS = st.lists(
    st.builds(Victim, st.sampled_from(NAMES), st.sampled_from(TIMES), SUMS),
    max_size=5,
    unique_by=lambda one: one.report_id,
)
CLAIMED: st.SearchStrategy[frozenset[ReportId]] = (
    st.sampled_from([*NAMES, STRANGER]).map(lambda one: frozenset({one}))
    | st.frozensets(st.sampled_from([*NAMES, STRANGER]), max_size=3)
    | st.just(frozenset())
)
SOURCES = st.lists(
    st.builds(Source, st.sampled_from("abcdefg").map(lambda name: HoldId(f"hd-{name}")), SUMS, CLAIMED), max_size=8
)


def payable_by(victims: list[Victim], sources: list[Source]) -> int:
    known = {one.report_id for one in victims}
    return sum(one.amount_minor for one in sources if not one.claimed_by or one.claimed_by & known)


@given(VICTIMS, SOURCES)
def test_every_unit_is_accounted_for(victims: list[Victim], sources: list[Source]) -> None:
    division = divide(victims, sources)
    assert division.paid_minor == min(sum(one.missing_minor for one in victims), payable_by(victims, sources))
    to_reports, of_holds, held = Counter[str](), Counter[str](), Counter[str]()
    for payment in division.payments:
        assert payment.amount_minor > 0
        to_reports[payment.report_id] += payment.amount_minor
        of_holds[payment.hold_id] += payment.amount_minor
    for source in sources:
        held[source.hold_id] += source.amount_minor
    assert to_reports == Counter({one.report_id: one.share_minor for one in division.shares if one.share_minor})
    assert of_holds <= held
    assert sum(to_reports.values()) == division.paid_minor


@given(VICTIMS, SOURCES)
def test_nobody_gets_more_than_they_miss_and_each_share_is_its_own_units_and_its_parts(
    victims: list[Victim], sources: list[Source]
) -> None:
    missing = {one.report_id: one.missing_minor for one in victims}
    for share in divide(victims, sources).shares:
        assert 0 <= share.share_minor <= missing[share.report_id] == share.missing_minor
        assert share.share_minor == share.own_minor + sum(part.share_minor for part in share.parts)


@given(VICTIMS, SOURCES)
def test_own_units_come_first(victims: list[Victim], sources: list[Source]) -> None:
    missing = {one.report_id for one in victims if one.missing_minor}
    own = Counter[str]()
    for source in sources:
        if len(alone := source.claimed_by & missing) == 1:
            own[next(iter(alone))] += source.amount_minor
    for share in divide(victims, sources).shares:
        assert share.own_minor == min(share.missing_minor, own[share.report_id])


@given(VICTIMS, SOURCES)
def test_what_is_shared_is_shared_in_proportion_to_what_is_still_missed(
    victims: list[Victim], sources: list[Source]
) -> None:
    division = divide(victims, sources)
    pots: dict[tuple[int, int], list[int]] = {}
    for share in division.shares:
        still = share.missing_minor - share.own_minor
        for part in share.parts:
            assert part.missing_minor == still
            still -= part.share_minor
            exact = Fraction(part.pot_minor * part.missing_minor, part.whole_minor)
            assert abs(part.share_minor - exact) < 1
            pots.setdefault((part.pot_minor, part.whole_minor), []).append(part.share_minor)
    for (pot, _), parts in pots.items():
        assert sum(parts) % pot == 0


@given(VICTIMS, SOURCES, st.randoms(use_true_random=False))
def test_the_order_of_what_is_given_changes_nothing(
    victims: list[Victim], sources: list[Source], chance: Random
) -> None:
    other_victims, other_sources = victims[:], sources[:]
    chance.shuffle(other_victims)
    chance.shuffle(other_sources)
    assert divide(other_victims, other_sources) == divide(victims, sources)


@given(VICTIMS.filter(len), SOURCES)
def test_a_further_victim_never_raises_what_another_gets_of_their_own(
    victims: list[Victim], sources: list[Source]
) -> None:
    before = {one.report_id: one.own_minor for one in divide(victims[1:], sources).shares}
    after = {one.report_id: one.own_minor for one in divide(victims, sources).shares}
    assert all(after[report_id] <= own for report_id, own in before.items())


@given(VICTIMS.filter(len), SOURCES)
def test_a_further_victim_takes_nothing_of_what_is_anothers_alone(victims: list[Victim], sources: list[Source]) -> None:
    alone = [one for one in sources if len(one.claimed_by) == 1]
    before = {one.report_id: one.own_minor for one in divide(victims[1:], alone).shares}
    after = {one.report_id: one.own_minor for one in divide(victims, alone).shares}
    assert all(after[report_id] == own for report_id, own in before.items())


def test_the_formula_is_one_line_that_adds_up() -> None:
    first, second = Victim(NAMES[0], TIMES[0], 500_000), Victim(NAMES[1], TIMES[1], 250_001)
    shared = Source(HoldId("hd-s"), 300_001, frozenset())
    assert [formula(one) for one in divide([first, second], [shared]).shares] == [
        "300001 × 500000 / 750001 = 200000",
        "300001 × 250001 / 750001 = 100001",
    ]
    own = Source(HoldId("hd-o"), 100_000, frozenset({NAMES[0]}))
    division = divide([first, second], [shared, own])
    assert [formula(one) for one in division.shares] == [
        "100000 + 300001 × 400000 / 650001 = 284616",
        "300001 × 250001 / 650001 = 115385",
    ]
    assert [formula(one) for one in divide([first], [own]).shares] == ["100000 = 100000"]


@given(VICTIMS, SOURCES, st.sampled_from(["lane", "case_id", "refund_id", "authorisation_id", "currency", "hearings"]))
def test_other_decisions_have_other_terms(victims: list[Victim], sources: list[Source], field: str) -> None:
    def terms(division: Division, **other: Any) -> tuple[tuple[str, str], ...]:
        facts = {"refund_id": RefundId("rf"), "case_id": CaseId("cs"), "lane": "M16-court", "authorisation_id": None}
        given = {**facts, "currency": "KZT", "hearings": ((HoldId("hd"), "agreed"),), **other}
        return RefundTerms(division=division, **given).terms()

    division = divide(victims, sources)
    other: Any = ((HoldId("hd"), "objected"),) if field == "hearings" else "other"
    assert terms(division) != terms(division, **{field: other})
    if division.shares:
        more = divide(victims[:1], [Source(HoldId("hd-more"), 1, frozenset())])
        assert terms(more) != terms(division) or more == division
