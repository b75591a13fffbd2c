"""Random lives of measures: whatever officers, judges, holders, clocks and lost connections do, the law's limits hold.

I1 what stands is authorised or within its urgent time · I2 nothing stands at or after its end · I3 no more is held than
was signed · I6 what was unlawful is locked · I10 whoever is touched can appeal · I11 hands are distinct.
"""

from datetime import timedelta
from typing import Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tarazy.adapters.memory import MemoryStore
from tarazy.agent.answering import is_live
from tarazy.agent.appeals import LodgeAppeal, lodge_appeal
from tarazy.agent.measure_records import HOLD_MEASURES
from tarazy.agent.records import HOLDS
from tarazy.agent.reference_core import CORE_ACCOUNTS
from tarazy.app.appeal_records import APPEALS, Appeal
from tarazy.app.measure_law import remedies_of, rule_behind
from tarazy.app.measure_records import (
    CASE_MEASURES,
    MATERIAL_LOCKS,
    MEASURE_DECISIONS,
    MOTIONS,
    SCHEDULE_ROWS,
    CaseMeasure,
    Motion,
)
from tarazy.app.records import CASE_HOLDS
from tarazy.app.reviewing import DecideAppeal, decide_appeal
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import OPEN_APPEALS, AppealOutcome, AppealRoad, Appellant
from tarazy.domain.measure import MeasureStatus, is_in_effect
from tarazy.domain.motion import LineDecision, MotionStatus
from tarazy.protocol.statement import Act
from tarazy.values.ids import ParticipantId
from tarazy.values.replacing import replace
from tests.measuring import JUDGE, ask, begin, case_of, court, decide, grants, lift, registered, standing, take_back
from tests.story import Network, robbed
from tests.story_people import OFFICER

BANKS: Final = ("bank-b", "bank-c")
HOURS: Final = st.sampled_from((1, 5, 23, 24, 30, 47, 48, 60))
KINDS: Final = st.sampled_from((LineDecision.granted, LineDecision.narrowed, LineDecision.struck))
REVIEWERS: Final = {"prosecutor": "prosecutor", "investigating_judge": "court"}


class Lives(RuleBasedStateMachine):
    """One case with two holds, and everybody who can act upon them."""

    network: Network

    @initialize()
    def stolen(self) -> None:
        """Let money be stolen, held at two banks and confirmed there."""
        self.network = network = robbed(lambda _: MemoryStore())
        network.pay("t2", "mule", "dani", 200_000)
        network.settle()
        network.report("t1")
        registered(network, case_of(network))
        court(network)
        network.enrol("prosecutor", "prosecutor", "prosecutor")
        for hold in standing(network, case_of(network)):
            assert network.confirm(hold.participant_id, hold.hold_id) is None
        network.settle()

    def _has_holds(self) -> bool:
        return bool(standing(self.network, case_of(self.network)))

    def _motion(self) -> Motion | None:
        open_ones = self.network.rows(EXCHANGE_ID, MOTIONS, Condition("status", "=", MotionStatus.filed))
        return open_ones[0] if open_ones else None

    def _tick(self) -> None:
        """Two acts at one moment would have one id in these stories."""
        self.network.now = self.network.now.plus(timedelta(seconds=1))

    @rule(days=st.sampled_from((1, 3, 10, 11)))
    def begins(self, days: int) -> None:
        """An investigator begins M5 upon whatever is held."""
        self._tick()
        if self._has_holds():
            begin(self.network, case_of(self.network), days=days)
            self.network.settle()

    @rule(days=st.sampled_from((2, 30, 90)))
    def asks(self, days: int) -> None:
        """An investigator asks for M9 upon whatever is held."""
        self._tick()
        if self._has_holds():
            ask(self.network, case_of(self.network), days=days)
            self.network.settle()

    @precondition(lambda self: self._motion() is not None)
    @rule(first=KINDS, second=KINDS, unlawful=st.booleans())
    def decides(self, first: LineDecision, second: LineDecision, *, unlawful: bool) -> None:
        """A judge decides line by line."""
        self._tick()
        motion = self._motion()
        assert motion is not None
        rows = self.network.rows(EXCHANGE_ID, SCHEDULE_ROWS, Condition("schedule_id", "=", motion.motion_id))
        decide(self.network, motion, grants(self.network, motion, [first, second][: len(rows)], unlawful=unlawful))
        self.network.settle()

    @precondition(lambda self: self._motion() is not None)
    @rule()
    def takes_back(self) -> None:
        """The author takes the motion back."""
        self._tick()
        motion = self._motion()
        assert motion is not None
        take_back(self.network, motion)
        self.network.settle()

    @rule(which=st.integers(0, 3))
    def lifts(self, which: int) -> None:
        """The author lifts one of the measures that stand."""
        self._tick()
        live = [one for one in self._measures() if not one.status.is_final]
        if live:
            lift(self.network, live[which % len(live)])
            self.network.settle()

    @rule(which=st.integers(0, 1), outcome=st.sampled_from(AppealOutcome))
    def appeals(self, which: int, outcome: AppealOutcome) -> None:
        """A holder appeals, and a reviewer decides or does not."""
        self._tick()
        bank = BANKS[which]
        for hold in self.network.rows(bank, HOLDS)[:1]:
            command = LodgeAppeal(
                hold_id=hold.hold_id,
                appellant=Appellant.holder,
                road=AppealRoad.app,
                is_identified=True,
                grounds=("good_faith",),
                words="",
            )
            self.network.at(bank, lambda tx, now, command=command: lodge_appeal(tx, command, EXCHANGE_ID, now))
        self.network.settle()
        for appeal in self.network.rows(EXCHANGE_ID, APPEALS):
            if appeal.status in OPEN_APPEALS and appeal.decider in REVIEWERS:
                self._review(appeal, outcome)

    def _review(self, appeal: Appeal, outcome: AppealOutcome) -> None:
        by = REVIEWERS[appeal.decider]
        command = DecideAppeal(
            appeal_id=appeal.appeal_id,
            outcome=outcome,
            keep_minor=1 if outcome is AppealOutcome.measure_narrowed else 0,
            missing=("holder_told", "deadlines_kept", "confirmation"),
            why_still="It is answered in the words of the appeal and by telephone.",
            participant_id=ParticipantId(by),
            statement="",
        )
        officer = JUDGE if by == "court" else OFFICER
        signed = self.network.statement(by, Act.decide_appeal, appeal.appeal_id, command.terms(), officer=officer)
        self.network.at(EXCHANGE_ID, lambda tx, now: decide_appeal(tx, replace(command, statement=signed), now))
        self.network.settle()

    @rule(hours=HOURS)
    def time_passes(self, hours: int) -> None:
        """Hours go by."""
        self.network.wait(hours=hours)

    @rule(which=st.integers(0, 1))
    def connection(self, which: int) -> None:
        """A bank is cut off, or comes back."""
        bank = self.network.banks[BANKS[which]]
        bank.is_away = not bank.is_away
        self.network.settle()

    def _measures(self) -> list[CaseMeasure]:
        rows: list[CaseMeasure] = self.network.rows(EXCHANGE_ID, CASE_MEASURES, order=("measure_id",))
        return rows

    @invariant()
    def what_stands_is_authorised_or_urgent_and_never_beyond_its_end(self) -> None:
        """I1 and I2 at the exchange and, by its own clock and rows, at each bank; the core reserves nothing else."""
        if not hasattr(self, "network"):
            return
        now = self.network.now
        decisions = {one.decision_id for one in self.network.rows(EXCHANGE_ID, MEASURE_DECISIONS)}
        for one in self._measures():
            assert one.expires_at <= one.expires_at_most
            if is_in_effect(one.status, one.expires_at, now):
                assert one.status is MeasureStatus.urgent or one.decision_id in decisions
        ends = {one.measure_id: one.expires_at for one in self._measures()}
        for bank in BANKS:
            kept = {one.measure_id: one for one in self.network.rows(bank, HOLD_MEASURES)}
            live_minor = 0
            for hold in self.network.rows(bank, HOLDS):
                if not is_live(hold, now):
                    continue
                live_minor += hold.held_minor
                if hold.carried_by is not None:
                    carrier = kept[hold.carried_by]
                    assert now < carrier.ends_at == hold.expires_at
                    if not self.network.banks[bank].is_away:
                        assert hold.expires_at <= ends[hold.carried_by]  # no later than the exchange knows
                    assert hold.held_minor <= carrier.cap_minor
                    assert carrier.measure == "M5" or carrier.decision is not None
            reserved = sum(account.reserved_minor for account in self.network.rows(bank, CORE_ACCOUNTS))
            assert reserved == live_minor

    @invariant()
    def what_was_unlawful_is_locked(self) -> None:
        """I6: in the same transaction, so at every look."""
        if hasattr(self, "network"):
            locked = {one.subject_id for one in self.network.rows(EXCHANGE_ID, MATERIAL_LOCKS)}
            unlawful = {one.measure_id for one in self._measures() if one.is_unlawful and one.taken_at is not None}
            assert unlawful <= locked

    @invariant()
    def hands_are_distinct(self) -> None:
        """I11: author, authority and reviewer are three officers."""
        if not hasattr(self, "network"):
            return
        decided = {one.decision_id: one for one in self.network.rows(EXCHANGE_ID, MEASURE_DECISIONS)}
        for one in self._measures():
            hands = [(one.author_participant_id, one.author_officer_id)]
            if one.decision_id is not None:
                decision = decided[one.decision_id]
                hands.append((decision.participant_id, decision.officer_id))
            appeals = self.network.rows(EXCHANGE_ID, APPEALS, Condition("measure_id", "=", one.measure_id))
            hands += [(each.reviewer_participant_id, each.reviewer_id) for each in appeals if each.reviewer_id]
            assert len(set(hands[:2])) == len(hands[:2])
            assert not set(hands[2:]) & set(hands[:2])

    @invariant()
    def whoever_is_touched_can_appeal(self) -> None:
        """I10: every hold that stands has a forum by the law of what carries it."""
        if not hasattr(self, "network"):
            return
        now = self.network.now

        def open_forums(tx, setting):  # type: ignore[no-untyped-def] # a query in place
            holds = [one for one in tx.find(CASE_HOLDS) if one.expires_at > now and not one.status.is_final]
            carriers = [(one, one.carried_by or one.hold_id) for one in holds]
            return [remedies_of(rule_behind(tx, measure_id, hold, setting)) for hold, measure_id in carriers]

        assert all(self.network.at(EXCHANGE_ID, open_forums))


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=100, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
