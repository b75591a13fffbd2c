"""Decisions on paper: read by two officers of one body or of one bank, and binding from the second."""

from datetime import date
from typing import Final

import msgspec
import pytest

from tarazy.agent.measure_records import HOLD_MEASURES
from tarazy.agent.notices import serve_due_notices
from tarazy.agent.paper import EnterPaper, confirm_paper, enter_paper
from tarazy.agent.paper_records import ReleasePaper
from tarazy.agent.records import SERVED_NOTICES
from tarazy.agent.reference_core import CORE_ACCOUNTS
from tarazy.app.measure_records import MOTIONS, MeasureDecision, Motion
from tarazy.app.paper import ConfirmPaperDecision, EnterPaperDecision, confirm_paper_decision, enter_paper_decision
from tarazy.app.paper_records import PaperDecision
from tarazy.app.records import EVENTS
from tarazy.app.schedules import ActRefused
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.measure import MeasureEnd, MeasureStatus
from tarazy.domain.motion import LineDecision, MotionStatus
from tarazy.domain.notice import NoticeKind
from tarazy.domain.rejection import Rejection
from tarazy.protocol.paper_bodies import PaperTold
from tarazy.protocol.schedule import LineGrant, SignedDecision, reasons_digest
from tarazy.protocol.statement import Act
from tarazy.values.ids import DecisionId, MeasureId, OfficerId, PaperId, ParticipantId
from tests.measuring import ask, begin, case_of, grants, hold_at, measures, registered
from tests.story import Network, StoreFor, robbed
from tests.story_people import COLLEAGUE, OFFICER, POLICE, THIRD
from tests.story_reading import bank_hold
from tests.unit.agent.test_paid_in_part import OFFICE

GRANTED, NARROWED, STRUCK = LineDecision.granted, LineDecision.narrowed, LineDecision.struck
FORUM: Final = "Invented investigating court of Almaty"
NUMBER: Final = "1-77/26"
DAY: Final = date(2026, 11, 22)
REASONS: Final = "I have the paper before me, with its seal and its signature."


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    """A network with a hold at each of two banks, in a registered case."""
    network = robbed(store_for)
    network.pay("t2", "mule", "dani", 200_000)
    network.settle()
    network.report("t1")
    registered(network, case_of(network))
    network.enrol(POLICE, "police", "investigator", COLLEAGUE)
    network.enrol(POLICE, "police", "investigator", THIRD)
    return network


def asked(network: Network) -> Motion:
    begin(network, case_of(network))
    network.settle()
    motion = ask(network, case_of(network))
    assert isinstance(motion, Motion), motion
    network.settle()
    return motion


# --- a decision on a motion, at the exchange


def paper(network: Network, motion: Motion, lines: tuple[LineGrant, ...], **change: object) -> SignedDecision:
    decided = SignedDecision(
        decision_id=DecisionId(f"de-{motion.motion_id}"),
        motion_id=motion.motion_id,
        case_id=motion.case_id,
        measure="M9",
        by="investigating_judge",
        forum=FORUM,
        decision_no=NUMBER,
        decided_on=DAY,
        on_paper=True,
        words=reasons_digest(DecisionId(f"de-{motion.motion_id}"), REASONS),
        digests=tuple(one.digest for one in lines),
        statements=(),
    )
    return msgspec.structs.replace(decided, **change)


def signature(network: Network, decided: SignedDecision, by: str, officer: OfficerId) -> str:
    terms = decided.terms()
    return network.statement(by, Act.decide_motion, decided.decision_id, terms, officer=officer, reasons="")


def entered(
    network: Network,
    decided: SignedDecision,
    lines: tuple[LineGrant, ...],
    by: str = POLICE,
    officer: OfficerId = THIRD,
    reasons: str = REASONS,
) -> PaperDecision | ActRefused:
    signed = msgspec.structs.replace(decided, statements=(signature(network, decided, by, officer),))
    command = EnterPaperDecision(signed=signed, lines=lines, reasons=reasons, participant_id=ParticipantId(by))
    return network.at(EXCHANGE_ID, lambda tx, now: enter_paper_decision(tx, command, now))


def confirmed(
    network: Network, decided: SignedDecision, by: str = POLICE, officer: OfficerId = COLLEAGUE
) -> MeasureDecision | ActRefused:
    command = ConfirmPaperDecision(
        decision_id=decided.decision_id,
        participant_id=ParticipantId(by),
        statement=signature(network, decided, by, officer),
    )
    return network.at(EXCHANGE_ID, lambda tx, now: confirm_paper_decision(tx, command, now))


def refusal(outcome: object) -> Rejection:
    assert isinstance(outcome, ActRefused), outcome
    return outcome.rejection


def test_a_paper_binds_when_a_second_officer_of_the_same_body_has_confirmed_it(network: Network) -> None:
    motion = asked(network)
    lines = grants(network, motion, [GRANTED, STRUCK])
    decided = paper(network, motion, lines)
    assert isinstance(entered(network, decided, lines), PaperDecision)
    network.settle()
    assert network.rows(EXCHANGE_ID, MOTIONS)[0].status is MotionStatus.filed
    assert measures(network, "M9")[0].status is MeasureStatus.waiting
    network.wait(hours=1)
    done = confirmed(network, decided)
    assert isinstance(done, MeasureDecision), done
    assert (done.officer_id, done.second_officer_id, done.received_at) == (THIRD, COLLEAGUE, network.now)
    assert done.reasons == REASONS
    network.settle()
    by_hold = {one.hold_id: one.decision for one in lines}
    for account in ("mule", "dani"):
        hold = bank_hold(network, account)
        assert (hold.status is HoldStatus.placed) == (by_hold[hold.hold_id] == GRANTED)
    assert network.turned_down == []
    assert {one.kind for one in network.rows(EXCHANGE_ID, EVENTS)} >= {
        "paper_entered",
        "paper_confirmed",
        "motion_decided",
    }


def test_one_officer_is_not_two(network: Network) -> None:
    motion = asked(network)
    lines = grants(network, motion, [GRANTED, GRANTED])
    decided = paper(network, motion, lines)
    entered(network, decided, lines)
    assert refusal(confirmed(network, decided, officer=THIRD)) is Rejection.paper_needs_another_officer
    assert isinstance(confirmed(network, decided), MeasureDecision)
    assert refusal(confirmed(network, decided)) is Rejection.paper_is_confirmed


def test_who_asked_reads_no_answer_neither_first_nor_second(network: Network) -> None:
    motion = asked(network)
    lines = grants(network, motion, [GRANTED, GRANTED])
    decided = paper(network, motion, lines)
    assert refusal(entered(network, decided, lines, officer=OFFICER)) is Rejection.same_hands
    entered(network, decided, lines)
    assert refusal(confirmed(network, decided, officer=OFFICER)) is Rejection.same_hands
    assert isinstance(confirmed(network, decided), MeasureDecision)


def test_both_are_of_one_body_that_may_read_such_papers(network: Network) -> None:
    motion = asked(network)
    lines = grants(network, motion, [GRANTED, GRANTED])
    decided = paper(network, motion, lines)
    network.enrol("police-2", "police", "investigator", COLLEAGUE)
    assert refusal(entered(network, decided, lines, by="bank-b", officer=OFFICER)) is Rejection.officer_not_entitled
    entered(network, decided, lines)
    assert refusal(confirmed(network, decided, by="police-2")) is Rejection.paper_unknown
    network.enrol(POLICE, "police", "clerk", COLLEAGUE)
    assert refusal(confirmed(network, decided)) is Rejection.officer_not_entitled


NO_PAPERS: dict[str, tuple[dict[str, object], Rejection]] = {
    "an own signature": ({"on_paper": False}, Rejection.paper_malformed),
    "another capacity": ({"by": "prosecutor"}, Rejection.decision_does_not_stand),
    "another measure": ({"measure": "M5"}, Rejection.decision_does_not_stand),
    "a day to come": ({"decided_on": date(2026, 11, 30)}, Rejection.paper_malformed),
    "no number": ({"decision_no": " "}, Rejection.paper_malformed),
    "lines that were not signed": ({"digests": ("ln_1",)}, Rejection.motion_lines_differ),
}


@pytest.mark.parametrize("fault", NO_PAPERS)
def test_what_is_no_paper_on_this_motion_is_not_entered(network: Network, fault: str) -> None:
    motion, (change, rejection) = asked(network), NO_PAPERS[fault]
    lines = grants(network, motion, [GRANTED, GRANTED])
    assert refusal(entered(network, paper(network, motion, lines, **change), lines)) is rejection


def test_a_paper_comes_with_reasons_and_both_readers_sign_all_of_it(network: Network) -> None:
    motion = asked(network)
    lines = grants(network, motion, [GRANTED, GRANTED])
    decided = paper(network, motion, lines)
    assert refusal(entered(network, decided, lines, reasons="ok")) is Rejection.reasons_missing
    entered(network, decided, lines)
    other = msgspec.structs.replace(decided, decision_no="1-78/26")
    assert refusal(confirmed(network, other)) is Rejection.statement_does_not_stand
    assert refusal(entered(network, other, lines)) is Rejection.paper_malformed


def test_a_paper_that_comes_after_the_end_holds_nothing(network: Network) -> None:
    motion = asked(network)
    lines = grants(network, motion, [GRANTED, GRANTED])
    decided = paper(network, motion, lines)
    entered(network, decided, lines)
    network.wait(hours=24)
    assert refusal(confirmed(network, decided)) is Rejection.motion_has_ended
    assert bank_hold(network, "mule").status is HoldStatus.expired


# --- a paper that lets go, at the bank's desk


def at_desk(
    network: Network,
    account: str = "mule",
    *,
    keep: int = 0,
    by: str = "court",
    officer: OfficerId = OFFICER,
    **change: object,
) -> ReleasePaper | Rejection:
    said: dict[str, object] = {
        "paper_id": PaperId("pp-1"),
        "hold_id": bank_hold(network, account).hold_id,
        "by": by,
        "forum": FORUM,
        "decision_no": NUMBER,
        "decided_on": DAY,
        "keep_minor": keep,
        "reasons": REASONS,
        **change,
    }
    command = EnterPaper(**said)  # type: ignore[arg-type]  # put together from parts
    reader = network.officer("bank-b", officer)
    return network.at("bank-b", lambda tx, now: enter_paper(tx, command, reader, now))


def read_again(network: Network, officer: OfficerId = COLLEAGUE, reasons: str = REASONS) -> ReleasePaper | Rejection:
    reader = network.officer("bank-b", officer)
    return network.at("bank-b", lambda tx, now: confirm_paper(tx, PaperId("pp-1"), reasons, reader, EXCHANGE_ID, now))


def reserved(network: Network) -> int:
    return sum(account.reserved_minor for account in network.rows("bank-b", CORE_ACCOUNTS))


@pytest.mark.parametrize(("by", "end"), [("court", HoldEnd.by_court), ("authority", HoldEnd.by_authority)])
def test_a_paper_that_releases_binds_from_its_second_reader(network: Network, by: str, end: HoldEnd) -> None:
    assert isinstance(at_desk(network, by=by), ReleasePaper)
    network.settle()
    assert bank_hold(network, "mule").status is HoldStatus.placed
    done = read_again(network)
    assert isinstance(done, ReleasePaper)
    hold = bank_hold(network, "mule")
    assert (hold.status, hold.end, hold.ended_at, hold.decided_by) == (HoldStatus.released, end, network.now, None)
    network.settle()
    assert reserved(network) == 0
    assert hold_at(network, "bank-b").end is end
    [event] = network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "paper_told"))
    assert (event.details["officer"], event.details["second_officer"]) == (OFFICER, COLLEAGUE)
    assert (event.details["forum"], event.details["decision"]) == (FORUM, NUMBER)


def test_it_binds_while_the_exchange_cannot_be_reached(network: Network) -> None:
    network.banks["bank-b"].is_away = True
    at_desk(network)
    read_again(network)
    network.settle()
    assert reserved(network) == 0
    network.banks["bank-b"].is_away = False
    network.settle()
    assert hold_at(network, "bank-b").end is HoldEnd.by_court


def test_a_paper_ends_the_measure_behind_a_hold(network: Network) -> None:
    asked(network)
    at_desk(network)
    read_again(network)
    network.settle()
    hold = bank_hold(network, "mule")
    assert (hold.status, hold.end) == (HoldStatus.released, HoldEnd.by_court)
    [kept] = network.rows("bank-b", HOLD_MEASURES)
    assert (kept.end, kept.ended_at) == (MeasureEnd.lifted_by_authority, network.now)
    ended = [one for one in measures(network) if one.participant_id == "bank-b"]
    assert [(one.status, one.end) for one in ended] == [(MeasureStatus.lifted, MeasureEnd.lifted_by_authority)]
    [other] = [one for one in measures(network) if one.participant_id == "bank-c"]
    assert not other.status.is_final


def test_a_paper_that_narrows_leaves_the_lowest_units(network: Network) -> None:
    asked(network)
    network.at("bank-b", lambda tx, now: serve_due_notices(tx, OFFICE, EXCHANGE_ID, now))
    at_desk(network, keep=100_000)
    read_again(network)
    network.settle()
    hold = bank_hold(network, "mule")
    assert (hold.status, hold.held_minor, reserved(network)) == (HoldStatus.placed, 100_000, 100_000)
    [narrowed] = [one for one in measures(network) if one.participant_id == "bank-b"]
    assert narrowed.cap_minor == 100_000
    network.at("bank-b", lambda tx, now: serve_due_notices(tx, OFFICE, EXCHANGE_ID, now))
    notices = network.rows("bank-b", SERVED_NOTICES)
    [said] = ["\n".join(one.paragraphs) for one in notices if one.notice_kind == NoticeKind.hold_narrowed]
    assert "қағаз түрінде келді" in said


NOT_AT_DESK: dict[str, tuple[dict[str, object], Rejection]] = {
    "what holds as much": ({"keep_minor": 300_000}, Rejection.paper_holds_or_extends),
    "what holds more": ({"keep_minor": 900_000}, Rejection.paper_holds_or_extends),
    "nobody's paper": ({"by": "bank"}, Rejection.paper_malformed),
    "a day to come": ({"decided_on": date(2026, 11, 23)}, Rejection.paper_malformed),
    "no forum": ({"forum": "  "}, Rejection.paper_malformed),
    "a link": ({"forum": "see www.court.example.com"}, Rejection.paper_malformed),
    "no reasons": ({"reasons": "ok"}, Rejection.reasons_missing),
    "no hold": ({"hold_id": "hd_none"}, Rejection.hold_unknown),
}


@pytest.mark.parametrize("fault", NOT_AT_DESK)
def test_what_the_desk_does_not_take(network: Network, fault: str) -> None:
    change, rejection = NOT_AT_DESK[fault]
    assert at_desk(network, **change) is rejection  # type: ignore[arg-type]  # what is changed has the form of its field


def test_two_officers_and_each_with_reasons(network: Network) -> None:
    at_desk(network)
    assert read_again(network, OFFICER) is Rejection.paper_needs_another_officer
    assert read_again(network, reasons="ok") is Rejection.reasons_missing
    assert bank_hold(network, "mule").status is HoldStatus.placed
    assert isinstance(read_again(network), ReleasePaper)
    assert read_again(network) is Rejection.paper_is_confirmed


def test_a_paper_on_a_hold_that_is_over_does_nothing(network: Network) -> None:
    at_desk(network)
    network.wait(days=3)
    assert read_again(network) is Rejection.hold_has_ended


def test_the_same_paper_says_the_same(network: Network) -> None:
    first = at_desk(network)
    assert at_desk(network) == first
    assert at_desk(network, keep=1) is Rejection.paper_malformed


FORGED: dict[str, Rejection] = {
    "one reader": Rejection.statement_does_not_stand,
    "the same reader twice": Rejection.statement_does_not_stand,
    "readers of another bank": Rejection.statement_does_not_stand,
    "another sum": Rejection.statement_does_not_stand,
    "a hold of another bank": Rejection.hold_not_of_sender,
}


@pytest.mark.parametrize("fault", FORGED)
def test_the_exchange_believes_two_signatures_and_no_bank(network: Network, fault: str) -> None:
    asked(network)
    account = "dani" if fault == "a hold of another bank" else "mule"
    told = PaperTold(
        paper_id=PaperId("pp-9"),
        hold_id=bank_hold(network, account).hold_id,
        measure_id=MeasureId(str(bank_hold(network, account).carried_by)),
        by="court",
        forum=FORUM,
        decision_no=NUMBER,
        decided_on=DAY,
        keep_minor=0,
        statements=(),
        confirmed_at=network.now,
    )
    bank = "bank-c" if fault == "readers of another bank" else "bank-b"
    readers = {"one reader": [OFFICER], "the same reader twice": [OFFICER, OFFICER]}.get(fault, [OFFICER, COLLEAGUE])
    texts = [network.statement(bank, Act.enter_paper, told.paper_id, told.terms(), officer=one) for one in readers]
    keep = 1 if fault == "another sum" else 0
    network.say("bank-b", msgspec.structs.replace(told, statements=tuple(texts), keep_minor=keep), "forged")
    network.settle()
    assert [one.refusal for one in network.turned_down] == [FORGED[fault]]
    assert not any(one.status.is_final for one in measures(network))
