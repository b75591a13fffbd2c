"""Investigating judges: they decide motions line by line, late or not at all, on paper too, and now and then wrongly.

A decision that the exchange must refuse is tried as well: of somebody who may not decide, beyond what was asked, with a
line left out, upon a paper that one officer alone has read. If it stands all the same, the run fails there and then.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final

import msgspec

from tarazy.app.deciding import DecideMotion, decide_motion
from tarazy.app.measure_records import MOTIONS, SCHEDULE_ROWS, SCHEDULES, Motion, ScheduleRow
from tarazy.app.schedules import ActRefused
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.motion import LineDecision, MotionStatus
from tarazy.protocol.schedule import LineGrant, SignedDecision, reasons_digest
from tarazy.protocol.statement import Act
from tarazy.simulation.checkers.finding import CheckFailed, rows
from tarazy.simulation.desk import ActAtDesk, Desk, signed_by
from tarazy.simulation.options import MEASURES_WAIT, dice_of
from tarazy.simulation.programs import INVESTIGATORS, JUDGES, OFFICER, Program
from tarazy.simulation.world import START, World
from tarazy.values.ids import DecisionId, MotionId, OfficerId, derived
from tarazy.values.replacing import replace

LOOK_SECONDS: Final = 900
HOUR: Final = 3600
PAPER_SHARE: Final = 0.25


class Wrong(StrEnum):
    """What is wrong with a decision: each of these is refused."""

    by_author = "by_author"
    by_another_judge = "by_another_judge"
    by_prosecutor = "by_prosecutor"
    more_than_asked = "more_than_asked"
    longer_than_asked = "longer_than_asked"
    line_left_out = "line_left_out"
    one_reader = "one_reader"
    other_lines = "other_lines"
    read_by_author = "read_by_author"


OF_PAPERS: Final = frozenset({Wrong.one_reader, Wrong.read_by_author})
"""What can be wrong with a paper only."""


class Court:
    """The investigating judges. ``done`` counts what came of their decisions."""

    def __init__(self, world: World, desk: Desk) -> None:
        self._world, self._desk = world, desk
        self._dice = dice_of(world.random, "judges")
        self._seen: set[MotionId] = set()
        self._decisions = 0
        self.done: dict[str, int] = {}

    def plan(self) -> None:
        """Let them look at what was filed, for as long as anything is."""
        if self._world.options.has_measures:
            self._world.agenda.after(LOOK_SECONDS, "judges", self._look)

    def _look(self) -> str | None:
        lasts = timedelta(hours=self._world.options.hours) + MEASURES_WAIT
        if self._world.now < START.plus(lasts):
            self._world.agenda.after(LOOK_SECONDS, "judges", self._look)
        open_ones = Condition("status", "=", MotionStatus.filed)
        new = [
            motion
            for motion in rows(self._world.network.exchange.disc, MOTIONS, open_ones, order=("motion_id",))
            if motion.motion_id not in self._seen
        ]
        for motion in new:
            self._seen.add(motion.motion_id)
            self._plan_decision(motion)
        return f"{len(new)} motions" if new else None

    def _plan_decision(self, motion: Motion) -> None:
        """Decide in time; or when it is too late, or not at all; now and then once wrongly and then rightly."""
        dice, options = self._dice, self._world.options
        if dice.randrange(1000) < options.careless_acts:
            wrong = dice.choice(tuple(Wrong))
            self._later(dice.uniform(0, HOUR), self._decide(motion, wrong))
        if dice.randrange(1000) < options.decisions_missed:
            if dice.random() < 0.5:  # noqa: PLR2004 -- a coin
                self._later(dice.uniform(24 * HOUR, 40 * HOUR), self._decide(motion, None))
            return
        seconds = dice.choice((0.02, 1)) * dice.uniform(60, 22 * HOUR)
        decide = self._decide(motion, None)
        for _ in range(dice.choice((1, 1, 2))):
            self._later(seconds, decide)

    def _decide(self, motion: Motion, wrong: Wrong | None) -> ActAtDesk:
        self._decisions += 1
        number = self._decisions
        seed, judge = self._dice.random(), self._dice.choice(JUDGES)
        on_paper = wrong in OF_PAPERS or (wrong is None and self._dice.random() < PAPER_SHARE)

        def act(tx: Transaction, setting: Setting) -> object:
            of_motion = Condition("schedule_id", "=", motion.motion_id)
            lines = tuple(
                grant_of(row, f"{seed} {row.line_id}", wrong)
                for row in tx.find(SCHEDULE_ROWS, of_motion, order=("number",))
            )
            lines = lines[:-1] if wrong is Wrong.line_left_out else lines
            command = self._signed(tx, motion, lines, number, judge, wrong, setting, on_paper=on_paper)
            return self._judged(wrong, decide_motion(tx, command, setting), on_paper=on_paper)

        return act

    def _signed(
        self,
        tx: Transaction,
        motion: Motion,
        lines: tuple[LineGrant, ...],
        number: int,
        judge: OfficerId,
        wrong: Wrong | None,
        setting: Setting,
        *,
        on_paper: bool,
    ) -> DecideMotion:
        schedule = tx.get(SCHEDULES, motion.motion_id)
        assert schedule is not None
        decision_id, reasons = DecisionId(f"md-{number}"), f"decided on the facts of this very case, {motion.motion_id}"
        decision = SignedDecision(
            decision_id=decision_id,
            motion_id=motion.motion_id,
            case_id=motion.case_id,
            measure=schedule.measure,
            by=motion.to,
            forum="Invented investigating court",
            decision_no=f"1-{number}/26",
            decided_on=setting.pack.data.calendar.local_day(setting.now),
            on_paper=on_paper,
            words=reasons_digest(decision_id, reasons),
            digests=tuple(line.digest for line in lines) or ("none",),
            statements=(),
        )
        program, officers = self._signers(schedule.officer_id, judge, wrong, on_paper=on_paper)
        statements = tuple(
            signed_by(program, officer_id, Act.decide_motion, decision.decision_id, decision.terms(), setting.now)
            for officer_id in officers
        )
        if wrong is Wrong.other_lines:
            lines = tuple(replace(line, salt=derived("s", line.salt)[2:].ljust(32, "0")[:32]) for line in lines)
        return DecideMotion(
            signed=msgspec.structs.replace(decision, statements=statements),
            lines=lines,
            reasons=reasons,
            participant_id=program.name,
        )

    def _signers(
        self, author: OfficerId, judge: OfficerId, wrong: Wrong | None, *, on_paper: bool
    ) -> tuple[Program, tuple[OfficerId, ...]]:
        network = self._world.network
        if on_paper:
            readers = tuple(one for one in INVESTIGATORS if one != author)[:2]
            if wrong is Wrong.read_by_author:
                readers = (author, readers[0])
            return network.police, readers[:1] if wrong is Wrong.one_reader else readers
        if wrong is Wrong.by_author:
            return network.police, (author,)
        if wrong is Wrong.by_prosecutor:
            return network.prosecution, (OFFICER,)
        return network.court, (OFFICER if wrong is Wrong.by_another_judge else judge,)

    def _judged(self, wrong: Wrong | None, result: object, *, on_paper: bool) -> str:
        is_refused = isinstance(result, ActRefused)
        key = f"decided{' on paper' if on_paper else ''} {wrong or 'in order'}: {'refused' if is_refused else 'done'}"
        self.done[key] = self.done.get(key, 0) + 1
        if wrong is not None and not is_refused:
            raise CheckFailed("authority", f"a decision stands although it was {wrong}")
        return f"{result.rejection} {result.place}" if isinstance(result, ActRefused) else "decided"

    def _later(self, seconds: float, act: ActAtDesk) -> None:
        self._desk.act_later(self._world.network.exchange, seconds, act)


def grant_of(row: ScheduleRow, seed: str, wrong: Wrong | None) -> LineGrant:
    """Decide on one line as its dice fall."""
    draw = int(derived("draw", seed)[-6:], 16)
    cap, until = row.cap_minor, row.until
    kind, is_unlawful = LineDecision.granted, False
    if wrong is Wrong.more_than_asked:
        cap, kind = cap + 1, LineDecision.narrowed
    elif wrong is Wrong.longer_than_asked:
        until, kind = until.plus(timedelta(seconds=1)), LineDecision.narrowed
    elif draw % 10 < 3:  # noqa: PLR2004 -- some of ten
        kind, is_unlawful = LineDecision.struck, draw % 2 == 0
    elif draw % 10 < 6 and cap > 1:  # noqa: PLR2004 -- some of ten
        kind, cap = LineDecision.narrowed, max(1, cap * (1 + draw % 98) // 100)
    is_struck = kind is LineDecision.struck
    return LineGrant(
        line_id=row.line_id,
        hold_id=row.hold_id,
        decision=kind,
        cap_minor=0 if is_struck else cap,
        until=None if is_struck else until,
        is_unlawful=is_unlawful,
        salt=derived("s", seed)[2:].ljust(32, "0")[:32],
    )
