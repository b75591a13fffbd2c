"""What must hold whatever is asked and whatever happens to a pack."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarazy.adapters.packs import load_pack
from tarazy.law.assessment import (
    ActorRole,
    Alternative,
    AssertionKind,
    Authorised,
    Fact,
    Lane,
    Mark,
    Measure,
    NormVersion,
    Request,
    TestId,
    Verdict,
)
from tarazy.law.gate import assess
from tarazy.law.ground import Pack, cited_norms, index
from tarazy.law.pack import Norm
from tarazy.law.rule_fields import REPORT_ONLY, required_fields
from tarazy.values.instant import Instant
from tests.law.requests import KZ_LAWFUL, LAWFUL, NOW, lawful

DEMO = load_pack("kz-demo")
AMOUNTS = st.none() | st.integers(min_value=-5, max_value=40)
WORDS = st.sampled_from(["", "short", "long enough to be a reason at all"])
FACTS = st.lists(
    st.builds(Fact, kind=st.sampled_from(AssertionKind), code=st.just("c"), source=st.sampled_from(["", "a source"])),
    max_size=3,
).map(tuple)
SPANS = st.integers(min_value=-3, max_value=300).map(lambda hours: timedelta(hours=hours))
REQUESTS = st.builds(
    Request,
    measure=st.sampled_from(Measure),
    actor_role=st.sampled_from(ActorRole),
    officer_named=st.booleans(),
    currency=st.just("KZT"),
    amount_minor=AMOUNTS,
    traced_minor=AMOUNTS,
    claim_minor=AMOUNTS,
    offence_id=st.sampled_from([None, "kz-cc-190-1", "kz-cc-317", "nothing"]),
    aim=st.sampled_from([None, "rights_of_others", "convenience"]),
    facts=FACTS,
    suitability=WORDS,
    alternatives=st.lists(st.builds(Alternative, rung=st.sampled_from(Measure), why=WORDS), max_size=6).map(tuple),
    impact=WORDS,
    features_used=st.lists(st.sampled_from(["amount", "sex", "Region"]), max_size=2).map(tuple),
    duration=st.none() | SPANS,
    has_mandate=st.booleans(),
    mandate_ceiling_minor=AMOUNTS,
    case_registration=st.sampled_from([None, "", "26-1"]),
    report_signed=st.booleans(),
    protected_minor=st.integers(min_value=0, max_value=10),
    whole_account=st.booleans(),
    extends=SPANS,
    extensions_used=st.integers(min_value=0, max_value=3),
    hiding_risk=WORDS,
    new_facts=FACTS,
    authorisation=st.none()
    | st.builds(
        Authorised,
        authorisation_id=st.sampled_from(["", "au_1"]),
        by=st.sampled_from(ActorRole),
        covers_minor=st.none() | st.integers(min_value=0, max_value=1000),
        valid_to=st.none(),
    ),
    lane=st.none() | st.sampled_from(Lane),
    consent=st.sampled_from([None, "co_1"]),
    receiver_heard=st.none() | st.booleans(),
    receiver_objects=st.none() | st.booleans(),
    insistence_id=st.sampled_from([None, "au_2"]),
    exculpatory=FACTS,
    exculpatory_answered=st.booleans(),
    is_urgent=st.booleans(),
    is_automatic=st.booleans(),
    hands=st.lists(st.tuples(st.sampled_from(["proposer", "approver", "confirmer"]), st.sampled_from("ab"))).map(tuple),
    locked_sources=st.sampled_from([frozenset(), frozenset({"a source"})]),
    reports_by_payer=st.integers(min_value=0, max_value=5),
    reports_of_pair=st.integers(min_value=0, max_value=5),
    offence_part=st.sampled_from([None, "base", "nothing"]),
    authority_consent_id=st.sampled_from([None, "co_2"]),
)
MOMENTS = st.integers(min_value=0, max_value=6 * 365 * 24).map(
    lambda hours: Instant.parse("2022-01-01T00:00:00Z").plus(timedelta(hours=hours))
)
"""Any hour from before the packs begin to after their calendars end."""


def nearly_lawful() -> st.SearchStrategy[Request]:
    """Return lawful requests with up to three fields changed, so that the edge of the law is tried, not the sea."""
    names = st.sampled_from(sorted(LAWFUL))
    fields = st.lists(st.sampled_from([f for f in Request.__slots__ if f != "measure"]), max_size=3)
    return st.builds(
        lambda name, any_request, changed: replace(LAWFUL[name], **{f: getattr(any_request, f) for f in changed}),
        names,
        REQUESTS,
        fields,
    )


@given(REQUESTS | nearly_lawful(), MOMENTS | st.just(NOW), st.sampled_from(["kz", "kz-demo", "xx"]))
@settings(max_examples=600, deadline=None)
def test_what_is_permitted_passed_everything_and_ends(request: Request, at: Instant, pack_id: str) -> None:
    answer = assess(request, load_pack(pack_id), at)
    assert [outcome.test for outcome in answer.tests] == list(TestId)
    assert (answer.verdict is Verdict.permitted) == all(outcome.passed for outcome in answer.tests)
    limits = [limit for limit in (request.traced_minor, request.claim_minor) if limit is not None]
    if answer.cap_minor is not None:
        assert answer.cap_minor >= 0
        assert not limits or answer.cap_minor <= max(0, min(limits))
    if answer.verdict is Verdict.refused:
        assert answer.expires_at is None
        return
    assert answer.expires_at is not None
    assert answer.expires_at > at
    assert answer.max_duration is not None
    assert answer.expires_at <= at.plus(answer.max_duration)
    assert not answer.open_questions
    if answer.cap_minor is not None:
        assert request.amount_minor is not None
        assert 0 < request.amount_minor <= answer.cap_minor
        assert not request.whole_account


@given(nearly_lawful(), MOMENTS | st.just(NOW))
@settings(max_examples=200, deadline=None)
def test_bare_kz_never_lets_through_what_is_unsure(request: Request, at: Instant) -> None:
    answer = assess(request, load_pack("kz"), at)
    if request.measure in {Measure.M2t, Measure.M4b, Measure.M16}:
        assert answer.verdict is Verdict.refused


@given(nearly_lawful(), MOMENTS | st.just(NOW), st.sampled_from(["kz-demo", "xx"]))
@settings(max_examples=200, deadline=None)
def test_what_is_recommended_instead_is_not_stopped_by_the_pack(request: Request, at: Instant, pack_id: str) -> None:
    pack = load_pack(pack_id)
    answer = assess(request, pack, at)
    day = pack.data.calendar.local_day(at)
    for step in answer.lawful_instead:
        assert step.measure is None or pack.works(step.measure, day)
        assert step.amount_minor is None or 0 < step.amount_minor <= (answer.cap_minor or 0)


@given(
    st.sampled_from(["hold", "pause_credited", "attachment", "refund_by_court"]),
    st.integers(min_value=1, max_value=40),
    st.integers(min_value=1, max_value=40),
    st.integers(min_value=1, max_value=40),
    st.integers(min_value=0, max_value=40),
    st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_the_allowed_sum_is_allowed(name: str, amount: int, traced: int, claim: int, part: int, whole: bool) -> None:
    """Whoever follows the advice and asks for the allowed sum is not sent away again."""
    request = lawful(name, amount_minor=amount, traced_minor=traced, claim_minor=claim, whole_account=whole)
    request = replace(request, protected_minor=min(part, amount), is_automatic=False)
    answer = assess(request, DEMO, NOW)
    sums = [step.amount_minor for step in answer.lawful_instead if step.amount_minor is not None]
    if answer.verdict is Verdict.permitted or amount <= min(part, amount):
        assert sums == []
        return
    assert len(sums) == 1
    assert sums[0] <= min(traced, claim, amount - request.protected_minor)
    again = replace(request, amount_minor=sums[0], whole_account=False, protected_minor=0)
    assert assess(again, DEMO, NOW).verdict is Verdict.permitted


@given(nearly_lawful(), MOMENTS | st.just(NOW))
@settings(max_examples=150, deadline=None)
def test_the_same_question_has_the_same_answer(request: Request, at: Instant) -> None:
    assert assess(request, DEMO, at) == assess(request, DEMO, at)


@pytest.mark.parametrize("name", sorted(KZ_LAWFUL))
def test_the_lawful_requests_are_lawful_in_the_demonstration(name: str) -> None:
    assert assess(lawful(name), DEMO, NOW).verdict is Verdict.permitted


def cases_of_norms() -> list[tuple[str, str]]:
    """Return every pair of a lawful request and a norm that its measure rests on."""
    found = []
    for name, request in sorted(KZ_LAWFUL.items()):
        ground = DEMO.ground(request.measure, request.lane, date(2026, 11, 22))
        assert ground is not None
        found += [(name, norm_id) for norm_id in cited_norms(ground.rule, DEMO.data)]
    return found


def with_norm(norm: Norm) -> Pack:
    return index(replace(DEMO.data, norms={**DEMO.data.norms, norm.norm_id: norm}))


def changed_version(norm: Norm, **changes: object) -> Norm:
    last: NormVersion = replace(norm.versions[-1], **changes)
    return replace(norm, versions=(*norm.versions[:-1], last))


@pytest.mark.parametrize(("name", "norm_id"), cases_of_norms())
def test_dropping_shifting_or_doubting_a_norm_refuses_what_rests_on_it(name: str, norm_id: str) -> None:
    norm = DEMO.data.norms[norm_id]
    rest = {other: kept for other, kept in DEMO.data.norms.items() if other != norm_id}
    gone = index(replace(DEMO.data, norms=rest))
    future = with_norm(replace(norm, versions=changed_version(norm, valid_from=date(2026, 11, 23)).versions[-1:]))
    past = with_norm(changed_version(norm, valid_to=date(2026, 11, 21)))
    for pack in (gone, future, past):
        answer = assess(lawful(name), pack, NOW)
        assert answer.verdict is Verdict.refused
        assert TestId.T1 in answer.failed
    doubted = with_norm(changed_version(norm, mark=Mark.unsure, question=1, confirmed_by=None))
    expected = Verdict.permitted if LAWFUL[name].measure in REPORT_ONLY else Verdict.refused
    assert assess(lawful(name), doubted, NOW).verdict is expected


def cases_of_fields() -> list[tuple[str, str]]:
    rules = {name: DEMO.ground(r.measure, r.lane, date(2026, 11, 22)) for name, r in KZ_LAWFUL.items()}
    return [(name, field) for name, ground in sorted(rules.items()) if ground for field in required_fields(ground.rule)]


@pytest.mark.parametrize(("name", "field"), cases_of_fields())
def test_every_field_of_a_rule_matters(name: str, field: str) -> None:
    """A rule that loses a field that it must have, whichever it is, lets nothing intrusive through."""
    request = lawful(name)
    rules = tuple(
        replace(rule, **{field: None}) if (rule.measure, rule.lane) == (request.measure, request.lane) else rule
        for rule in DEMO.data.rules
    )
    answer = assess(request, index(replace(DEMO.data, rules=rules)), NOW)
    if request.measure not in REPORT_ONLY:
        assert answer.verdict is Verdict.refused
        assert TestId.T2 in answer.failed


@pytest.mark.parametrize("name", sorted(KZ_LAWFUL))
def test_a_day_without_the_floor_holds_nothing(name: str) -> None:
    request = lawful(name)
    floors = replace(DEMO.data.general.floors, value=())
    pack = index(replace(DEMO.data, general=replace(DEMO.data.general, floors=floors)))
    ground = DEMO.ground(request.measure, request.lane, date(2026, 11, 22))
    assert ground is not None
    assert ground.rule.protected_barred is not None
    expected = Verdict.refused if ground.rule.protected_barred.value else Verdict.permitted
    assert assess(request, pack, NOW).verdict is expected
