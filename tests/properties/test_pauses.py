"""Random lives of a pause: whatever officers, the payer, clocks and a dead agent do, the payment goes where it should.

A pause never passes its law's end · it is extended at most once · nobody's silence takes the payment away · what the
row says and what the core has done are the same · a refusal has a named officer who called first · two hands are two.
"""

from datetime import timedelta
from typing import Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tarazy.agent.core_records import EnteredState
from tarazy.agent.pause_records import PAUSE_ACTS
from tarazy.agent.pauses import (
    call_back,
    confirm_by_payer,
    execute_by_officer,
    extend_pause,
    reject_by_officer,
    second_pause,
    stop_by_payer,
)
from tarazy.domain.pause import FACTS_LEARNT, QUESTIONS, SECOND_OFFICER_FROM_MINOR, PauseStatus, stands
from tarazy.values.ids import AccountId, OfficerId
from tests.story_people import COLLEAGUE, OFFICER
from tests.unit.agent.test_pauses import BANK, OPENING, OTHER_REASONS, SMALL, Waiting, at_desk

OFFICERS: Final = st.sampled_from((OFFICER, COLLEAGUE))
LATEST: Final = timedelta(hours=72)
PAYER: Final = AccountId("aigul")
STATE_OF: Final = {
    PauseStatus.executed: {EnteredState.executed},
    PauseStatus.rejected: {EnteredState.rejected, EnteredState.declined},
    PauseStatus.withdrawn: {EnteredState.rejected},
}


class Pauses(RuleBasedStateMachine):
    """One paused payment, and everybody who can act upon it."""

    waiting: Waiting

    @initialize(amount=st.sampled_from((SMALL, SECOND_OFFICER_FROM_MINOR)))
    def paused(self, amount: int) -> None:
        """Enter a payment and pause it."""
        self.waiting, self.amount = Waiting(amount), amount
        self.waiting.begin()
        self.pause_id = self.waiting.pause.pause_id

    @rule(minutes=st.sampled_from((1, 30, 119, 120, 600, 1439, 1440, 2880)), alive=st.booleans())
    def time_passes(self, minutes: int, *, alive: bool) -> None:
        """Let time pass; the agent may be dead meanwhile, the core never is."""
        self.waiting.network.wait(minutes=minutes)
        self.waiting.network.settle()
        if alive:
            self.waiting.round()

    @rule(officer=OFFICERS)
    def calls(self, officer: OfficerId) -> None:
        """An officer calls the payer."""
        self.waiting.network.at(BANK, lambda tx, now: call_back(tx, self.pause_id, at_desk(officer), now))

    @rule(officer=OFFICERS)
    def signs_second(self, officer: OfficerId) -> None:
        """An officer signs as the second."""
        self.waiting.network.at(BANK, lambda tx, now: second_pause(tx, self.pause_id, at_desk(officer), now))

    @rule(officer=OFFICERS, fact=st.sampled_from((*FACTS_LEARNT, "nothing")), at_once=st.booleans())
    def extends(self, officer: OfficerId, fact: str, *, at_once: bool) -> None:
        """An officer lets it wait longer."""
        act = at_desk(officer)
        self.waiting.network.at(BANK, lambda tx, now: extend_pause(tx, self.pause_id, fact, OTHER_REASONS, act, now))
        if at_once:
            self.waiting.round()

    @rule(officer=OFFICERS, at_once=st.booleans())
    def refuses(self, officer: OfficerId, *, at_once: bool) -> None:
        """An officer refuses it."""
        act = at_desk(officer)
        self.waiting.network.at(BANK, lambda tx, now: reject_by_officer(tx, self.pause_id, OTHER_REASONS, act, now))
        if at_once:
            self.waiting.round()

    @rule(officer=OFFICERS)
    def lets_out(self, officer: OfficerId) -> None:
        """An officer lets it go out."""
        act = at_desk(officer)
        self.waiting.network.at(BANK, lambda tx, now: execute_by_officer(tx, self.pause_id, OTHER_REASONS, act, now))

    @rule(yes=st.sets(st.sampled_from(QUESTIONS)))
    def says_right(self, yes: set[str]) -> None:
        """The payer says that it is right."""
        said = sorted(yes)
        self.waiting.network.at(BANK, lambda tx, now: confirm_by_payer(tx, self.pause_id, PAYER, said, now))

    @rule()
    def stops(self) -> None:
        """The payer stops it."""
        self.waiting.network.at(BANK, lambda tx, now: stop_by_payer(tx, self.pause_id, PAYER, now))

    @invariant()
    def its_end_is_lawful(self) -> None:
        """No pause passes the law's end, and none is extended twice."""
        pause = self.waiting.pause
        assert pause.expires_at <= pause.asked_until <= pause.begins_at.plus(LATEST)
        assert pause.extensions <= 1
        assert not (pause.is_second_awaited and pause.expires_at > pause.call_back_by)
        assert self.waiting.entered().execute_at <= pause.begins_at.plus(LATEST)

    @invariant()
    def silence_executes(self) -> None:
        """After its end the core waits no longer, and money is where its state says."""
        entered, pause = self.waiting.entered(), self.waiting.pause
        if self.waiting.network.now >= pause.expires_at and self.waiting.network.now >= entered.execute_at:
            assert not stands(pause.status, pause.expires_at, self.waiting.network.now)
            assert entered.state is not EnteredState.waiting
        out = self.amount if entered.state is EnteredState.executed else 0
        assert (self.waiting.arrived(), self.waiting.network.balance("aigul")) == (out, OPENING - out)

    @invariant()
    def the_row_says_what_the_core_did(self) -> None:
        """How a pause ended is the core's word."""
        pause = self.waiting.pause
        if pause.status.is_final:
            assert self.waiting.entered().state in STATE_OF[pause.status]

    @invariant()
    def hands_are_named(self) -> None:
        """A refusal has an officer and reasons, and came after the payer was heard; two hands are two."""
        pause = self.waiting.pause
        assert pause.second_officer_id != pause.officer_id
        if pause.status is PauseStatus.rejected:
            assert pause.decided_by is not None
            assert pause.decided_reasons
            assert pause.called_back_at is not None or pause.answer is not None
        numbers = [act.number for act in self.waiting.network.rows(BANK, PAUSE_ACTS, order=("number",))]
        assert numbers == list(range(1, pause.acts + 1))

    def teardown(self) -> None:
        """Whatever happened, after the law's longest time nothing waits."""
        if hasattr(self, "pause_id"):
            self.waiting.wait(hours=73)
            assert self.waiting.pause.status.is_final
            assert self.waiting.entered().state is not EnteredState.waiting


TestPauses = Pauses.TestCase
TestPauses.settings = settings(
    derandomize=True,
    deadline=None,
    max_examples=120,
    stateful_step_count=14,
    suppress_health_check=[HealthCheck.too_slow],
)
