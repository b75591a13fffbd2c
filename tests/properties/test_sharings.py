"""Random lives of what was sent abroad: nothing goes unauthorised, and no recall or correction is over in silence."""

from datetime import timedelta
from typing import Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tarazy.app.deadlines import miss_overdue
from tarazy.app.locking import lock_material, of_pause
from tarazy.app.records import CASE_HOLDS
from tarazy.app.sharing_records import SHARINGS, Sharing
from tarazy.app.sharings import expire_sharings
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.deadline import DeadlineStatus
from tarazy.domain.measure import MeasureEnd
from tarazy.domain.sharing import SHARING_TRANSITIONS, SharingStatus
from tests.story_reading import bank_hold
from tests.unit.app.test_sharings import PLAIN, Border

OPEN: Final = {DeadlineStatus.open, DeadlineStatus.missed}


class Sharings(RuleBasedStateMachine):
    """One proposal at a time, whoever acts, and a clock."""

    border: Border

    @initialize(came_of=st.booleans(), rests_on=st.booleans())
    def opened(self, *, came_of: bool, rests_on: bool) -> None:
        """Propose one sharing, whose data or whose ground come of a bank's pause, or of reports alone."""
        self.border, self.seen = Border(), SharingStatus.proposed
        self.pause, self.was_unlawful = bank_hold(self.border.network, "mule").hold_id, False
        named = (self.pause,)
        self.border.propose(came_of=named if came_of else (), rests_on=named if rests_on else ())

    @property
    def one(self) -> Sharing:
        """The one sharing."""
        (row,) = self.border.network.rows(EXCHANGE_ID, SHARINGS)
        found: Sharing = row
        return found

    @precondition(lambda self: self.one.status is SharingStatus.proposed)
    @rule(
        who=st.sampled_from(("prosecutor", "prosecutor", "police", "court")), yes=st.sampled_from((True, True, False))
    )
    def decides(self, who: str, *, yes: bool) -> None:
        """Somebody decides, entitled or not."""
        self.border.decide(self.one, who, is_granted=yes)

    @rule(act=st.sampled_from(sorted(PLAIN)), who=st.sampled_from(("police", "prosecutor", "court")))
    def acts(self, act: str, who: str) -> None:
        """Somebody does something with it."""
        self.border.do(act, self.one, who)

    @rule()
    def corrects(self) -> None:
        """The investigator corrects it."""
        self._tick()
        self.border.correct(self.one)

    @rule(days=st.sampled_from((1, 3, 15, 30)))
    def time_passes(self, days: int) -> None:
        """Let days pass."""
        self.border.network.now = self.border.network.now.plus(timedelta(days=days))
        self.border.network.at(EXCHANGE_ID, expire_sharings)
        self.border.network.at(EXCHANGE_ID, miss_overdue)

    @precondition(lambda self: not self.was_unlawful)
    @rule()
    def the_pause_was_unlawful(self) -> None:
        """Somebody finds the bank's pause unlawful, and what came of it is locked."""
        [hold] = self.border.network.rows(EXCHANGE_ID, CASE_HOLDS, Condition("hold_id", "=", self.pause))
        end, self.was_unlawful = MeasureEnd.overturned_on_appeal, True
        self.border.network.at(EXCHANGE_ID, lambda tx, now: lock_material(tx, of_pause(hold), end, now))

    def _tick(self) -> None:
        self.border.network.now = self.border.network.now.plus(timedelta(seconds=1))

    @invariant()
    def each_step_is_in_the_table(self) -> None:
        """Its life goes forward only, a step at a time but for the clock's."""
        now = self.one.status
        ways = {self.seen, *SHARING_TRANSITIONS[self.seen]}
        assert now in ways | {then for way in ways for then in SHARING_TRANSITIONS[way]}
        self.seen = now

    @invariant()
    def what_was_sent_was_authorised(self) -> None:
        """The prosecutor has authorised it before it went, and it has an end."""
        one = self.one
        if one.sent_at is not None:
            assert one.decided_participant_id == "prosecutor"
            assert one.expires_at is not None
            assert one.expires_at <= one.sent_at.plus(timedelta(days=30))
        assert (one.sent_at is None) == (one.status in {SharingStatus.proposed, SharingStatus.refused})

    @invariant()
    def nothing_stands_on_what_was_unlawful(self) -> None:
        """What came of the pause falls with it, and what did not stands (I6)."""
        one, is_named = self.one, bool(self.one.came_of or self.one.rests_on)
        if not (self.was_unlawful and is_named):
            assert one.fell_for is None
        elif one.fell_for is None:
            assert one.status is SharingStatus.refused, "by the prosecutor, before"
        else:
            assert one.status in {SharingStatus.refused, SharingStatus.recalled, SharingStatus.erased}

    @invariant()
    def nothing_is_over_in_silence(self) -> None:
        """A recall, an end and a correction stay owed until they are confirmed."""
        one = self.one
        if one.status in {SharingStatus.recalled, SharingStatus.expired}:
            assert self.border.due(one, "confirm_erasure") in OPEN
        if one.corrected_at is not None and one.correction_acknowledged_at is None:
            owed = self.border.due(one, "acknowledge_correction")
            assert owed in OPEN or one.status is SharingStatus.erased
        assert (one.status is SharingStatus.erased) == (one.erasure_confirmed_at is not None)


TestSharings = Sharings.TestCase
TestSharings.settings = settings(
    derandomize=True,
    deadline=None,
    max_examples=60,
    stateful_step_count=14,
    suppress_health_check=[HealthCheck.too_slow],
)
