"""Whoever's hold an authority has taken over is told by whom, on which norms, until when, and what ends it before."""

from datetime import timedelta

import msgspec
import pytest

from tarazy.agent.measures import take_lift_orders
from tarazy.agent.notices import serve_due_notices
from tarazy.agent.records import HOLDERS, SERVED_NOTICES, Holder, ServedNotice
from tarazy.app.measure_ends import order_lift
from tarazy.app.measure_records import DEADLINES, Motion, Schedule
from tarazy.app.records import NOTICES_TOLD
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.deadline import DeadlineStatus, Duty
from tarazy.domain.measure import MeasureEnd
from tarazy.domain.motion import LineDecision
from tarazy.domain.notice import NoticeKind
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import NoticeServed
from tarazy.protocol.measure_bodies import LiftOrder
from tarazy.texts.catalogue import Language
from tarazy.texts.links import links_in
from tarazy.values.ids import AccountId, MeasureId, ParticipantId
from tarazy.values.replacing import replace
from tests.measuring import ask, begin, case_of, court, decide, grants, lift, measures, registered
from tests.story import Network, StoreFor, robbed
from tests.story_people import OFFICER
from tests.story_reading import bank_hold
from tests.unit.agent.test_paid_in_part import OFFICE, read

BEGUN, MOVED, OVER = NoticeKind.measure_begun, NoticeKind.measure_moved_on, NoticeKind.measure_over


def speaks(network: Network, language: Language) -> None:
    """Let the bank know the mule, who reads this language."""
    holder = Holder(
        account_id=AccountId("mule"),
        name="Timur (invented)",
        language=language,
        phone="+7 701 000 00 00",
        is_demonstration=True,
    )
    network.at("bank-b", lambda tx, _: tx.put(HOLDERS, holder))


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    """A registered case in which the mule, who reads English, was told of the bank's own hold."""
    network = robbed(store_for)
    speaks(network, Language.en)
    network.report("t1")
    registered(network, case_of(network))
    assert [one.notice_kind for one in serve(network)] == [NoticeKind.hold_placed]
    return network


def serve(network: Network) -> list[ServedNotice]:
    before = network.rows("bank-b", SERVED_NOTICES)
    network.at("bank-b", lambda tx, now: serve_due_notices(tx, OFFICE, EXCHANGE_ID, now))
    network.settle()
    return [one for one in network.rows("bank-b", SERVED_NOTICES) if one not in before]


def begun(network: Network) -> ServedNotice:
    done = begin(network, case_of(network))
    assert isinstance(done, Schedule), done
    network.settle()
    (notice,) = serve(network)
    return notice


def asked(network: Network) -> Motion:
    motion = ask(network, case_of(network))
    assert isinstance(motion, Motion), motion
    network.settle()
    return motion


def tell_holder(network: Network) -> list[DeadlineStatus]:
    return [row.status for row in network.rows(EXCHANGE_ID, DEADLINES) if row.duty == Duty.tell_holder]


def test_a_measure_is_told_with_its_author_norms_ends_and_remedies(network: Network) -> None:
    notice = begun(network)
    said = read(notice)
    assert (notice.notice_kind, notice.measure_id) == (BEGUN, measures(network)[0].measure_id)
    assert f"investigating body “police”, investigator with the number {OFFICER}" in said
    assert "Criminal Procedure Code, article 161(9)" in said
    assert "2 December 2026, 10:00" in said
    assert "The last moment for asking: 24 November 2026, 10:00" in said
    assert "which is given by: investigating judge" in said
    assert "to the investigating judge, within 15 days (at least until 07 Dec 2026 10:00 (UTC+5))" in said
    assert "to the prosecutor, at any time" in said
    assert "National Bank" not in said
    assert links_in(said) == []


@pytest.mark.parametrize("language", Language)
def test_a_measure_is_told_in_the_holders_language(store_for: StoreFor, language: Language) -> None:
    network = robbed(store_for)
    speaks(network, language)
    network.report("t1")
    registered(network, case_of(network))
    serve(network)
    notice = begun(network)
    word = {Language.kk: "тергеу судьясы", Language.ru: "следственный судья", Language.en: "investigating judge"}
    assert word[language] in read(notice)


def test_both_are_told_one_by_one_where_the_measure_came_before_the_first_notice(store_for: StoreFor) -> None:
    network = robbed(store_for)
    speaks(network, Language.en)
    network.report("t1")
    registered(network, case_of(network))
    begin(network, case_of(network))
    network.settle()
    pause, measure = sorted(serve(network), key=lambda one: one.notice_kind)
    assert (pause.notice_kind, measure.notice_kind) == (NoticeKind.hold_placed, BEGUN)
    assert pause.measure_id is None
    assert "2 December" not in read(pause)


def test_a_motion_in_time_is_told_with_when_it_must_be_decided(network: Network) -> None:
    begun(network)
    network.wait(hours=40)
    asked(network)
    (moved,) = serve(network)
    assert moved.notice_kind == MOVED
    assert "asked in time for permission" in read(moved)
    assert "The last moment for the decision: 25 November 2026, 02:00" in read(moved)


def test_an_authoritys_decision_is_told_with_forum_number_day_and_its_own_remedy(network: Network) -> None:
    begun(network)
    motion = asked(network)
    court(network)
    decide(network, motion, grants(network, motion, [LineDecision.granted]))
    network.settle()
    notices = serve(network)
    assert [one.notice_kind for one in notices] == [BEGUN]
    said = read(notices[0])
    assert "Allowed by: Invented investigating court of Almaty, decision No. 1-77/26 of 22.11.2026." in said
    assert "to the regional court, within 3 days (at least until 25 Nov 2026 10:00 (UTC+5))" in said
    assert "It may end earlier" not in said


def test_a_measure_nobody_asked_for_in_time_is_told_to_have_ended_for_that(network: Network) -> None:
    begun(network)
    network.wait(hours=48)
    (ended,) = serve(network)
    said = read(ended)
    assert ended.notice_kind == NoticeKind.hold_expired
    assert "the investigator had to ask the competent authority in time, and did not" in said
    assert "investigating body “police”" in said
    assert "a temporary hold of the traced sum on an investigator's decision" in said


def test_a_measure_not_decided_in_time_is_told_to_have_ended_for_that(network: Network) -> None:
    begun(network)
    asked(network)
    network.wait(hours=24)
    ended = serve(network)[-1]
    assert "did not decide in time" in read(ended)


def test_a_lifted_measure_is_told_by_its_end(network: Network) -> None:
    begun(network)
    lift(network, measures(network)[0])
    network.settle()
    (ended,) = serve(network)
    assert ended.notice_kind == NoticeKind.hold_released
    assert ended.measure_id == measures(network)[0].measure_id


def test_the_duty_to_tell_is_met_when_the_notice_of_that_measure_was_served(network: Network) -> None:
    begin(network, case_of(network))
    network.settle()
    assert tell_holder(network) == [DeadlineStatus.open]
    serve(network)
    assert tell_holder(network) == [DeadlineStatus.met]


def test_a_notice_of_a_measure_upon_another_hold_is_refused_and_meets_no_duty(network: Network) -> None:
    begin(network, case_of(network))
    network.settle()
    (told,) = network.rows(EXCHANGE_ID, NOTICES_TOLD)
    body = NoticeServed(**msgspec.structs.asdict(told), measure_id=MeasureId("me-other"))
    network.say("bank-b", body, "again")
    network.settle()
    assert tell_holder(network) == [DeadlineStatus.open]
    assert [(one.kind, one.refusal) for one in network.turned_down] == [("notice_served", "measure_unknown")]


def test_without_a_notice_the_duty_is_missed(network: Network) -> None:
    begin(network, case_of(network))
    network.settle()
    network.wait(hours=25)
    assert tell_holder(network) == [DeadlineStatus.missed]
    assert bank_hold(network, "mule").expires_at > network.now.plus(timedelta(hours=1))


@pytest.mark.parametrize(
    ("called", "shown"),
    [
        ("Invented Police of Almaty", "investigating body “Invented Police of Almaty”"),
        ("Police at evil.example.com", "investigating body “Police at […].com”"),
        ("", "investigating body “police”"),
        ("P" * 200, "investigating body “" + "P" * 50 + "”"),
    ],
)
def test_a_body_is_called_by_the_name_under_which_it_has_joined(network: Network, called: str, shown: str) -> None:
    office = replace(OFFICE, names={ParticipantId("police"): called})
    assert isinstance(begin(network, case_of(network)), Schedule)
    network.settle()
    network.at("bank-b", lambda tx, now: serve_due_notices(tx, office, EXCHANGE_ID, now))
    [notice] = [one for one in network.rows("bank-b", SERVED_NOTICES) if one.notice_kind == BEGUN]
    assert shown in "\n".join(notice.paragraphs) + notice.short_text


def test_a_hold_that_a_forum_has_narrowed_says_that_an_appeal_was_heard(network: Network) -> None:
    begun(network)
    [carrier] = measures(network)
    network.at(
        EXCHANGE_ID,
        lambda tx, now: order_lift(tx, carrier.measure_id, carrier, MeasureEnd.overturned_on_appeal, 1_000, now),
    )
    network.settle()
    [notice] = serve(network)
    said = "\n".join(notice.paragraphs)
    assert (notice.notice_kind, notice.amount_minor) == (NoticeKind.hold_narrowed, 1_000)
    assert "an appeal was heard, and the decision on it made the held sum smaller" in said
    assert "Who decided:" not in said


def test_an_order_to_narrow_that_says_no_reason_of_its_own_is_refused(network: Network) -> None:
    begun(network)
    [carrier] = measures(network)

    def answer(why: str, keep: int) -> Rejection | None:
        body = LiftOrder(measure_id=carrier.measure_id, hold_id=carrier.hold_id, why=why, keep_minor=keep)
        order = network.setting(EXCHANGE_ID).envelope(ParticipantId("bank-b"), body, why, keep)
        [handled] = network.at("bank-b", lambda tx, now: take_lift_orders(tx, [order], now))
        return handled.rejection

    assert answer("narrowed_on_appeal", 0) is Rejection.order_unknown
    assert answer("because", 0) is Rejection.order_unknown
    assert answer("overturned_on_appeal", 1_000) is Rejection.order_unknown
    assert answer("narrowed_on_appeal", 1_000) is None
