"""Officials who restrict an exact address or number, and who send data across a border; and who must not.

What the law must refuse is tried as well: a range, a number for help, no end, a body that has no say, one's own
proposal, names without a treaty, a risk that stands. If it is done all the same, the run fails there and then.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Any, Final

from tarazy.app.officials_act import LawfulNo, OfficialsAct
from tarazy.app.records import CASES
from tarazy.app.setting import Setting
from tarazy.app.sharing_material import material_of
from tarazy.app.sharings import (
    ProposeSharing,
    acknowledge_correction,
    confirm_erasure,
    correct_sharing,
    decide_sharing,
    propose_sharing,
    recall_sharing,
    tell_subject,
)
from tarazy.app.store import Condition, Transaction
from tarazy.app.target_records import TARGETS
from tarazy.app.targets import (
    ProposeTarget,
    decide_target,
    decision_terms,
    extend_target,
    lift_target,
    propose_target,
    tell_owner,
    withdraw_target,
)
from tarazy.domain.rejection import Rejection
from tarazy.domain.sharing import RISKS
from tarazy.domain.target import TARGET_FACTS, TargetKind
from tarazy.protocol.statement import Act, Terms
from tarazy.simulation.checkers.finding import CheckFailed, rows
from tarazy.simulation.desk import ActAtDesk, Desk, signed_by
from tarazy.simulation.officers import OFFENCE
from tarazy.simulation.options import dice_of
from tarazy.simulation.programs import COLLEAGUE, OFFICER, Program
from tarazy.simulation.world import World
from tarazy.values.ids import CaseId, OfficerId
from tarazy.values.replacing import replace

LOOK_SECONDS: Final = 1800
HOUR: Final = 3600
DAY: Final = 24 * HOUR
TREATY: Final = "mutual_assistance_treaty"
SAFE: Final = tuple((risk, "none") for risk in RISKS)
PLAIN: Final = {
    "recall": (Act.recall_sharing, recall_sharing),
    "erase": (Act.confirm_erasure, confirm_erasure),
    "acknowledge": (Act.acknowledge_correction, acknowledge_correction),
    "tell": (Act.tell_subject, tell_subject),
}
CORRECTION: Final = "The account belongs to another person of the same name."


class Barred(StrEnum):
    """What is wrong with an act upon a target or a sharing: each of these is refused."""

    a_range = "a_range"
    for_help = "for_help"
    without_end = "without_end"
    touches_others = "touches_others"
    by_court = "by_court"
    by_its_author = "by_its_author"
    nothing_new = "nothing_new"
    names_without_treaty = "names_without_treaty"
    risk_stands = "risk_stands"
    unmarked = "unmarked"


BARRED_TARGETS: Final[dict[Barred, dict[str, Any]]] = {
    Barred.a_range: {"exact": "10.0.0.0/8"},
    Barred.for_help: {"kind": TargetKind.short_number, "exact": "112"},
    Barred.without_end: {"hours": 15 * 24},
    Barred.touches_others: {"exact": "https://shop.example.kz/"},
}
BARRED_SHARINGS: Final[dict[Barred, dict[str, Any]]] = {
    Barred.names_without_treaty: {"treaty_code": ""},
    Barred.risk_stands: {"risks": (*SAFE[:-1], (RISKS[-1], "present"))},
    Barred.unmarked: {"accuracy_marks": ("reported",)},
}


class Registrars:
    """Investigators who propose, and prosecutors who decide. ``done`` counts what came of their acts."""

    def __init__(self, world: World, desk: Desk) -> None:
        self._world, self._desk = world, desk
        self._dice = dice_of(world.random, "registrars")
        self._seen: set[CaseId] = set()
        self._numbers = 0
        self._named: dict[ProposeSharing, ProposeSharing] = {}
        self.done: dict[str, int] = {}

    def plan(self) -> None:
        """Let them look at the cases."""
        if self._world.options.targets or self._world.options.sharings:
            self._world.agenda.after(LOOK_SECONDS, "registrars", self._look)

    def _look(self) -> str | None:
        if not self._world.is_idle:
            self._world.agenda.after(LOOK_SECONDS, "registrars", self._look)
        registered = Condition("registration", "not_null")
        cases = rows(self._world.network.exchange.disc, CASES, registered, order=("case_id",))
        new = [case for case in cases if case.case_id not in self._seen]
        for case in new:
            self._seen.add(case.case_id)
            if self._falls(self._world.options.targets):
                self._plan_target(case.case_id)
            if self._falls(self._world.options.sharings):
                for _ in range(self._dice.choice((1, 2))):
                    self._plan_sharing(case.case_id)
        return f"{len(new)} registered" if new else None

    # --- restrictions

    def _plan_target(self, case_id: CaseId) -> None:
        """Propose a target, decide on it, extend and lift it: in time, late, or never."""
        dice, police, prosecution = self._dice, self._world.network.police, self._world.network.prosecution
        self._numbers += 1
        kind = dice.choice(tuple(TargetKind))
        command = ProposeTarget(
            case_id=case_id,
            kind=kind,
            exact=_exact(kind, self._numbers),
            others=(),
            others_note="",
            offence_id=OFFENCE,
            facts=(dice.choice(TARGET_FACTS[:2]),),
            hours=dice.choice((5, 48, 72)) if kind is not TargetKind.url else dice.choice((24, 72, 336)),
        )
        author = dice.choice((OFFICER, COLLEAGUE))
        proposed = dice.uniform(60, 10 * HOUR)
        decided = proposed + dice.choice((0.02, 1)) * dice.uniform(60, 20 * HOUR)
        if self._is_careless():
            barred = dice.choice(tuple(BARRED_TARGETS))
            wrong = replace(command, **BARRED_TARGETS[barred])
            self._later(proposed, self._propose(wrong, police, author), barred, "propose target")
            self._later(decided, self._decide(wrong, prosecution, OFFICER), barred, "decide target")
            self._later(
                decided - 1, self._decide(command, self._world.network.court, OFFICER), Barred.by_court, "decide target"
            )
            self._later(decided - 1, self._decide(command, police, author), Barred.by_its_author, "decide target")
        for _ in range(dice.choice((1, 1, 2))):
            self._later(proposed, self._propose(command, police, author), None, "propose target")
        if self._chance(0.1):
            self._later(
                proposed + dice.uniform(0, 10 * HOUR),
                self._plainly(command, withdraw_target, Act.withdraw_target, police, author),
                None,
                "withdraw target",
            )
        is_granted = self._chance(0.85)
        self._later(decided, self._decide(command, prosecution, OFFICER, is_granted=is_granted), None, "decide target")
        if self._chance(0.7):
            told = decided + dice.choice((0.01, 1)) * dice.uniform(60, 20 * HOUR)
            self._later(
                told, self._plainly(command, tell_owner, Act.tell_owner, prosecution, OFFICER), None, "tell owner"
            )
        if self._is_careless():
            self._later(decided + HOUR, self._extend(command, command.facts[0]), Barred.nothing_new, "extend target")
        for _ in range(dice.choice((0, 1, 3))):
            later = decided + dice.uniform(HOUR, 80 * HOUR)
            self._later(later, self._extend(command, dice.choice(TARGET_FACTS[1:])), None, "extend target")
        if self._chance(0.3):
            lifts = self._plainly(command, lift_target, Act.lift_target, dice.choice((police, prosecution)), OFFICER)
            self._later(decided + dice.uniform(60, 60 * HOUR), lifts, None, "lift target")

    def _propose(self, command: ProposeTarget, program: Program, officer_id: OfficerId) -> ActAtDesk:
        def act(tx: Transaction, setting: Setting) -> object:
            terms = command.terms()
            by = _by(program, officer_id, Act.propose_target, command.target_id, terms, setting)
            return propose_target(tx, command, by, setting)

        return act

    def _decide(
        self, command: ProposeTarget, program: Program, officer_id: OfficerId, *, is_granted: bool = True
    ) -> ActAtDesk:
        def act(tx: Transaction, setting: Setting) -> object:
            target = tx.get(TARGETS, command.target_id)
            if target is None:
                return Rejection.target_unknown
            terms = decision_terms(target, is_granted=is_granted)
            by = _by(program, officer_id, Act.decide_target, target.target_id, terms, setting)
            return decide_target(tx, target.target_id, by, setting, is_granted=is_granted)

        return act

    def _extend(self, command: ProposeTarget, fact: str) -> ActAtDesk:
        prosecution = self._world.network.prosecution

        def act(tx: Transaction, setting: Setting) -> object:
            terms = (("exact", command.exact), ("fact", fact))
            by = _by(prosecution, OFFICER, Act.extend_target, command.target_id, terms, setting)
            return extend_target(tx, command.target_id, fact, by, setting)

        return act

    def _plainly(
        self,
        command: ProposeTarget,
        use_case: Callable[[Transaction, str, OfficialsAct, Setting], object],
        what: Act,
        program: Program,
        officer_id: OfficerId,
    ) -> ActAtDesk:
        def act(tx: Transaction, setting: Setting) -> object:
            by = _by(program, officer_id, what, command.target_id, (("exact", command.exact),), setting)
            return use_case(tx, command.target_id, by, setting)

        return act

    # --- across a border

    def _plan_sharing(self, case_id: CaseId) -> None:
        """Propose to send data abroad, authorise it, correct it, call it back, and confirm that it is erased."""
        dice, police, prosecution = self._dice, self._world.network.police, self._world.network.prosecution
        self._numbers += 1
        command = ProposeSharing(
            case_id=case_id,
            to_body=f"Financial police of Elbonia (invented), desk {self._numbers}",
            country="Elbonia",
            treaty_code=TREATY,
            purpose="To learn whether the money is still on that account.",
            offence_id=OFFENCE,
            data=("account_number", "name" if self._numbers % 3 else "facts_of_case"),
            person_roles=("payee_named",),
            assertion_kinds=("fact", "allegation"),
            accuracy_marks=("confirmed_by_institution", "reported"),
            risks=SAFE,
            rests_on=(),
            came_of=(),
            handling_code="this_case_only",
            onward=False,
            hours=dice.choice((24, 96, 240)),
        )
        author, proposed = dice.choice((OFFICER, COLLEAGUE)), dice.uniform(60, 30 * HOUR)
        decided = proposed + dice.choice((0.02, 1)) * dice.uniform(60, 20 * HOUR)
        propose = partial(self._propose_sharing, program=police, officer_id=author)
        if self._is_careless():
            barred = dice.choice(tuple(BARRED_SHARINGS))
            wrong = replace(command, **BARRED_SHARINGS[barred])
            self._later(proposed, propose(wrong), barred, "propose sharing")
            self._later(decided, self._authorise(wrong, prosecution, OFFICER), barred, "authorise")
            self._later(decided - 1, self._authorise(command, police, author), Barred.by_its_author, "authorise")
            self._later(
                decided - 1, self._authorise(command, self._world.network.court, OFFICER), Barred.by_court, "authorise"
            )
        for _ in range(dice.choice((1, 1, 2))):
            self._later(proposed, propose(command), None, "propose sharing")
        is_granted = self._chance(0.85)
        self._later(decided, self._authorise(command, prosecution, OFFICER, is_granted=is_granted), None, "authorise")
        if self._chance(0.4):
            corrected = decided + dice.uniform(60, 3 * DAY)
            self._later(corrected, self._correct(command), None, "correct")
            if self._chance(0.6):
                self._later(
                    corrected + dice.uniform(60, 5 * DAY),
                    self._plain(command, "acknowledge", police),
                    None,
                    "acknowledge",
                )
        if self._chance(0.6):
            self._later(decided + dice.uniform(60, 2 * DAY), self._plain(command, "tell", police), None, "tell")
        if self._chance(0.4):
            recalled = self._plain(command, "recall", dice.choice((police, prosecution)))
            self._later(decided + dice.uniform(60, 4 * DAY), recalled, None, "recall")
        if self._chance(0.6):
            self._later(decided + dice.uniform(DAY, 12 * DAY), self._plain(command, "erase", police), None, "erase")

    def _propose_sharing(self, command: ProposeSharing, program: Program, officer_id: OfficerId) -> ActAtDesk:
        def act(tx: Transaction, setting: Setting) -> object:
            named = self._named.setdefault(command, _with_sources(tx, command))
            by = _by(program, officer_id, Act.propose_sharing, named.sharing_id, named.terms(), setting)
            return propose_sharing(tx, named, by, setting)

        return act

    def _as_proposed(self, command: ProposeSharing) -> ProposeSharing:
        """Return what was planned as it was proposed: with what of the case it has come from by then."""
        return self._named.get(command, command)

    def _authorise(
        self, command: ProposeSharing, program: Program, officer_id: OfficerId, *, is_granted: bool = True
    ) -> ActAtDesk:
        def act(tx: Transaction, setting: Setting) -> object:
            sharing_id = self._as_proposed(command).sharing_id
            terms = (("to_body", command.to_body), ("granted", "yes" if is_granted else "no"))
            by = _by(program, officer_id, Act.decide_sharing, sharing_id, terms, setting)
            return decide_sharing(tx, sharing_id, by, setting, is_granted=is_granted)

        return act

    def _correct(self, command: ProposeSharing) -> ActAtDesk:
        police = self._world.network.police

        def act(tx: Transaction, setting: Setting) -> object:
            sharing_id = self._as_proposed(command).sharing_id
            terms = (("correction", CORRECTION),)
            by = _by(police, OFFICER, Act.correct_sharing, sharing_id, terms, setting)
            return correct_sharing(tx, sharing_id, CORRECTION, by, setting)

        return act

    def _plain(self, command: ProposeSharing, name: str, program: Program) -> ActAtDesk:
        what, use_case = PLAIN[name]

        def act(tx: Transaction, setting: Setting) -> object:
            sharing_id = self._as_proposed(command).sharing_id
            by = _by(program, OFFICER, what, sharing_id, (), setting)
            return use_case(tx, sharing_id, by, setting)

        return act

    def _later(self, seconds: float, act: ActAtDesk, barred: Barred | None, what: str) -> None:
        def judged(tx: Transaction, setting: Setting) -> object:
            return self._judged(what, barred, act(tx, setting))

        self._desk.act_later(self._world.network.exchange, seconds, judged)

    def _judged(self, what: str, barred: Barred | None, result: object) -> str:
        """Note what came of an act; one that had to be refused and was done ends the run."""
        is_refused = isinstance(result, Rejection | LawfulNo)
        key = f"{what} {barred or 'in order'}: {'refused' if is_refused else 'done'}"
        self.done[key] = self.done.get(key, 0) + 1
        if barred is not None and not is_refused:
            raise CheckFailed("registers", f"{what} was done although it was {barred}")
        if isinstance(result, LawfulNo):
            tests = () if result.assessment is None else result.assessment.tests
            return f"{result.rejection} {','.join(one.code for one in tests if not one.passed)}".strip()
        return str(result) if isinstance(result, Rejection) else "done"

    def _falls(self, permille: int) -> bool:
        return self._dice.randrange(1000) < permille

    def _is_careless(self) -> bool:
        return self._falls(self._world.options.careless_acts)

    def _chance(self, share: float) -> bool:
        return self._dice.random() < share


def _with_sources(tx: Transaction, command: ProposeSharing) -> ProposeSharing:
    """Name what of the case the data come from, or from what the ground is known; some come of reports alone."""
    known = tuple(one.subject_id for one in material_of(tx, command.case_id) if not one.is_locked)
    match int(command.to_body.rpartition(" ")[2]) % 3:
        case 1:
            return replace(command, came_of=known)
        case 2:
            return replace(command, rests_on=known)
        case _:
            return command


def _exact(kind: TargetKind, number: int) -> str:
    if kind is TargetKind.url:
        return f"https://shop-{number}.example.kz/pay/card"
    return f"+7700111{number:04d}" if kind is TargetKind.phone_number else f"14{number:02d}"


def _by(
    program: Program, officer_id: OfficerId, act: Act, subject: str, terms: Terms, setting: Setting
) -> OfficialsAct:
    return OfficialsAct(program.name, signed_by(program, officer_id, act, subject, terms, setting.now))
