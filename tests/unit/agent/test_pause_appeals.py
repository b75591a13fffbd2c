"""An appeal against a pause (M4a): heard by other hands in the bank's time, carried out at once; each end is told."""

from datetime import timedelta
from typing import Final

import pytest

from tarazy.agent.pause_appeals import (
    PAUSE_APPEALS,
    DecidePauseAppeal,
    LodgePauseAppeal,
    PauseAppeal,
    decide_pause_appeal,
    lodge_pause_appeal,
)
from tarazy.agent.pause_notices import PAUSE_NOTICES, PauseNotice
from tarazy.agent.pause_records import PAUSE_ACTS, PaymentPause
from tarazy.agent.pauses import (
    call_back,
    confirm_by_payer,
    execute_by_officer,
    extend_pause,
    reject_by_officer,
    stop_by_payer,
)
from tarazy.domain.appeal import AppealOutcome, AppealRoad, AppealStatus, SilenceEffect
from tarazy.domain.pause import ON_APPEAL, PauseEnd, PauseStatus
from tarazy.domain.pause_text import PauseNews
from tarazy.domain.rejection import Rejection
from tarazy.protocol.statement import Act, read_kept_statement
from tarazy.values.ids import AccountId, OfficerId
from tests.story_people import COLLEAGUE, OFFICER
from tests.unit.agent.test_pauses import BANK, OPENING, OTHER_REASONS, SMALL, Waiting, at_desk

WORDS: Final = "It is the rent for my sister's flat, as every month."
WHY: Final = "The payments of the last two years show the same rent to the same account each month."
MINE: Final = AccountId("aigul")


class Appealing(Waiting):
    """A payment that was paused, told of, and is appealed against."""

    def __init__(self) -> None:
        super().__init__()
        assert isinstance(self.begin(), PaymentPause)
        self.tell()

    def lodge(self, words: str = WORDS, *, by_code: bool = False, hours_ago: int = 0) -> PauseAppeal:
        command = LodgePauseAppeal(
            pause_id=self.pause.pause_id,
            road=AppealRoad.code if by_code else AppealRoad.app,
            is_identified=not by_code,
            grounds=("no_basis", "money_is_mine"),
            words="" if by_code else words,
        )
        at = self.network.now.plus(-timedelta(hours=hours_ago)) if hours_ago else None
        lodged = self.network.at(BANK, lambda tx, now: lodge_pause_appeal(tx, command, now, filed_at=at))
        assert isinstance(lodged, PauseAppeal)
        return lodged

    def decide(
        self, outcome: AppealOutcome, officer: OfficerId = COLLEAGUE, reasons: str = WHY
    ) -> PauseAppeal | Rejection:
        command = DecidePauseAppeal(appeal_id=self.appeal.appeal_id, outcome=outcome, reasons=reasons)
        decided = self.network.at(BANK, lambda tx, now: decide_pause_appeal(tx, command, at_desk(officer), now))
        self.round()
        return decided

    @property
    def appeal(self) -> PauseAppeal:
        rows: list[PauseAppeal] = self.network.rows(BANK, PAUSE_APPEALS)
        return max(rows, key=lambda row: row.filed_at)

    def told(self) -> list[PauseNotice]:
        """Return what is new for the payer."""
        before = {one.notice_id for one in self.network.rows(BANK, PAUSE_NOTICES)}
        self.tell()
        return [one for one in self.network.rows(BANK, PAUSE_NOTICES) if one.notice_id not in before]


@pytest.fixture
def appealing() -> Appealing:
    return Appealing()


def test_it_goes_to_the_bank_whose_answer_is_due_by_the_packs_clock(appealing: Appealing) -> None:
    lodged = appealing.lodge()
    assert (lodged.forum, lodged.next_forum) == ("law.forum.bank", "law.forum.regulator")
    assert lodged.due_at == lodged.filed_at.plus(timedelta(hours=24))
    assert (lodged.silence, lodged.state) == (SilenceEffect.releases, AppealStatus.filed)
    assert (lodged.grounds, lodged.words) == (("no_basis",), WORDS)
    assert appealing.lodge("Once more.") == lodged


def test_begun_by_a_code_it_keeps_its_time_and_is_completed(appealing: Appealing) -> None:
    begun = appealing.lodge(by_code=True, hours_ago=3)
    assert (begun.state, begun.is_identified) == (AppealStatus.preliminary, False)
    assert begun.filed_at == appealing.network.now.plus(-timedelta(hours=3))
    full = appealing.lodge()
    assert (full.state, full.words, full.filed_at, full.due_at) == (
        AppealStatus.filed,
        WORDS,
        begun.filed_at,
        begun.due_at,
    )


@pytest.mark.parametrize("outcome", [AppealOutcome.measure_overturned, AppealOutcome.measure_unlawful])
def test_who_is_right_is_paid_out_at_once_and_told(appealing: Appealing, outcome: AppealOutcome) -> None:
    appealing.lodge()
    assert appealing.arrived() == 0
    appealing.decide(outcome)
    assert appealing.arrived() == SMALL
    assert (appealing.pause.status, appealing.pause.end) == (PauseStatus.executed, PauseEnd.overturned_on_appeal)
    assert appealing.appeal.state is AppealStatus.executed
    (notice,) = appealing.told()
    text = "\n".join(notice.paragraphs)
    assert notice.notice_kind == PauseNews.payment_made
    assert (WHY in text, "Анна Ли" in text) == (True, True)


def test_where_the_decision_stands_the_payment_waits_on_and_the_next_forum_is_named(appealing: Appealing) -> None:
    appealing.lodge()
    end = appealing.pause.expires_at
    appealing.decide(AppealOutcome.measure_stands)
    assert (appealing.arrived(), appealing.pause.expires_at, appealing.pause.due) == (0, end, None)
    assert appealing.appeal.state is AppealStatus.decided
    (notice,) = appealing.told()
    assert notice.notice_kind == PauseNews.appeal_answered
    text = "\n".join(notice.paragraphs)
    assert (WHY in text, "қаржы нарығын реттеуші органға" in text, "банкке, " in text) == (True, True, False)
    assert appealing.told() == []
    appealing.wait(hours=24)
    assert (appealing.arrived(), appealing.pause.end) == (SMALL, PauseEnd.time_ran_out)


def test_whoever_decided_anything_on_the_payment_does_not_answer(appealing: Appealing) -> None:
    at, pause_id = appealing.network.at, appealing.pause.pause_id
    appealing.wait(hours=1)
    appealing.lodge()
    assert appealing.decide(AppealOutcome.measure_stands, OFFICER) is Rejection.same_hands
    longer = (pause_id, "payer_not_reached", OTHER_REASONS, at_desk(COLLEAGUE))
    assert at(BANK, lambda tx, now: extend_pause(tx, *longer, now)) is None
    assert appealing.decide(AppealOutcome.measure_overturned) is Rejection.same_hands
    assert appealing.appeal.state is AppealStatus.filed


def test_who_only_called_the_payer_back_may_answer(appealing: Appealing) -> None:
    appealing.lodge()
    called = appealing.network.at(
        BANK, lambda tx, now: call_back(tx, appealing.pause.pause_id, at_desk(COLLEAGUE), now)
    )
    assert called is None
    assert isinstance(appealing.decide(AppealOutcome.measure_stands), PauseAppeal)


def test_the_answer_is_signed_with_reasons_of_its_own_and_given_once(appealing: Appealing) -> None:
    appealing.lodge()
    assert appealing.decide(AppealOutcome.measure_stands, reasons="no") is Rejection.reasons_missing
    appealing.decide(AppealOutcome.measure_stands)
    assert appealing.decide(AppealOutcome.measure_overturned) is Rejection.appeal_has_ended
    (act,) = [one for one in appealing.network.rows(BANK, PAUSE_ACTS) if one.act == Act.decide_appeal]
    key_of = appealing.network.setting(BANK).officer_key_of
    said = read_kept_statement(act.statement, Act.decide_appeal, appealing.pause.pause_id, key_of)
    terms = {"appeal": appealing.appeal.appeal_id, "outcome": "measure_stands"}
    assert (said.officer_id, said.reasons, dict(said.terms)) == (COLLEAGUE, WHY, terms)


def test_nobody_loses_by_an_appeal_the_answer_cannot_refuse_or_narrow(appealing: Appealing) -> None:
    appeal_id = appealing.lodge().appeal_id
    with pytest.raises(AssertionError):
        DecidePauseAppeal(appeal_id=appeal_id, outcome=AppealOutcome.measure_narrowed, reasons=WHY)


def test_unanswered_in_time_the_payment_goes_out_before_its_end(appealing: Appealing) -> None:
    appealing.wait(hours=1)
    appealing.lodge()
    longer = (appealing.pause.pause_id, "payer_not_reached", OTHER_REASONS, at_desk())
    assert appealing.network.at(BANK, lambda tx, now: extend_pause(tx, *longer, now)) is None
    appealing.round()
    appealing.wait(hours=23, minutes=59)
    assert appealing.arrived() == 0
    appealing.network.wait(minutes=1)
    assert appealing.decide(AppealOutcome.measure_stands) is Rejection.appeal_has_ended
    assert (appealing.arrived(), appealing.pause.end) == (SMALL, PauseEnd.appeal_unanswered)
    assert appealing.pause.ended_at is not None
    assert appealing.pause.ended_at < appealing.pause.expires_at
    assert appealing.appeal.state is AppealStatus.executed
    assert [one.notice_kind for one in appealing.told()] == [PauseNews.payment_made]


def test_an_appeal_that_outlives_the_pause_is_answered_all_the_same(appealing: Appealing) -> None:
    appealing.wait(hours=12)
    appealing.lodge()
    appealing.wait(hours=12)
    assert appealing.pause.end is PauseEnd.time_ran_out
    assert [one.notice_kind for one in appealing.told()] == [PauseNews.payment_made]
    appealing.decide(AppealOutcome.measure_unlawful)
    assert [one.notice_kind for one in appealing.told()] == [PauseNews.appeal_answered]
    assert (appealing.pause.end, appealing.arrived()) == (PauseEnd.time_ran_out, SMALL)


def test_the_silence_upon_a_pause_that_is_over_is_told(appealing: Appealing) -> None:
    appealing.wait(hours=12)
    appealing.lodge()
    appealing.wait(hours=24)
    assert appealing.appeal.state is AppealStatus.unanswered
    told = {one.notice_kind for one in appealing.told()}
    assert told == {PauseNews.payment_made, PauseNews.appeal_unanswered}


def test_a_refusal_can_be_appealed_after_the_pause_was(appealing: Appealing) -> None:
    appealing.lodge()
    appealing.decide(AppealOutcome.measure_stands)
    at, pause_id = appealing.network.at, appealing.pause.pause_id
    assert at(BANK, lambda tx, now: call_back(tx, pause_id, at_desk(), now)) is None
    assert at(BANK, lambda tx, now: reject_by_officer(tx, pause_id, OTHER_REASONS, at_desk(), now)) is None
    appealing.round()
    appealing.network.wait(hours=1)
    refusal = appealing.lodge("It was refused for nothing.")
    assert (refusal.is_of_refusal, len(appealing.network.rows(BANK, PAUSE_APPEALS))) == (True, 2)
    # Who has answered the first appeal has decided on this payment.
    assert appealing.decide(AppealOutcome.measure_overturned) is Rejection.same_hands
    assert (appealing.pause.end, appealing.arrived()) == (PauseEnd.refused_by_officer, 0)


def test_where_the_money_is_gone_who_was_right_is_told_both(appealing: Appealing) -> None:
    appealing.lodge()
    appealing.network.spend("aigul", OPENING - 1)
    appealing.decide(AppealOutcome.measure_overturned)
    assert appealing.pause.end is PauseEnd.money_not_there
    kinds = {one.notice_kind for one in appealing.told()}
    assert kinds == {PauseNews.payment_not_made, PauseNews.appeal_answered}


def end_by(appealing: Appealing, end: PauseEnd) -> None:
    """Let the pause end in one of the ways that need no appeal."""
    at, pause_id = appealing.network.at, appealing.pause.pause_id
    if end is PauseEnd.by_officer:
        at(BANK, lambda tx, now: execute_by_officer(tx, pause_id, OTHER_REASONS, at_desk(), now))
    elif end is PauseEnd.refused_by_officer:
        at(BANK, lambda tx, now: call_back(tx, pause_id, at_desk(), now))
        at(BANK, lambda tx, now: reject_by_officer(tx, pause_id, OTHER_REASONS, at_desk(), now))
    elif end is PauseEnd.payer_confirmed:
        at(BANK, lambda tx, now: confirm_by_payer(tx, pause_id, MINE, (), now))
    elif end is PauseEnd.payer_withdrew:
        at(BANK, lambda tx, now: stop_by_payer(tx, pause_id, MINE, now))
    elif end is PauseEnd.money_not_there:
        appealing.network.spend("aigul", OPENING - 1)
        appealing.wait(hours=24)
    else:
        assert end is PauseEnd.time_ran_out
        appealing.wait(hours=24)
    appealing.round()
    assert appealing.pause.end is end


@pytest.mark.parametrize("end", sorted(set(PauseEnd) - ON_APPEAL - {PauseEnd.held_by_authority}))
def test_each_end_of_a_pause_is_told_once(appealing: Appealing, end: PauseEnd) -> None:
    end_by(appealing, end)
    (notice,) = appealing.told()
    is_sent = appealing.pause.status is PauseStatus.executed
    assert notice.notice_kind == (PauseNews.payment_made if is_sent else PauseNews.payment_not_made)
    is_by_officer = end in {PauseEnd.by_officer, PauseEnd.refused_by_officer}
    assert (OTHER_REASONS in "\n".join(notice.paragraphs)) is is_by_officer
    assert appealing.told() == []
