"""Random lives of restrictions: the register is the active set, nothing passes its end, two hands are two."""

from datetime import timedelta
from typing import Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tarazy.app.target_records import TARGETS, Target
from tarazy.app.targets import lapse_targets
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.target import LONGEST_HOURS, TARGET_FACTS, TARGET_TRANSITIONS, TargetKind, TargetStatus
from tests.unit.app.test_targets import PHONE, URL, Register

LIVE: Final = {TargetStatus.proposed, TargetStatus.in_force}


class Restrictions(RuleBasedStateMachine):
    """One case, an investigator, a prosecutor, a court that has no say, and a clock."""

    register: Register

    @initialize()
    def opened(self) -> None:
        """Open the register."""
        self.register, self.seen = Register(), dict[str, TargetStatus]()

    def _rows(self) -> list[Target]:
        rows: list[Target] = self.register.network.rows(EXCHANGE_ID, TARGETS, order=("target_id",))
        return rows

    def _pick(self, which: int) -> Target:
        rows = self._rows()
        return rows[which % len(rows)]

    @rule(
        is_url=st.booleans(),
        hours=st.sampled_from((1, 24, 72, 336)),
        who=st.sampled_from(("police", "police", "court")),
    )
    def proposes(self, hours: int, who: str, *, is_url: bool) -> None:
        """Somebody proposes a target."""
        kind, exact = (TargetKind.url, URL) if is_url else (TargetKind.phone_number, PHONE)
        self.register.propose(who, kind=kind, exact=exact, hours=hours)

    @precondition(lambda self: self._rows())
    @rule(
        which=st.integers(0, 5),
        who=st.sampled_from(("prosecutor", "prosecutor", "police", "court")),
        yes=st.sampled_from((True, True, False)),
    )
    def decides(self, which: int, who: str, *, yes: bool) -> None:
        """Somebody decides, entitled or not."""
        self.register.decide(self._pick(which), who, is_granted=yes)

    @precondition(lambda self: self._rows())
    @rule(which=st.integers(0, 5), fact=st.sampled_from((*TARGET_FACTS, "nothing")))
    def extends(self, which: int, fact: str) -> None:
        """The prosecutor lets it last longer."""
        self.register.extend(self._pick(which), fact)

    @precondition(lambda self: self._rows())
    @rule(which=st.integers(0, 5), who=st.sampled_from(("police", "court")))
    def lifts(self, which: int, who: str) -> None:
        """Somebody lifts it."""
        self.register.lift(self._pick(which), who)

    @rule(hours=st.sampled_from((1, 23, 71, 72)), has_timer=st.booleans())
    def time_passes(self, hours: int, *, has_timer: bool) -> None:
        """Let time pass; the timer may be dead."""
        self.register.network.now = self.register.network.now.plus(timedelta(hours=hours))
        if has_timer:
            self.register.network.at(EXCHANGE_ID, lapse_targets)

    @invariant()
    def the_register_is_the_active_set(self) -> None:
        """What is public is what is in force, counted anew from the rows alone."""
        now = self.register.network.now
        active = [
            one.exact
            for one in self._rows()
            if one.ordered_at is not None
            and one.in_force_until is not None
            and one.ordered_at <= now < one.in_force_until
            and one.lifted_at is None
        ]
        assert sorted(self.register.in_force()) == sorted(active)

    @invariant()
    def nothing_passes_its_longest_time(self) -> None:
        """A number for three days, a site for fourteen, whatever was extended."""
        for one in self._rows():
            if one.ordered_at is not None and one.in_force_until is not None:
                assert one.in_force_until <= one.ordered_at.plus(timedelta(hours=LONGEST_HOURS[one.kind]))

    @invariant()
    def another_body_has_decided(self) -> None:
        """Who proposed did not decide; only the prosecutor decides."""
        for one in self._rows():
            assert one.author_participant_id == "police"
            assert one.decided_participant_id in {None, "prosecutor"}

    @invariant()
    def each_step_is_in_the_table(self) -> None:
        """Lives go forward only."""
        for one in self._rows():
            before = self.seen.get(one.target_id, TargetStatus.proposed)
            ways = {before, *TARGET_TRANSITIONS[before]}
            ways |= {then for way in ways for then in TARGET_TRANSITIONS[way]}
            assert one.status in ways
            assert (one.ended_at is None) == (one.status in LIVE)
            self.seen[one.target_id] = one.status


TestRestrictions = Restrictions.TestCase
TestRestrictions.settings = settings(
    derandomize=True,
    deadline=None,
    max_examples=100,
    stateful_step_count=14,
    suppress_health_check=[HealthCheck.too_slow],
)
