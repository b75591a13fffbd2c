"""A pause of one payment (M4a): for facts of a named officer, told, asked, and executed by itself at its end."""

from datetime import timedelta
from typing import Final

import pytest

from tarazy.adapters.catalogue import load_catalogue
from tarazy.adapters.memory import MemoryStore
from tarazy.agent.core_port import gate_of
from tarazy.agent.core_records import CORE_ENTERED, EnteredPayment, EnteredState, Payment
from tarazy.agent.notice_office import NoticeOffice
from tarazy.agent.pause_notices import PAUSE_NOTICES, serve_due_pauses
from tarazy.agent.pause_records import PAUSE_ACTS, PAYMENT_PAUSES, PaymentPause
from tarazy.agent.pause_round import gate_round
from tarazy.agent.pauses import (
    BeginPause,
    PauseRefused,
    begin_pause,
    call_back,
    confirm_by_payer,
    execute_by_officer,
    extend_pause,
    reject_by_officer,
    second_pause,
    stop_by_payer,
)
from tarazy.agent.signing import OfficerAtDesk
from tarazy.domain.entry import ExitKind
from tarazy.domain.pause import (
    PAUSE_TRANSITIONS,
    SECOND_OFFICER_FROM_MINOR,
    SIGNS,
    STATUS_AFTER,
    PauseEnd,
    PauseStatus,
    PayerAnswer,
)
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import AssertionKind
from tarazy.protocol.statement import Act, read_kept_statement
from tarazy.values.ids import AccountId, OfficerId, ParticipantId, TransferRef
from tests.story import Network
from tests.story_people import COLLEAGUE, OFFICER, keyring
from tests.unit.edge.desk.bank_story import profile_of

OPENING: Final = 3 * SECOND_OFFICER_FROM_MINOR
SMALL: Final = 500_000
REASONS: Final = "The payer was on the telephone with a man who called himself an officer of the bank."
OTHER_REASONS: Final = "Called at ten: she says that nobody has told her to pay, it is her sister's rent."
FACTS: Final = ("payer_pressed", "payee_on_list")
BANK: Final = "bank-a"


def at_desk(officer_id: OfficerId = OFFICER) -> OfficerAtDesk:
    return OfficerAtDesk(officer_id, keyring(BANK).officers[officer_id].signer())


class Waiting:
    """A payment of Aigul's that is entered and goes out in a quarter of an hour."""

    def __init__(self, amount: int = SMALL, ref: str = "p1") -> None:
        self.network = Network(lambda _: MemoryStore())
        self.network.open("bank-a", aigul=OPENING)
        self.network.open("bank-b", timur=0)
        self.network.settle()
        self.ref = TransferRef(ref)
        self.enter(amount, ref)

    def enter(self, amount: int, ref: str) -> EnteredPayment:
        payment = Payment(
            payment_id=TransferRef(ref),
            serial=0,
            from_participant=ParticipantId(BANK),
            to_participant=ParticipantId("bank-b"),
            to_account=AccountId("timur"),
            for_report=None,
            amount_minor=amount,
            currency="KZT",
            is_protected=False,
            sent_at=self.network.now,
            original_ref=None,
            done_at=None,
            from_account=AccountId("aigul"),
        )
        gate, now = self.network.core(BANK).payment_gate, self.network.now
        gate.enter(payment, AccountId("aigul"), now.plus(timedelta(minutes=15)), now)
        found = gate.entered(payment.payment_id)
        assert found is not None
        return found

    def entered(self) -> EnteredPayment:
        (row,) = [one for one in self.network.rows(BANK, CORE_ENTERED) if one.payment_id == self.ref]
        found: EnteredPayment = row
        return found

    def begin(
        self, facts: tuple[str, ...] = FACTS, reasons: str = REASONS, officer: OfficerId = OFFICER
    ) -> PaymentPause | PauseRefused:
        command = BeginPause(entered=self.entered(), facts=facts, reasons=reasons)
        gate = gate_of(self.network.banks[BANK].core)
        begun = self.network.at(BANK, lambda tx, now: begin_pause(tx, command, at_desk(officer), gate, now))
        self.round()
        return begun

    def round(self) -> None:
        store, gate = self.network.banks[BANK].agent.peer.store, gate_of(self.network.banks[BANK].core)
        gate_round(store, gate, self.network.setting(BANK))
        self.network.settle()

    def tell(self) -> int:
        office = NoticeOffice(profile_of(BANK), load_catalogue(), b"story")
        return self.network.at(BANK, lambda tx, now: serve_due_pauses(tx, office, now))

    @property
    def pause(self) -> PaymentPause:
        (row,) = self.network.rows(BANK, PAYMENT_PAUSES)
        found: PaymentPause = row
        return found

    def wait(self, **span: int) -> None:
        self.network.wait(**span)
        self.round()

    def arrived(self) -> int:
        return self.network.balance("timur")


@pytest.fixture
def paused() -> Waiting:
    waiting = Waiting()
    assert isinstance(waiting.begin(), PaymentPause)
    return waiting


def test_a_payment_that_nobody_pauses_goes_out_by_itself() -> None:
    waiting = Waiting()
    assert waiting.arrived() == 0
    waiting.wait(minutes=16)
    assert waiting.arrived() == SMALL


def test_a_paused_payment_does_not_go_out_and_everything_else_works(paused: Waiting) -> None:
    paused.wait(minutes=16)
    assert (paused.arrived(), paused.network.balance("aigul")) == (0, OPENING)
    paused.network.spend("aigul", 1_000, ExitKind.card)
    assert paused.pause.expires_at == paused.pause.begins_at.plus(timedelta(hours=24))
    assert paused.pause.call_back_by == paused.pause.begins_at.plus(timedelta(hours=2))


def test_at_its_end_it_is_executed_by_itself(paused: Waiting) -> None:
    paused.wait(hours=24)
    assert (paused.pause.status, paused.pause.end) == (PauseStatus.executed, PauseEnd.time_ran_out)
    assert paused.arrived() == SMALL


def test_the_core_executes_at_the_end_also_while_the_agent_is_dead(paused: Waiting) -> None:
    paused.network.wait(hours=24)
    paused.network.settle()
    assert paused.arrived() == SMALL
    paused.round()
    assert paused.pause.end is PauseEnd.time_ran_out


def test_each_act_is_signed_by_its_officer(paused: Waiting) -> None:
    (act,) = paused.network.rows(BANK, PAUSE_ACTS)
    key_of = paused.network.setting(BANK).officer_key_of
    statement = read_kept_statement(act.statement, Act.pause_payment, paused.pause.pause_id, key_of)
    assert (statement.officer_id, statement.reasons) == (OFFICER, REASONS)
    assert dict(statement.terms)["amount_minor"] == str(SMALL)


@pytest.mark.parametrize("weak", [one for one, kind in SIGNS.items() if kind is not AssertionKind.fact])
def test_a_score_or_a_list_alone_carries_no_pause(weak: str) -> None:
    refused = Waiting().begin((weak,))
    assert isinstance(refused, PauseRefused)
    assert refused.rejection is Rejection.measure_refused_by_law
    assert refused.assessment is not None
    assert [one.test for one in refused.assessment.tests if not one.passed] == ["T4"]


@pytest.mark.parametrize(
    ("facts", "reasons", "rejection"),
    [
        ((), REASONS, Rejection.fact_unknown),
        (("origin",), REASONS, Rejection.fact_unknown),
        (FACTS, "odd", Rejection.reasons_missing),
    ],
)
def test_what_is_no_ground_is_refused(facts: tuple[str, ...], reasons: str, rejection: Rejection) -> None:
    refused = Waiting().begin(facts, reasons)
    assert isinstance(refused, PauseRefused)
    assert refused.rejection is rejection


def test_reasons_of_another_payment_are_no_reasons(paused: Waiting) -> None:
    other = paused.enter(SMALL, "p2")
    command = BeginPause(entered=other, facts=FACTS, reasons=REASONS)
    gate = gate_of(paused.network.banks[BANK].core)
    refused = paused.network.at(BANK, lambda tx, now: begin_pause(tx, command, at_desk(), gate, now))
    assert isinstance(refused, PauseRefused)
    assert refused.rejection is Rejection.reasons_not_individual


def test_a_core_without_a_gate_cannot_pause() -> None:
    waiting = Waiting()
    command = BeginPause(entered=waiting.entered(), facts=FACTS, reasons=REASONS)
    refused = waiting.network.at(BANK, lambda tx, now: begin_pause(tx, command, at_desk(), None, now))
    assert refused == PauseRefused(Rejection.core_cannot_pause)


def test_what_is_executed_already_cannot_wait() -> None:
    waiting = Waiting()
    waiting.wait(minutes=16)
    assert waiting.begin() == PauseRefused(Rejection.payment_not_waiting)


def test_the_same_pause_again_is_the_same_and_another_is_refused(paused: Waiting) -> None:
    assert paused.begin() == paused.network.rows(BANK, PAYMENT_PAUSES)[0]
    assert paused.begin(officer=COLLEAGUE) == PauseRefused(Rejection.pause_known_with_other_facts)


def test_the_payer_is_told_at_once_with_the_end_and_what_happens_then(paused: Waiting) -> None:
    assert paused.tell() == 1
    assert paused.tell() == 0
    (notice,) = paused.network.rows(BANK, PAUSE_NOTICES)
    assert notice.account_id == "aigul"
    assert REASONS in "\n".join(notice.paragraphs)


def test_the_payer_says_that_it_is_right_and_it_goes_out(paused: Waiting) -> None:
    mine = AccountId("aigul")
    say = paused.network.at
    assert say(BANK, lambda tx, now: confirm_by_payer(tx, paused.pause.pause_id, mine, (), now)) is None
    paused.round()
    assert (paused.pause.end, paused.arrived()) == (PauseEnd.payer_confirmed, SMALL)


def test_a_yes_to_a_question_waits_for_the_call(paused: Waiting) -> None:
    mine, pause_id = AccountId("aigul"), paused.pause.pause_id
    at = paused.network.at
    assert at(BANK, lambda tx, now: confirm_by_payer(tx, pause_id, mine, ("safe_account",), now)) is None
    paused.round()
    assert (paused.pause.answer, paused.arrived()) == (PayerAnswer.right_with_signs, 0)
    again = at(BANK, lambda tx, now: confirm_by_payer(tx, pause_id, mine, (), now))
    assert again is Rejection.call_back_first
    assert at(BANK, lambda tx, now: call_back(tx, pause_id, at_desk(), now)) is None
    assert at(BANK, lambda tx, now: confirm_by_payer(tx, pause_id, mine, (), now)) is None
    paused.round()
    assert paused.arrived() == SMALL


def test_the_payer_stops_it_and_nothing_was_ever_booked(paused: Waiting) -> None:
    at = paused.network.at
    assert at(BANK, lambda tx, now: stop_by_payer(tx, paused.pause.pause_id, AccountId("aigul"), now)) is None
    paused.round()
    paused.wait(hours=30)
    assert (paused.pause.status, paused.pause.end) == (PauseStatus.withdrawn, PauseEnd.payer_withdrew)
    assert (paused.arrived(), paused.network.balance("aigul")) == (0, OPENING)


def test_what_the_core_has_done_counts_whatever_was_asked_of_it(paused: Waiting) -> None:
    """The agent was dead between the payer's word and the end: the core had executed the payment by then."""
    at = paused.network.at
    assert at(BANK, lambda tx, now: stop_by_payer(tx, paused.pause.pause_id, AccountId("aigul"), now)) is None
    paused.wait(hours=24)
    assert (paused.pause.status, paused.pause.end) == (PauseStatus.executed, PauseEnd.time_ran_out)
    assert paused.arrived() == SMALL


def test_nobody_answers_for_another_person(paused: Waiting) -> None:
    at, pause_id = paused.network.at, paused.pause.pause_id
    timur = AccountId("timur")
    assert at(BANK, lambda tx, now: stop_by_payer(tx, pause_id, timur, now)) is Rejection.pause_unknown
    assert at(BANK, lambda tx, now: confirm_by_payer(tx, pause_id, timur, (), now)) is Rejection.pause_unknown


def test_it_is_extended_once_and_with_a_new_fact_only(paused: Waiting) -> None:
    at, pause_id = paused.network.at, paused.pause.pause_id
    paused.wait(hours=23)
    none_new = at(BANK, lambda tx, now: extend_pause(tx, pause_id, "nothing", OTHER_REASONS, at_desk(), now))
    assert none_new is not None
    assert none_new.rejection is Rejection.measure_refused_by_law
    fact = "payer_confirms_deceit"
    assert at(BANK, lambda tx, now: extend_pause(tx, pause_id, fact, OTHER_REASONS, at_desk(), now)) is None
    paused.round()
    assert paused.pause.expires_at == paused.pause.begins_at.plus(timedelta(hours=71))
    paused.wait(hours=30)
    again = at(BANK, lambda tx, now: extend_pause(tx, pause_id, "payer_not_reached", OTHER_REASONS, at_desk(), now))
    assert again is not None
    assert again.rejection is Rejection.measure_refused_by_law
    paused.wait(hours=18)
    assert (paused.pause.status, paused.arrived()) == (PauseStatus.executed, SMALL)


def test_after_its_end_nothing_can_be_done(paused: Waiting) -> None:
    at, pause_id = paused.network.at, paused.pause.pause_id
    paused.network.wait(hours=24)  # before any round: the end is part of every reading
    late = at(BANK, lambda tx, now: extend_pause(tx, pause_id, "payer_not_reached", OTHER_REASONS, at_desk(), now))
    assert late == PauseRefused(Rejection.pause_has_ended)
    rejected = at(BANK, lambda tx, now: execute_by_officer(tx, pause_id, OTHER_REASONS, at_desk(), now))
    assert rejected is Rejection.pause_has_ended
    assert at(BANK, lambda tx, now: stop_by_payer(tx, pause_id, AccountId("aigul"), now)) is Rejection.pause_has_ended


def test_a_refusal_needs_the_call_and_reasons(paused: Waiting) -> None:
    at, pause_id = paused.network.at, paused.pause.pause_id
    first = at(BANK, lambda tx, now: reject_by_officer(tx, pause_id, OTHER_REASONS, at_desk(), now))
    assert first is Rejection.call_back_first
    assert at(BANK, lambda tx, now: call_back(tx, pause_id, at_desk(), now)) is None
    bare = at(BANK, lambda tx, now: reject_by_officer(tx, pause_id, "no", at_desk(), now))
    assert bare is Rejection.reasons_missing
    assert at(BANK, lambda tx, now: reject_by_officer(tx, pause_id, OTHER_REASONS, at_desk(), now)) is None
    paused.round()
    paused.wait(hours=30)
    assert (paused.pause.status, paused.pause.decided_by) == (PauseStatus.rejected, OFFICER)
    assert (paused.entered().state, paused.arrived()) == (EnteredState.rejected, 0)


def test_an_officer_lets_it_go_out_early(paused: Waiting) -> None:
    at, pause_id = paused.network.at, paused.pause.pause_id
    assert at(BANK, lambda tx, now: execute_by_officer(tx, pause_id, OTHER_REASONS, at_desk(), now)) is None
    paused.round()
    assert (paused.pause.end, paused.arrived()) == (PauseEnd.by_officer, SMALL)


def test_a_large_payment_waits_two_hours_unless_a_second_officer_signs() -> None:
    waiting = Waiting(SECOND_OFFICER_FROM_MINOR)
    waiting.begin()
    assert waiting.pause.expires_at == waiting.pause.call_back_by
    waiting.wait(hours=2)
    assert (waiting.pause.status, waiting.arrived()) == (PauseStatus.executed, SECOND_OFFICER_FROM_MINOR)


def test_the_second_officer_is_another_one_and_lets_it_last() -> None:
    waiting = Waiting(SECOND_OFFICER_FROM_MINOR)
    waiting.begin()
    at, pause_id = waiting.network.at, waiting.pause.pause_id
    assert at(BANK, lambda tx, now: second_pause(tx, pause_id, at_desk(), now)) is Rejection.same_hands
    assert at(BANK, lambda tx, now: second_pause(tx, pause_id, at_desk(COLLEAGUE), now)) is None
    waiting.round()
    waiting.wait(hours=3)
    assert (waiting.pause.status, waiting.arrived()) == (PauseStatus.begun, 0)
    waiting.wait(hours=21)
    assert waiting.arrived() == SECOND_OFFICER_FROM_MINOR


def test_money_that_is_not_there_any_more_is_not_lent(paused: Waiting) -> None:
    paused.network.spend("aigul", OPENING, ExitKind.card)
    paused.wait(hours=24)
    assert (paused.pause.status, paused.pause.end) == (PauseStatus.rejected, PauseEnd.money_not_there)


def test_every_end_has_its_place_in_the_life() -> None:
    assert set(STATUS_AFTER) == set(PauseEnd)
    assert set(STATUS_AFTER.values()) == PAUSE_TRANSITIONS[PauseStatus.begun]
