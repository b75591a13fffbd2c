"""Whoever appeals, and who decides: holders by their bank's app, at a branch or by a code; reviewers, or nobody.

A review that must be refused is tried as well: by the hand that has decided before, to the appellant's harm, or by who
is no forum. If it stands all the same, the run fails there and then.
"""

from datetime import timedelta
from functools import partial
from typing import Final

from tarazy.agent.appeals import (
    LOCAL_APPEALS,
    OPEN_STATES,
    DecideLocalAppeal,
    LocalAppeal,
    LodgeAppeal,
    decide_local_appeal,
    lodge_appeal,
)
from tarazy.agent.completing import CompleteAppeal, complete_appeal, to_complete
from tarazy.agent.records import HOLDS, SERVED_NOTICES, ServedNotice
from tarazy.agent.signing import OfficerAtDesk
from tarazy.app.appeal_records import APPEALS, Appeal
from tarazy.app.codes import PresentCode, present_code
from tarazy.app.records import CASE_HOLDS
from tarazy.app.reviewing import DecideAppeal, decide_appeal
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import OPEN_APPEALS, AppealGround, AppealOutcome, AppealRoad, Appellant
from tarazy.domain.rejection import Rejection
from tarazy.protocol.statement import Act
from tarazy.simulation.checkers.finding import CheckFailed, rows
from tarazy.simulation.desk import ActAtDesk, Desk, signed_by
from tarazy.simulation.options import MEASURES_WAIT, dice_of
from tarazy.simulation.programs import COLLEAGUE, JUDGES, OFFICER, Bank, Program
from tarazy.simulation.world import START, World
from tarazy.values.ids import AppealId, HoldId, OfficerId
from tarazy.values.replacing import replace

LOOK_SECONDS: Final = 1800
HOUR: Final = 3600
OFFICIAL: Final = frozenset({"prosecutor", "investigating_judge"})
MISSING: Final = (
    "signed_act",
    "law_of_the_day",
    "registered_case",
    "confirmation",
    "authorisation",
    "deadlines_kept",
    "holder_told",
    "recorded",
)
WHY_STILL: Final = "What the bundle does not show was answered by telephone and stands in the reasons."
REASONS: Final = "The papers that the holder has shown were compared with the payment itself."


class Appellants:
    """Holders who appeal, and those who decide on it. ``done`` counts what came of it."""

    def __init__(self, world: World, desk: Desk) -> None:
        self._world, self._desk = world, desk
        self._dice = dice_of(world.random, "appellants")
        self._identified = dice_of(world.random, "identified")
        self._begun: set[AppealId] = set()
        self._told: set[tuple[HoldId, str]] = set()
        self._reviewed: set[AppealId] = set()
        self._gone_on: set[AppealId] = set()
        self.done: dict[str, int] = {}

    def plan(self) -> None:
        """Let holders and reviewers look at what has reached them."""
        if self._world.options.appeals:
            self._world.agenda.after(LOOK_SECONDS, "appellants", self._look)

    def _look(self) -> str | None:
        lasts = timedelta(hours=self._world.options.hours) + MEASURES_WAIT
        if self._world.now < START.plus(lasts):
            self._world.agenda.after(LOOK_SECONDS, "appellants", self._look)
        planned = 0
        for bank in self._world.banks:
            for notice in rows(bank.program.disc, SERVED_NOTICES, order=("served_at", "notice_id")):
                planned += self._hears(bank, notice)
            for local in rows(bank.program.disc, LOCAL_APPEALS, order=("appeal_id",)):
                planned += self._goes_on(bank, local)
                planned += self._completes(bank, local)
        for appeal in rows(self._world.network.exchange.disc, APPEALS, order=("appeal_id",)):
            planned += self._is_to_decide(appeal)
        return f"{planned} planned" if planned else None

    def _hears(self, bank: Bank, notice: ServedNotice) -> bool:
        """Let a holder who was told of something appeal by one of the roads; now and then a code is guessed."""
        key = (notice.hold_id, notice.measure_id or "")
        if key in self._told:
            return False
        self._told.add(key)
        if not self._falls(self._world.options.appeals):
            return False
        seconds = self._dice.choice((0.01, 1)) * self._dice.uniform(60, 12 * HOUR)
        road = self._dice.choice((AppealRoad.app, AppealRoad.branch, AppealRoad.code, AppealRoad.code))
        if road is not AppealRoad.code:
            self._desk.act_later(bank.program, seconds, self._lodges(bank, notice.hold_id, road, None))
            return True
        code = notice.code if self._chance(0.8) else "0000000000"
        command = PresentCode(participant_id=bank.name, code=code, grounds=("good_faith",), words="It is my salary.")
        show = self._shows(command)
        for _ in range(self._dice.choice((1, 1, 2))):
            self._desk.act_later(self._world.network.exchange, seconds, show)
        return True

    def _shows(self, command: PresentCode) -> ActAtDesk:
        def act(tx: Transaction, setting: Setting) -> object:
            shown = present_code(tx, command, setting)
            return shown if isinstance(shown, Rejection) else "shown"

        return act

    def _lodges(self, bank: Bank, hold_id: HoldId, road: AppealRoad, before: AppealId | None) -> ActAtDesk:
        ground = self._dice.choice(tuple(AppealGround))
        command = LodgeAppeal(
            hold_id=hold_id,
            appellant=self._dice.choice((Appellant.holder, Appellant.holder, Appellant.representative)),
            road=road,
            is_identified=True,
            grounds=(ground,),
            words="It is my salary.",
            before_appeal_id=before,
            was_read_back=True,
        )
        by = bank.program.officer_of(OFFICER) if road is AppealRoad.branch else None

        def act(tx: Transaction, setting: Setting) -> object:
            lodged = _completed_or_lodged(tx, command, by, setting)
            return lodged if isinstance(lodged, Rejection) else lodged.state

        return act

    def _goes_on(self, bank: Bank, local: LocalAppeal) -> bool:
        """Let a bank's officer decide on what is there, and a holder who is not content go on."""
        if local.state in OPEN_STATES and local.forum == "law.forum.bank" and local.appeal_id not in self._reviewed:
            self._reviewed.add(local.appeal_id)
            self._plan_review(partial(self._decides_here, bank, local.appeal_id), bank.program)
            return True
        stood = local.outcome is AppealOutcome.measure_stands
        if stood and local.next_forum is not None and local.appeal_id not in self._gone_on:
            self._gone_on.add(local.appeal_id)
            if self._chance(0.5):
                lodge = self._lodges(bank, local.hold_id, AppealRoad.app, local.appeal_id)
                self._desk.act_later(bank.program, self._dice.uniform(60, 2 * HOUR), lodge)
                return True
        return False

    def _completes(self, bank: Bank, local: LocalAppeal) -> bool:
        """Let half of those who began by a code be identified and complete it; a stranger may not, and tries."""
        if local.is_identified or local.state not in OPEN_STATES or local.appeal_id in self._begun:
            return False
        self._begun.add(local.appeal_id)
        if self._identified.choice((True, False)):
            return False
        at_branch = self._identified.choice((True, False))
        by = bank.program.officer_of(OFFICER) if at_branch else None
        command = CompleteAppeal(
            appeal_id=local.appeal_id,
            hold_id=local.hold_id,
            appellant=Appellant.holder,
            road=AppealRoad.branch if at_branch else AppealRoad.app,
            grounds=("hardship",),
            words="It is my salary.",
            was_read_back=at_branch,
        )

        def act(tx: Transaction, setting: Setting) -> object:
            strange = replace(command, appellant=Appellant.other_affected)
            if not isinstance(complete_appeal(tx, strange, EXCHANGE_ID, setting, by=by), Rejection):
                raise CheckFailed("remedies", f"{local.appeal_id}: a stranger has completed it")
            done = complete_appeal(tx, command, EXCHANGE_ID, setting, by=by)
            key = "appeal completed: " + ("refused" if isinstance(done, Rejection) else "done")
            self.done[key] = self.done.get(key, 0) + 1
            return done if isinstance(done, Rejection) else done.state

        self._desk.act_later(bank.program, self._identified.uniform(60, 8 * HOUR), act)
        return True

    def _is_to_decide(self, appeal: Appeal) -> bool:
        if appeal.status not in OPEN_APPEALS or appeal.appeal_id in self._reviewed:
            return False
        if appeal.decider not in OFFICIAL:
            return False
        self._reviewed.add(appeal.appeal_id)
        self._plan_review(partial(self._decides, appeal), self._world.network.exchange)
        return True

    def _plan_review(self, review: "partial[ActAtDesk]", program: Program) -> None:
        """Decide in time, or not at all; now and then once as it may not be."""
        if self._falls(self._world.options.careless_acts):
            self._desk.act_later(program, self._dice.uniform(0, HOUR), review(is_wrong=True))
        if self._falls(self._world.options.reviews_missed):
            return
        seconds = self._dice.choice((0.02, 1)) * self._dice.uniform(60, 20 * HOUR)
        self._desk.act_later(program, seconds, review(is_wrong=False))

    def _decides_here(self, bank: Bank, appeal_id: AppealId, *, is_wrong: bool) -> ActAtDesk:
        """Let an officer of the bank decide: one with a hand in the pause, or to the holder's harm, is refused."""
        outcome, share = self._dice.choice(tuple(AppealOutcome)), self._dice.randint(1, 99)
        by_hand = is_wrong and self._chance(0.5)
        officer = bank.program.officer_of(OFFICER if by_hand else COLLEAGUE)

        def act(tx: Transaction, setting: Setting) -> object:
            local = tx.get(LOCAL_APPEALS, appeal_id)
            hold = None if local is None else tx.get(HOLDS, local.hold_id)
            held = 0 if hold is None else hold.held_minor
            how = AppealOutcome.measure_narrowed if is_wrong and not by_hand else outcome
            command = DecideLocalAppeal(
                appeal_id=appeal_id, outcome=how, keep_minor=_kept(how, held, share, is_wrong=is_wrong), reasons=REASONS
            )
            done = decide_local_appeal(tx, command, officer, EXCHANGE_ID, setting)
            return self._judged(f"bank {how}", done, is_wrong=is_wrong)

        return act

    def _decides(self, appeal: Appeal, *, is_wrong: bool) -> ActAtDesk:
        outcome, share = self._dice.choice(tuple(AppealOutcome)), self._dice.randint(1, 99)
        answers = self._chance(0.7)
        by_author = is_wrong and self._chance(0.5)
        judge = self._dice.choice(JUDGES)
        network = self._world.network

        def act(tx: Transaction, setting: Setting) -> object:
            hold = tx.get(CASE_HOLDS, appeal.hold_id)
            held = 0 if hold is None else hold.held_minor
            how = AppealOutcome.measure_narrowed if is_wrong and not by_author else outcome
            command = DecideAppeal(
                appeal_id=appeal.appeal_id,
                outcome=how,
                keep_minor=_kept(how, held, share, is_wrong=is_wrong),
                missing=MISSING if answers else (),
                why_still=WHY_STILL if answers else "",
                participant_id=network.police.name,
                statement="",
            )
            program, officer = _reviewer(network.prosecution, network.court, appeal.decider, judge)
            if by_author:
                program, officer = network.police, OFFICER
            command = replace(command, participant_id=program.name)
            terms = command.terms()
            signed = signed_by(program, officer, Act.decide_appeal, appeal.appeal_id, terms, setting.now)
            done = decide_appeal(tx, replace(command, statement=signed), setting)
            return self._judged(f"{appeal.decider} {how}", done, is_wrong=is_wrong)

        return act

    def _judged(self, what: str, result: object, *, is_wrong: bool) -> str:
        is_refused = isinstance(result, Rejection)
        key = f"appeal {what}{' wrongly' if is_wrong else ''}: {'refused' if is_refused else 'done'}"
        self.done[key] = self.done.get(key, 0) + 1
        if is_wrong and not is_refused:
            raise CheckFailed("hands", f"a review stands that may not: {what}")
        return str(result) if isinstance(result, Rejection) else "decided"

    def _falls(self, permille: int) -> bool:
        return self._dice.randrange(1000) < permille

    def _chance(self, share: float) -> bool:
        return self._dice.random() < share


def _completed_or_lodged(
    tx: Transaction, command: LodgeAppeal, by: OfficerAtDesk | None, setting: Setting
) -> LocalAppeal | Rejection:
    """Complete what was begun by a code, as every page of a bank does, or lodge anew."""
    hold = tx.get(HOLDS, command.hold_id)
    begun = None if hold is None or command.before_appeal_id is not None else to_complete(tx, hold)
    if begun is None:
        return lodge_appeal(tx, command, EXCHANGE_ID, setting, by=by)
    complete = CompleteAppeal(
        appeal_id=begun.appeal_id,
        hold_id=command.hold_id,
        appellant=command.appellant,
        road=command.road,
        grounds=command.grounds,
        words=command.words,
        was_read_back=True,
    )
    return complete_appeal(tx, complete, EXCHANGE_ID, setting, by=by)


def _kept(outcome: AppealOutcome, held: int, share: int, *, is_wrong: bool) -> int:
    """Return what is to stay held; as much as before, or more, is to the appellant's harm."""
    if outcome is not AppealOutcome.measure_narrowed:
        return 0
    return held + 1 if is_wrong else max(1, held * share // 100)


def _reviewer(prosecution: Program, court: Program, decider: str, judge: OfficerId) -> tuple[Program, OfficerId]:
    return (prosecution, OFFICER) if decider == "prosecutor" else (court, judge)
