"""Officers who enter what stands on a paper, and others who confirm it later: at the police about motions, at banks.

A paper that must not bind is tried as well: confirmed by the officer who has entered it, by somebody of another body,
by who has asked for what it decides, with a line left out, one that holds more. If it binds, the run fails at once.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final

import msgspec

from tarazy.agent.paper import EnterPaper, confirm_paper, enter_paper
from tarazy.agent.records import HOLDS
from tarazy.app.measure_records import MOTIONS, SCHEDULE_ROWS, SCHEDULES, Motion
from tarazy.app.paper import ConfirmPaperDecision, EnterPaperDecision, confirm_paper_decision, enter_paper_decision
from tarazy.app.schedules import ActRefused
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hold import HoldStatus
from tarazy.domain.motion import MotionStatus
from tarazy.domain.rejection import Rejection
from tarazy.protocol.schedule import SignedDecision, reasons_digest
from tarazy.protocol.statement import Act
from tarazy.simulation.checkers.finding import CheckFailed, rows
from tarazy.simulation.desk import ActAtDesk, Desk, signed_by
from tarazy.simulation.judges import grant_of
from tarazy.simulation.options import MEASURES_WAIT, dice_of
from tarazy.simulation.programs import COLLEAGUE, INVESTIGATORS, OFFICER, Bank, Program
from tarazy.simulation.world import START, World
from tarazy.values.ids import DecisionId, HoldId, MotionId, OfficerId, PaperId
from tarazy.values.replacing import replace

LOOK_SECONDS: Final = 1200
HOUR: Final = 3600
SHARE_OF_HOLDS: Final = 0.3
MORE_MINOR: Final = 10**12


class Misread(StrEnum):
    """What is wrong with a paper, or with who reads it: none of these binds."""

    by_one_officer = "by_one_officer"
    by_another_body = "by_another_body"
    by_author = "by_author"
    line_left_out = "line_left_out"
    holds_more = "holds_more"
    of_tomorrow = "of_tomorrow"
    says_otherwise = "says_otherwise"


AT_POLICE: Final = (Misread.by_one_officer, Misread.by_another_body, Misread.by_author, Misread.line_left_out)
AT_BANK: Final = (Misread.by_one_officer, Misread.holds_more, Misread.of_tomorrow, Misread.says_otherwise)


class PaperReaders:
    """Everybody who reads papers. ``done`` counts what came of it."""

    def __init__(self, world: World, desk: Desk) -> None:
        self._world, self._desk = world, desk
        self._dice = dice_of(world.random, "paper readers")
        self._seen: set[MotionId | HoldId] = set()
        self._papers = 0
        self.done: dict[str, int] = {}

    def plan(self) -> None:
        """Let them look at motions and holds, for as long as anything is filed or held anew."""
        if self._world.options.papers:
            self._world.agenda.after(LOOK_SECONDS, "readers", self._look)

    def _look(self) -> str | None:
        lasts = timedelta(hours=self._world.options.hours)
        if self._world.now < START.plus(lasts + (MEASURES_WAIT if self._world.options.has_measures else timedelta(0))):
            self._world.agenda.after(LOOK_SECONDS, "readers", self._look)
        planned = 0
        filed = Condition("status", "=", MotionStatus.filed)
        for motion in rows(self._world.network.exchange.disc, MOTIONS, filed, order=("motion_id",)):
            if self._is_new(motion.motion_id) and self._falls():
                planned += self._plan_motion(motion)
        placed = Condition("status", "=", HoldStatus.placed)
        for bank in self._world.banks:
            for hold in rows(bank.program.disc, HOLDS, placed, order=("hold_id",)):
                if self._is_new(hold.hold_id) and self._falls() and self._chance(SHARE_OF_HOLDS):
                    planned += self._plan_release(bank, hold.hold_id)
        return f"{planned} papers" if planned else None

    def _plan_motion(self, motion: Motion) -> int:
        """Let one investigator enter what a judge has written, and another confirm it: soon, late, or never."""
        dice, exchange = self._dice, self._world.network.exchange
        misread = dice.choice(AT_POLICE) if self._is_careless() else None
        paper = _Paper(self._world, motion, self._number(), dice.random(), misread)
        entered = dice.choice((0.02, 0.3, 1)) * dice.uniform(60, 20 * HOUR)
        for _ in range(dice.choice((1, 1, 2))):
            self._desk.act_later(exchange, entered, self._judge("enter", paper.enter, None))
        if misread is not None:
            early = entered + dice.uniform(0, HOUR)
            self._desk.act_later(exchange, early, self._judge("confirm", paper.misconfirm, misread))
        if self._chance(0.85):
            confirmed = entered + dice.choice((0.02, 1)) * dice.uniform(60, 6 * HOUR)
            for _ in range(dice.choice((1, 1, 2))):
                self._desk.act_later(exchange, confirmed, self._judge("confirm", paper.confirm, None))
        return 1

    def _plan_release(self, bank: Bank, hold_id: HoldId) -> int:
        """Let one analyst enter a paper that lets go of held money, and another confirm it."""
        dice = self._dice
        misread = dice.choice(AT_BANK) if self._is_careless() else None
        seconds, later = (
            dice.choice((0.02, 1)) * dice.uniform(60, 30 * HOUR),
            dice.choice((0.02, 1)) * dice.uniform(1, 5 * HOUR),
        )
        readers = dice.sample((OFFICER, COLLEAGUE), 2)
        paper = _Release(
            bank, hold_id, self._number(), dice.choice((0, 0, dice.randint(1, 99))), dice.choice(("court", "authority"))
        )
        if misread in {Misread.holds_more, Misread.of_tomorrow}:
            wrong = _Release(bank, hold_id, self._number(), 0, "court", misread)
            self._desk.act_later(bank.program, seconds, self._judge("enter", wrong.entering(readers[0]), misread))
        self._desk.act_later(bank.program, seconds, self._judge("enter here", paper.entering(readers[0]), None))
        if misread is Misread.by_one_officer:
            again = paper.confirming(readers[0])
            self._desk.act_later(bank.program, seconds + later / 2, self._judge("confirm here", again, misread))
        if misread is Misread.says_otherwise:
            other = paper.saying_otherwise(readers[0])
            self._desk.act_later(bank.program, seconds + later / 2, self._judge("enter here", other, misread))
        if self._chance(0.85):
            for _ in range(dice.choice((1, 1, 2))):
                confirm = self._judge("confirm here", paper.confirming(readers[1]), None)
                self._desk.act_later(bank.program, seconds + later, confirm)
        return 1

    def _judge(self, what: str, act: ActAtDesk, misread: Misread | None) -> ActAtDesk:
        return lambda tx, setting: self._judged(what, misread, act(tx, setting))

    def _judged(self, what: str, misread: Misread | None, result: object) -> str:
        """Note what came of an act; one that had to be refused and was done ends the run."""
        is_refused = isinstance(result, ActRefused | Rejection)
        key = f"{what} {misread or 'in order'}: {'refused' if is_refused else 'done'}"
        self.done[key] = self.done.get(key, 0) + 1
        if misread is not None and not is_refused:
            raise CheckFailed("papers", f"{what} was done although it was {misread}")
        if isinstance(result, ActRefused):
            return f"{result.rejection} {result.place}"
        return str(result) if isinstance(result, Rejection) else "done"

    def _is_new(self, subject: MotionId | HoldId) -> bool:
        is_new = subject not in self._seen
        self._seen.add(subject)
        return is_new

    def _number(self) -> int:
        self._papers += 1
        return self._papers

    def _falls(self) -> bool:
        return self._dice.randrange(1000) < self._world.options.papers

    def _is_careless(self) -> bool:
        return self._dice.randrange(1000) < self._world.options.careless_acts

    def _chance(self, share: float) -> bool:
        return self._dice.random() < share


class _Paper:
    """A judge's decision on a motion as it lies before the investigators who may read it: not its author."""

    def __init__(self, world: World, motion: Motion, number: int, seed: float, misread: Misread | None) -> None:
        self._network, self._motion, self._number = world.network, motion, number
        self._seed, self._misread = seed, misread
        [schedule] = rows(world.network.exchange.disc, SCHEDULES, Condition("schedule_id", "=", motion.motion_id))
        self._schedule = schedule
        self._author = schedule.officer_id
        self._readers = tuple(one for one in INVESTIGATORS if one != schedule.officer_id)
        self._decision: SignedDecision | None = None

    def enter(self, tx: Transaction, setting: Setting) -> object:
        """Enter the paper as its first reader; again the same, whatever day it is by then."""
        of_motion = Condition("schedule_id", "=", self._motion.motion_id)
        found = tx.find(SCHEDULE_ROWS, of_motion, order=("number",))
        lines = tuple(grant_of(row, f"{self._seed} {row.line_id}", None) for row in found)
        if self._misread is Misread.line_left_out:
            lines = lines[:-1]
        decision_id, motion_id = DecisionId(f"pd-{self._number}"), self._motion.motion_id
        reasons = f"so decided in chambers on the papers of this very case, {motion_id}"
        if self._decision is None:
            self._decision = SignedDecision(
                decision_id=decision_id,
                motion_id=motion_id,
                case_id=self._motion.case_id,
                measure=self._schedule.measure,
                by=self._motion.to,
                forum="Invented investigating court, second chamber",
                decision_no=f"2-{self._number}/26",
                decided_on=setting.pack.data.calendar.local_day(setting.now),
                on_paper=True,
                words=reasons_digest(decision_id, reasons),
                digests=tuple(line.digest for line in lines) or ("none",),
                statements=(),
            )
        signed = msgspec.structs.replace(
            self._decision, statements=(self._signed(self._network.police, self._readers[0], setting),)
        )
        command = EnterPaperDecision(
            signed=signed, lines=lines, reasons=reasons, participant_id=self._network.police.name
        )
        return enter_paper_decision(tx, command, setting)

    def confirm(self, tx: Transaction, setting: Setting) -> object:
        """Confirm it as its second reader."""
        return self._confirmed(tx, self._network.police, self._readers[1], setting)

    def misconfirm(self, tx: Transaction, setting: Setting) -> object:
        """Confirm it as somebody who is none."""
        if self._misread is Misread.by_another_body:
            return self._confirmed(tx, self._network.prosecution, OFFICER, setting)
        if self._misread is Misread.by_author:
            return self._confirmed(tx, self._network.police, self._author, setting)
        if self._misread is Misread.line_left_out:
            return self._confirmed(tx, self._network.police, self._readers[1], setting)
        return self._confirmed(tx, self._network.police, self._readers[0], setting)

    def _confirmed(self, tx: Transaction, program: Program, officer_id: OfficerId, setting: Setting) -> object:
        if self._decision is None:
            return Rejection.paper_unknown
        command = ConfirmPaperDecision(
            decision_id=self._decision.decision_id,
            participant_id=program.name,
            statement=self._signed(program, officer_id, setting),
        )
        return confirm_paper_decision(tx, command, setting)

    def _signed(self, program: Program, officer_id: OfficerId, setting: Setting) -> str:
        assert self._decision is not None
        terms = self._decision.terms()
        return signed_by(program, officer_id, Act.decide_motion, self._decision.decision_id, terms, setting.now)


class _Release:
    """A court's or an authority's paper that came to a bank and lets go of held money."""

    def __init__(
        self, bank: Bank, hold_id: HoldId, number: int, share: int, by: str, misread: Misread | None = None
    ) -> None:
        self._bank, self._hold_id, self._share, self._by, self._misread = bank, hold_id, share, by, misread
        self._paper_id = PaperId(f"rp-{number}")
        self._command: EnterPaper | None = None

    def entering(self, officer_id: OfficerId) -> ActAtDesk:
        """Return the act of the first reader: the same again, whatever day it is by then."""

        def act(tx: Transaction, setting: Setting) -> object:
            if self._command is None:
                self._command = self._stands_on_it(tx, setting)
            return enter_paper(tx, self._command, self._bank.program.officer_of(officer_id), setting)

        return act

    def saying_otherwise(self, officer_id: OfficerId) -> ActAtDesk:
        """Return the act of somebody who enters something else under the same paper's id."""

        def act(tx: Transaction, setting: Setting) -> object:
            if self._command is None:
                return Rejection.paper_unknown
            return enter_paper(
                tx, _with_other_number(self._command), self._bank.program.officer_of(officer_id), setting
            )

        return act

    def confirming(self, officer_id: OfficerId) -> ActAtDesk:
        """Return the act of a reader who confirms it."""
        reasons = f"I have the paper before me, with its seal: {self._paper_id}"

        def act(tx: Transaction, setting: Setting) -> object:
            officer = self._bank.program.officer_of(officer_id)
            return confirm_paper(tx, self._paper_id, reasons, officer, EXCHANGE_ID, setting)

        return act

    def _stands_on_it(self, tx: Transaction, setting: Setting) -> EnterPaper:
        hold = tx.get(HOLDS, self._hold_id)
        held = 0 if hold is None else hold.held_minor
        keep = max(1, held * self._share // 100) if self._share else 0
        day = setting.pack.data.calendar.local_day(setting.now)
        return EnterPaper(
            paper_id=self._paper_id,
            hold_id=self._hold_id,
            by=self._by,
            forum="Invented court of the district",
            decision_no=f"3-{self._paper_id}/26",
            decided_on=day + timedelta(days=1) if self._misread is Misread.of_tomorrow else day,
            keep_minor=MORE_MINOR if self._misread is Misread.holds_more else keep,
            reasons=f"I have the paper before me, with its signature: {self._paper_id}",
        )


def _with_other_number(command: EnterPaper) -> EnterPaper:
    return replace(command, decision_no=f"{command.decision_no}-a")
