"""Every kind of message comes back from its JSON as it was, and nothing that is not in it is read."""

import json
from datetime import UTC
from typing import get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tarazy.protocol.bodies import (
    Answer,
    AnyBody,
    AppealCompleted,
    AppealDecided,
    AppealLodged,
    AppealState,
    Author,
    Authorisation,
    CitizenRequest,
    ClaimByCode,
    ClaimLodged,
    ClaimState,
    CodeAnswered,
    CodePresented,
    DeferOrder,
    ErrorTold,
    FollowOrder,
    HearingAnswered,
    HearingAsked,
    HearingTold,
    HoldConfirmed,
    HoldLetGo,
    HoldTerms,
    JoinDecided,
    JoinUpdate,
    LiftDeferral,
    LiftOrder,
    MandateSigned,
    MeasureOrder,
    MeasureTold,
    NoticeServed,
    PaperTold,
    PaymentTold,
    PayOrder,
    ReleaseOrder,
    ReportFiled,
    ReportUpdate,
    ReportWithdrawn,
    RequestState,
    ReturnOffered,
    ReturnTakenBack,
    ShareTold,
    VictimWarned,
)
from tarazy.protocol.deferral_bodies import SignedDeferral, SignedLift
from tarazy.protocol.message import Envelope, kind_of, payload_of
from tarazy.protocol.schedule import LineGrant, ScheduleLine, SignedDecision, SignedSchedule
from tarazy.protocol.statement import Act, Statement
from tarazy.protocol.wire import WireFault, from_json, to_json
from tarazy.values.instant import Instant
from tarazy.values.money import MINOR_MAX

FEW = settings(derandomize=True, deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
AMOUNTS = st.integers(1, MINOR_MAX)
OFFSETS = st.integers(0, MINOR_MAX)
TEXTS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0\\"), max_size=120)
CURRENCIES = st.from_regex(r"[A-Z]{3}", fullmatch=True)
TIMES = st.datetimes(timezones=st.just(UTC)).map(Instant)
SIGNED_TERMS = st.lists(st.tuples(TEXTS, TEXTS), max_size=3).map(tuple)
FACTS = st.lists(TEXTS, min_size=1, max_size=5).map(tuple)
FIELDS = {
    **dict.fromkeys(("amount_minor", "claim_minor", "ceiling_minor", "answer_no", "to_minor", "update_no"), AMOUNTS),
    **dict.fromkeys(
        (
            "from_minor",
            "onward_from",
            "depth",
            "keep_minor",
            "living_minimum_minor",
            "reports_by_payer",
            "reports_of_pair",
        ),
        OFFSETS,
    ),
    **dict.fromkeys(("booked_at", "rank", "ends_at", "confirm_by", "expires_at", "served_at"), TIMES),
    **dict.fromkeys(("valid_from", "valid_to", "issued_at", "at", "taken_back_at", "placed_at"), TIMES),
    **dict.fromkeys(("signed_at", "asked_at", "filed_at"), TIMES),
    **dict.fromkeys(("held_minor", "back_minor"), OFFSETS),
    "hold_expires_at": st.none() | TIMES,
    "floor_days": st.integers(0, 366),
    "currency": CURRENCIES,
    "facts": FACTS,
    "norms": st.lists(TEXTS, max_size=3).map(tuple),
    **dict.fromkeys(("is_refuted", "is_unlawful"), st.booleans()),
    **dict.fromkeys(("is_accepted", "is_second_demand"), st.booleans()),
    "on_paper": st.booleans(),
    **dict.fromkeys(("decided_on", "law_day"), st.dates()),
    "hold_ids": st.lists(TEXTS, min_size=1, max_size=3).map(tuple),
    **dict.fromkeys(("checks", "statements"), st.lists(TEXTS, max_size=2).map(tuple)),
    "is_paid": st.booleans(),
    "hours": st.integers(1, 24 * 60),
    "number": st.from_regex(r"[0-9A-HJKMNP-TV-Z]{10}", fullmatch=True),
    "terms": st.none(),
    **dict.fromkeys(("detail", "hold_status", "hold_end"), st.none() | TEXTS),
    **dict.fromkeys(("incident_id", "authorisation_id", "mandate_id"), st.none() | TEXTS),
}
"""What each field can hold; a field that is not named here is a text."""


def made(kind: type[msgspec.Struct], **more: st.SearchStrategy[object]) -> st.SearchStrategy[msgspec.Struct]:
    names = [field.name for field in msgspec.structs.fields(kind)]
    fields = {name: more.get(name, FIELDS.get(name, TEXTS)) for name in names}
    return st.fixed_dictionaries(fields).map(lambda values: kind(**values))


AUTHORS = made(Author)
SHARES = made(ShareTold, participant_id=st.none() | TEXTS, sealed_ref=st.none() | TEXTS)
TERMS = made(HoldTerms, author=AUTHORS)
DIGESTS = st.lists(TEXTS, min_size=1, max_size=3).map(tuple)
SALTS = st.from_regex(r"[0-9a-f]{32}", fullmatch=True)
SCHEDULES = made(SignedSchedule, act=st.sampled_from(Act), offence_ids=DIGESTS, digests=DIGESTS)
BODIES: dict[type[msgspec.Struct], st.SearchStrategy[msgspec.Struct]] = {
    FollowOrder: made(FollowOrder, terms=st.none() | TERMS),
    Answer: made(
        Answer,
        shares=st.lists(SHARES, max_size=4).map(tuple),
        payments=st.lists(made(PaymentTold), max_size=2).map(tuple),
    ),
    MandateSigned: made(MandateSigned, mandate_id=TEXTS),
    JoinDecided: made(JoinDecided, incident_id=TEXTS),
    JoinUpdate: made(JoinUpdate, incident_id=TEXTS),
    RequestState: made(RequestState, why=st.none() | TEXTS),
    MeasureOrder: made(
        MeasureOrder,
        schedule=SCHEDULES,
        line=made(ScheduleLine, salt=SALTS, cap_minor=AMOUNTS, until=TIMES),
        decision=st.none() | made(SignedDecision, digests=DIGESTS, statements=DIGESTS.map(lambda some: some[:2])),
        grant=st.none() | made(LineGrant, salt=SALTS, cap_minor=OFFSETS, until=st.none() | TIMES),
        begins_at=TIMES,
        expires_at_most=TIMES,
    ),
    LiftOrder: made(LiftOrder),
    DeferOrder: made(DeferOrder, deferral=made(SignedDeferral, until=TIMES)),
    LiftDeferral: made(LiftDeferral, lift=made(SignedLift)),
    MeasureTold: made(MeasureTold, is_carried=st.booleans(), hold_expires_at=TIMES),
    AppealLodged: made(
        AppealLodged,
        is_identified=st.booleans(),
        grounds=DIGESTS,
        sealed_words=st.none() | TEXTS,
        learned_at=st.none() | TIMES,
        before_appeal_id=st.none() | TEXTS,
        was_read_back=st.booleans(),
    ),
    AppealCompleted: made(
        AppealCompleted,
        grounds=DIGESTS,
        sealed_words=st.none() | TEXTS,
        completed_at=TIMES,
        was_read_back=st.booleans(),
    ),
    AppealState: made(
        AppealState,
        due_at=st.none() | TIMES,
        outcome=st.none() | TEXTS,
        next_forum=st.none() | TEXTS,
        before_appeal_id=st.none() | TEXTS,
        reasons=st.none() | TEXTS,
        why_not=st.none() | TEXTS,
    ),
    AppealDecided: made(AppealDecided),
    ErrorTold: made(ErrorTold, error_kind=st.none() | TEXTS),
    ClaimLodged: made(ClaimLodged, is_identified=st.booleans(), heads=FACTS, sealed_words=st.none() | TEXTS),
    ClaimState: made(
        ClaimState,
        due_at=st.none() | TIMES,
        accepted_minor=OFFSETS,
        forum=st.none() | TEXTS,
        reasons=st.none() | TEXTS,
    ),
    ClaimByCode: made(ClaimByCode, heads=FACTS, sealed_words=st.none() | TEXTS),
    HearingAsked: made(HearingAsked, answer_by=TIMES),
    HearingTold: made(HearingTold, times=AMOUNTS, told_at=TIMES, answer_by=TIMES),
    HearingAnswered: made(
        HearingAnswered, sealed_words=st.none() | TEXTS, statement=st.none() | TEXTS, answered_at=TIMES
    ),
    PaperTold: made(PaperTold, confirmed_at=TIMES),
    CodePresented: made(CodePresented, grounds=DIGESTS, sealed_words=st.none() | TEXTS),
    CodeAnswered: made(CodeAnswered, appeal_id=st.none() | TEXTS),
    ReturnOffered: made(ReturnOffered, for_report_id=st.none() | TEXTS),
    NoticeServed: made(NoticeServed, measure_id=st.none() | TEXTS),
    PayOrder: made(PayOrder, authorisation=st.none() | made(Authorisation, authorisation_id=TEXTS)),
    **{
        kind: made(kind)
        for kind in (
            ReportFiled,
            ReportWithdrawn,
            HoldConfirmed,
            HoldLetGo,
            ReturnTakenBack,
            ReportUpdate,
            VictimWarned,
            ReleaseOrder,
            CitizenRequest,
        )
    },
}
IDS = st.from_regex(r"[A-Za-z0-9_.:-]{4,80}", fullmatch=True)


def envelopes(body: st.SearchStrategy[msgspec.Struct]) -> st.SearchStrategy[Envelope]:
    return st.builds(Envelope, message_id=IDS, sender=IDS, recipient=IDS, issued_at=TIMES, body=body)


def test_every_kind_of_body_is_tried_here() -> None:
    assert set(BODIES) == set(get_args(AnyBody))


@pytest.mark.parametrize("kind", BODIES, ids=lambda kind: kind.__name__)
def test_every_kind_of_body_comes_back_from_the_wire(kind: type[msgspec.Struct]) -> None:
    @FEW
    @given(envelope=envelopes(BODIES[kind]))
    def comes_back(envelope: Envelope) -> None:
        text = payload_of(envelope)
        again = from_json(text, Envelope)
        assert again == envelope
        assert type(again.body) is kind
        assert to_json(again) == text

    comes_back()


@pytest.mark.parametrize("kind", BODIES, ids=lambda kind: kind.__name__)
def test_an_unknown_field_is_refused_and_a_missing_one_too(kind: type[msgspec.Struct]) -> None:
    @FEW
    @given(envelope=envelopes(BODIES[kind]), data=st.data())
    def is_refused(envelope: Envelope, data: st.DataObject) -> None:
        content = json.loads(payload_of(envelope))
        where = data.draw(st.sampled_from([content, content["body"]]))
        if data.draw(st.booleans()):
            where["holder_name"] = "Aigul"
        else:
            del where[data.draw(st.sampled_from(sorted(where)))]
        with pytest.raises(WireFault):
            from_json(json.dumps(content), Envelope)

    is_refused()


def test_each_kind_has_its_own_name_on_the_wire() -> None:
    @FEW
    @given(bodies=st.tuples(*BODIES.values()))
    def differ(bodies: tuple[AnyBody, ...]) -> None:
        assert len({kind_of(body) for body in bodies}) == len(BODIES)

    differ()


@FEW
@given(
    statement=made(Statement, act=st.sampled_from(Act), terms=st.lists(st.tuples(TEXTS, TEXTS), max_size=3).map(tuple))
)
def test_a_statement_comes_back_from_the_wire(statement: Statement) -> None:
    assert from_json(to_json(statement), Statement) == statement


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("keep_minor", -1),
        ("keep_minor", MINOR_MAX + 1),
        ("keep_minor", 1.0),
        ("keep_minor", "1"),
        ("keep_minor", None),
        ("keep_minor", True),
        ("why", "x" * 121),
        ("kind", "follow_orders"),
        ("kind", None),
    ],
)
def test_a_value_outside_its_field_is_refused_with_its_place(field: str, value: object) -> None:
    body = {"kind": "release_order", "order_id": "pc_1", "hold_id": "hd_1", "why": "by_court", "keep_minor": 0}
    envelope = {
        "message_id": "message-1",
        "sender": "exchange",
        "recipient": "bank-b",
        "issued_at": "2026-11-22T05:00:00.000000Z",
    }
    assert isinstance(from_json(json.dumps({**envelope, "body": body}), Envelope).body, ReleaseOrder)
    with pytest.raises(WireFault, match="body"):
        from_json(json.dumps({**envelope, "body": {**body, field: value}}), Envelope)


@pytest.mark.parametrize("text", ["2026-11-22", "2026-11-22T10:00:00", "yesterday", "", "9999-12-31T23:59:59-14:00"])
def test_a_time_without_an_offset_or_out_of_the_calendar_is_refused(text: str) -> None:
    body = {"notice_id": "n", "hold_id": "h", "code_hash": "c", "channel": "app", "served_at": text, "measure_id": None}
    with pytest.raises(WireFault, match="served_at"):
        from_json(json.dumps({**body, "kind": "notice_served"}), NoticeServed)


def test_the_same_moment_in_another_zone_is_the_same_text() -> None:
    assert from_json('"2026-11-22T10:00:00+05:00"', Instant) == from_json('"2026-11-22T05:00:00Z"', Instant)
    assert to_json(Instant.parse("2026-11-22T10:00:00+05:00")) == b'"2026-11-22T05:00:00.000000Z"'


def test_json_that_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(WireFault):
        from_json("[" * 100_000, Envelope)
