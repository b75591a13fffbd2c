"""Appeals: kept from their first moment, at the forum of the law, decided by other hands, never left unanswered."""

from datetime import timedelta

import pytest

from tarazy.agent.appeals import LOCAL_APPEALS, DecideLocalAppeal, LodgeAppeal, decide_local_appeal, lodge_appeal
from tarazy.agent.notices import serve_due_notices
from tarazy.agent.records import SERVED_NOTICES
from tarazy.agent.reference_core import CORE_ACCOUNTS
from tarazy.app.appeal_records import APPEALS, CODE_PRESENTATIONS, RECORDED_ERRORS, Appeal
from tarazy.app.codes import PresentCode, present_code
from tarazy.app.measure_records import MATERIAL_LOCKS, Schedule
from tarazy.app.reviewing import DecideAppeal, decide_appeal
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealOutcome, AppealRoad, AppealStatus, Appellant
from tarazy.domain.error import ErrorCause
from tarazy.domain.hold import HoldEnd
from tarazy.domain.measure import MeasureEnd
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import Measure
from tarazy.law.calendar import Window, WindowUnit
from tarazy.law.ground import Pack, index
from tarazy.law.pack import MeasureRule
from tarazy.protocol.statement import Act
from tarazy.values.ids import OfficerId, ParticipantId
from tarazy.values.replacing import replace
from tests.measuring import begin, case_of, hold_at, measures, police, registered
from tests.story import Network, StoreFor, robbed
from tests.story_people import COLLEAGUE, OFFICER
from tests.story_reading import bank_hold
from tests.unit.agent.test_paid_in_part import OFFICE

REASONS = "The seller has shown the invoice and the delivery note for exactly this payment."


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    """A network in which bank B holds everything."""
    network = robbed(store_for)
    network.report("t1")
    return network


def reserved(network: Network, bank: str = "bank-b") -> int:
    return sum(account.reserved_minor for account in network.rows(bank, CORE_ACCOUNTS))


def appealed(
    network: Network, *, is_identified: bool = True, words: str = "It is my salary.", filed: timedelta = timedelta(0)
) -> Appeal:
    hold = bank_hold(network, "mule")
    command = LodgeAppeal(
        hold_id=hold.hold_id,
        appellant=Appellant.holder,
        road=AppealRoad.app,
        is_identified=is_identified,
        grounds=("good_faith",),
        words=words,
    )
    lodged = network.at(
        "bank-b", lambda tx, now: lodge_appeal(tx, command, EXCHANGE_ID, now, filed_at=now.now.plus(filed))
    )
    assert not isinstance(lodged, Rejection)
    network.settle()
    [appeal] = network.rows(EXCHANGE_ID, APPEALS)
    assert isinstance(appeal, Appeal)
    return appeal


def decided_here(
    network: Network, appeal: Appeal, outcome: AppealOutcome, keep: int = 0, officer: OfficerId = COLLEAGUE
) -> object:
    command = DecideLocalAppeal(appeal_id=appeal.appeal_id, outcome=outcome, keep_minor=keep, reasons=REASONS)
    at_desk = network.officer("bank-b", officer)
    done = network.at("bank-b", lambda tx, now: decide_local_appeal(tx, command, at_desk, EXCHANGE_ID, now))
    network.settle()
    return done


def reviewed(
    network: Network,
    appeal: Appeal,
    outcome: AppealOutcome,
    *,
    keep: int = 0,
    by: str = "prosecutor",
    missing: tuple[str, ...] = (),
    why: str = "",
) -> Appeal | Rejection:
    command = DecideAppeal(
        appeal_id=appeal.appeal_id,
        outcome=outcome,
        keep_minor=keep,
        missing=missing,
        why_still=why,
        participant_id=ParticipantId(by),
        statement="",
    )
    signed = network.statement(by, Act.decide_appeal, appeal.appeal_id, command.terms())
    done = network.at(EXCHANGE_ID, lambda tx, now: decide_appeal(tx, replace(command, statement=signed), now))
    network.settle()
    return done


def under_investigation(network: Network) -> Appeal:
    registered(network, case_of(network))
    done = begin(network, case_of(network))
    assert isinstance(done, Schedule), done
    network.settle()
    network.enrol("prosecutor", "prosecutor", "prosecutor")
    return appealed(network)


def test_an_appeal_against_a_banks_pause_is_at_the_bank_with_its_clock(network: Network) -> None:
    appeal = appealed(network)
    assert (appeal.forum, appeal.decider, appeal.status) == ("law.forum.bank", "bank", AppealStatus.admitted)
    assert appeal.due_at == appeal.filed_at.plus(timedelta(hours=24))
    [local] = network.rows("bank-b", LOCAL_APPEALS)
    assert (local.state, local.forum, local.words) == ("admitted", "law.forum.bank", "It is my salary.")


def test_words_do_not_lie_open_at_the_exchange(network: Network) -> None:
    appeal = appealed(network, words="My daughter's school fees")
    assert appeal.sealed_words is not None
    assert "daughter" not in repr(network.rows(EXCHANGE_ID, APPEALS))
    assert network.setting(EXCHANGE_ID).unseal(appeal.sealed_words) == "My daughter's school fees"


def test_the_same_appeal_again_is_the_same(network: Network) -> None:
    first = appealed(network)
    assert appealed(network).appeal_id == first.appeal_id


def test_a_bank_overturns_its_own_pause_and_lets_go(network: Network) -> None:
    appeal = appealed(network)
    done = decided_here(network, appeal, AppealOutcome.measure_overturned)
    assert not isinstance(done, Rejection), done
    assert reserved(network) == 0
    assert hold_at(network, "bank-b").end is HoldEnd.overturned_on_appeal
    [after] = network.rows(EXCHANGE_ID, APPEALS)
    assert (after.status, after.reviewer_id) == (AppealStatus.executed, COLLEAGUE)
    [error] = network.rows(EXCHANGE_ID, RECORDED_ERRORS)
    assert error.cause is ErrorCause.overturned_on_appeal


def test_who_signed_the_mandate_or_confirmed_does_not_review(network: Network) -> None:
    appeal = appealed(network)
    assert decided_here(network, appeal, AppealOutcome.measure_overturned, officer=OFFICER) is Rejection.same_hands
    assert reserved(network) == 500_000


def test_nobody_loses_by_their_own_appeal(network: Network) -> None:
    appeal = appealed(network)
    worse = decided_here(network, appeal, AppealOutcome.measure_narrowed, keep=500_000)
    assert worse is Rejection.worse_on_own_appeal


@pytest.mark.parametrize(
    ("outcome", "keep"),
    [
        (AppealOutcome.measure_narrowed, 500_000),
        (AppealOutcome.measure_narrowed, 500_001),
        (AppealOutcome.measure_narrowed, 0),
        (AppealOutcome.measure_stands, 100),
    ],
)
def test_nobody_loses_by_their_own_appeal_to_an_authority(network: Network, outcome: AppealOutcome, keep: int) -> None:
    appeal = under_investigation(network)
    assert reviewed(network, appeal, outcome, keep=keep) is Rejection.worse_on_own_appeal
    assert reserved(network) == 500_000


def test_a_bank_that_is_silent_has_let_go_after_a_day_and_the_error_is_recorded(network: Network) -> None:
    """A pause of 24 hours ends with them; that nobody has answered is recorded all the same."""
    hold = bank_hold(network, "mule")
    assert network.confirm("bank-b", hold.hold_id) is None
    network.settle()
    appealed(network)
    network.wait(hours=23)
    assert reserved(network) == 500_000
    network.wait(hours=1)
    assert reserved(network) == 0
    [after] = network.rows(EXCHANGE_ID, APPEALS)
    assert after.status in {AppealStatus.unanswered, AppealStatus.executed}
    [error] = network.rows(EXCHANGE_ID, RECORDED_ERRORS)
    assert error.cause is ErrorCause.late_answer


def test_silence_lets_go_of_a_pause_that_would_stand_longer(network: Network) -> None:
    """Under a law that gives the bank twelve hours to answer."""
    before = network.exchange.setting_at
    pack = twelve_hours(network.setting(EXCHANGE_ID).pack)
    network.exchange = replace(network.exchange, setting_at=lambda now: replace(before(now), pack=pack))
    hold = bank_hold(network, "mule")
    assert network.confirm("bank-b", hold.hold_id) is None
    network.settle()
    appealed(network)
    network.wait(hours=12)
    assert hold_at(network, "bank-b").end is HoldEnd.appeal_unanswered
    assert bank_hold(network, "mule").end is HoldEnd.appeal_unanswered


def twelve_hours(pack: Pack) -> Pack:
    """Return the law with half the time for a bank's answer."""
    window = Window(12, WindowUnit.hours)

    def shorter(rule: MeasureRule) -> MeasureRule:
        if rule.measure is not Measure.M4b or rule.remedies is None:
            return rule
        first, *others = rule.remedies.value
        first = replace(first, deciding=window, decide_within=window.fixed)
        return replace(rule, remedies=replace(rule.remedies, value=(first, *others)))

    return index(replace(pack.data, rules=tuple(shorter(rule) for rule in pack.data.rules)))


def test_an_investigators_measure_is_reviewed_by_the_prosecutor_and_let_go_at_once(network: Network) -> None:
    appeal = under_investigation(network)
    assert appeal.decider == "prosecutor"
    assert appeal.due_at == appeal.filed_at.plus(timedelta(hours=72))
    done = reviewed(network, appeal, AppealOutcome.measure_overturned)
    assert isinstance(done, Appeal), done
    assert reserved(network) == 0
    assert {one.end for one in measures(network)} == {MeasureEnd.overturned_on_appeal}
    [after] = network.rows(EXCHANGE_ID, APPEALS)
    assert after.status is AppealStatus.executed
    assert network.rows(EXCHANGE_ID, MATERIAL_LOCKS) == []


def test_what_was_unlawful_is_locked_and_recorded_as_an_error(network: Network) -> None:
    appeal = under_investigation(network)
    reviewed(network, appeal, AppealOutcome.measure_unlawful)
    assert all(one.is_unlawful for one in measures(network))
    assert len(network.rows(EXCHANGE_ID, MATERIAL_LOCKS)) == 1
    [error] = network.rows(EXCHANGE_ID, RECORDED_ERRORS)
    assert error.cause is ErrorCause.unlawful_from_the_beginning
    assert error.held_minor == 500_000


def test_an_investigator_does_not_review_their_own_measure(network: Network) -> None:
    appeal = under_investigation(network)
    police(network)
    assert reviewed(network, appeal, AppealOutcome.measure_stands, by="police") is Rejection.officer_not_entitled


def test_what_the_bundle_lacks_must_be_answered_by_whoever_lets_the_measure_stand(network: Network) -> None:
    appeal = under_investigation(network)  # nobody has served a notice in this story
    assert reviewed(network, appeal, AppealOutcome.measure_stands) is Rejection.lawfulness_not_shown
    done = reviewed(
        network,
        appeal,
        AppealOutcome.measure_stands,
        missing=("holder_told",),
        why="The holder was told by telephone, and has said so in the appeal.",
    )
    assert isinstance(done, Appeal), done
    assert reserved(network) == 500_000


def test_an_authority_that_is_silent_opens_the_next_forum(network: Network) -> None:
    appeal = under_investigation(network)
    registered(network, case_of(network))
    network.wait(hours=47)  # the measure itself ends at 48; the prosecutor has 72
    assert reserved(network) == 500_000
    network.wait(hours=25)
    first, second = network.rows(EXCHANGE_ID, APPEALS, order=("forum_no",))
    assert (first.status, first.next_appeal_id) == (AppealStatus.executed, second.appeal_id)
    assert (second.decider, second.status) == ("investigating_judge", AppealStatus.admitted)
    assert second.before_appeal_id == appeal.appeal_id


def test_a_code_keeps_the_deadline_also_while_the_bank_is_away(network: Network) -> None:
    network.at("bank-b", lambda tx, now: serve_due_notices(tx, OFFICE, EXCHANGE_ID, now))
    network.settle()
    code = network.rows("bank-b", SERVED_NOTICES)[0].code
    network.banks["bank-b"].is_away = True
    command = PresentCode(
        participant_id=ParticipantId("bank-b"), code=f" {code.lower()} ", grounds=("money_is_mine",), words="Mine."
    )
    network.at(EXCHANGE_ID, lambda tx, now: present_code(tx, command, now))
    shown = network.now
    network.wait(hours=1)
    network.banks["bank-b"].is_away = False
    network.settle()
    [appeal] = network.rows(EXCHANGE_ID, APPEALS)
    assert (appeal.filed_at, appeal.status, appeal.road) == (shown, AppealStatus.preliminary, AppealRoad.code)
    [row] = network.rows(EXCHANGE_ID, CODE_PRESENTATIONS)
    assert row.appeal_id == appeal.appeal_id
    assert code not in repr(row)


def test_a_wrong_code_opens_nothing(network: Network) -> None:
    command = PresentCode(participant_id=ParticipantId("bank-b"), code="0000000000", grounds=(), words="")
    network.at(EXCHANGE_ID, lambda tx, now: present_code(tx, command, now))
    network.settle()
    [row] = network.rows(EXCHANGE_ID, CODE_PRESENTATIONS)
    assert (row.is_answered, row.appeal_id) == (True, None)
    assert network.rows(EXCHANGE_ID, APPEALS, Condition("road", "=", "code")) == []


def test_the_person_reads_why_it_was_decided_and_what_the_next_forum_says(network: Network) -> None:
    appeal = under_investigation(network)
    reviewed(network, appeal, AppealOutcome.measure_overturned)
    [local] = network.rows("bank-b", LOCAL_APPEALS)
    assert (local.state, local.outcome) == ("executed", AppealOutcome.measure_overturned)
    assert local.reasons is not None
    assert len(local.reasons) > 20


def test_an_appeal_that_went_on_by_itself_is_shown_beside_the_first(network: Network) -> None:
    appeal = under_investigation(network)
    network.wait(hours=72)
    first, second = sorted(network.rows("bank-b", LOCAL_APPEALS), key=lambda one: one.before_appeal_id or "")
    assert (first.appeal_id, second.before_appeal_id) == (appeal.appeal_id, appeal.appeal_id)
    assert second.forum == "law.forum.investigating_judge"


def test_two_strangers_on_one_road_are_two_appeals(network: Network) -> None:
    hold = bank_hold(network, "mule")
    for words in ("The money is mine.", "It was paid to me."):
        command = LodgeAppeal(
            hold_id=hold.hold_id,
            appellant=Appellant.other_affected,
            road=AppealRoad.phone,
            is_identified=True,
            grounds=(),
            words=words,
            was_read_back=True,
        )
        by = network.officer("bank-b")
        network.at("bank-b", lambda tx, now, command=command, by=by: lodge_appeal(tx, command, EXCHANGE_ID, now, by=by))
    network.settle()
    assert len(network.rows(EXCHANGE_ID, APPEALS)) == 2
