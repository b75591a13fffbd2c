"""What the stage shows at one moment, read from the programs' tables and the processes. Nothing is changed here."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from tarazy.app.records import PIECES, REPORTS, TRACINGS, Piece, Report, Tracing
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.tracing import ShareKind
from tarazy.edge.stage.director import Director
from tarazy.edge.stage.picture import BarPart, Picture, bar_of, picture_of
from tarazy.edge.stage.plot import DANIYAR, GROCERIES_MINOR, SECOND_THEFT, THEFT, THIRD_THEFT
from tarazy.edge.stage.scene import Scene
from tarazy.edge.stage.story import STEPS, StoryStep
from tarazy.edge.stage.telling import Fact, milliseconds
from tarazy.values.ids import ParticipantId

MARK_DIGITS: Final = 16
REPORTED: Final = {theft.key: theft for theft in (THEFT, SECOND_THEFT, THIRD_THEFT)}
REPORTS_MAX: Final = 6
"""As many reports as one page draws, the newest; the console has all of them."""


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step, whether it is being played or comes next, and what it told."""

    step: StoryStep
    is_playing: bool
    is_next: bool
    is_played: bool
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class ShownReport:
    """One report's money now.

    ``span_ms`` is the time from the signature to the last hold so far, ``told`` what the story has measured, with the
    core's delay.
    """

    number: int
    bank: ParticipantId
    case_id: str
    stolen_minor: int
    is_settled: bool
    span_ms: int | None
    told: Fact | None
    bar: tuple[BarPart, ...]
    picture: Picture


@dataclass(frozen=True, slots=True)
class ShownProgram:
    """A program: whether it runs, and what its core does (banks only)."""

    name: str
    is_bank: bool
    is_running: bool
    delay: str


@dataclass(frozen=True, slots=True)
class ShownAccount:
    """Daniyar's account as his bank's core keeps it, and what he was told last."""

    balance_minor: int
    reserved_minor: int
    spendable_minor: int
    groceries_minor: int
    is_paid: bool
    notice: str | None


@dataclass(frozen=True, slots=True)
class StageView:
    """The whole stage at one moment."""

    steps: tuple[ShownStep, ...]
    is_busy: bool
    has_ended: bool
    fault: str | None
    reports: tuple[ShownReport, ...]
    programs: tuple[ShownProgram, ...]
    daniyar: ShownAccount
    is_paused: bool

    @property
    def mark(self) -> str:
        """A name for exactly this view: a page that shows it already need not be renewed."""
        return sha256(repr(self).encode()).hexdigest()[:MARK_DIGITS]


def view_of(director: Director) -> StageView:
    """Return what the stage shows now. Raises StoreAway while the database is away."""
    scene = director.scene
    return StageView(
        steps=_steps(director),
        is_busy=director.is_busy,
        has_ended=director.story.next_step is None,
        fault=director.fault,
        reports=_reports(director),
        programs=_programs(scene),
        daniyar=_daniyar(scene, director),
        is_paused=scene.network.clock.is_paused,
    )


def _steps(director: Director) -> tuple[ShownStep, ...]:
    played = {one.key: one.facts for one in director.story.record.played}
    upcoming = director.story.next_step
    return tuple(
        ShownStep(
            step=step,
            is_playing=director.playing == step.key,
            is_next=upcoming is not None and step.key == upcoming.key,
            is_played=step.key in played,
            facts=played.get(step.key, ()),
        )
        for step in STEPS
    )


def _reports(director: Director) -> tuple[ShownReport, ...]:
    """Return the reports, newest first; those of the story with what it has measured."""
    measured = {}
    for told in director.story.record.facts("stopwatch"):
        known = director.scene.report(REPORTED[told.values["report"]])
        measured[known.report_id if known else ""] = told

    def read(tx: Transaction, _: Setting) -> tuple[ShownReport, ...]:
        reports = tx.find(REPORTS, order=("filed_at",))
        tracings = {one.report_id: one for one in tx.find(TRACINGS)}
        pieces = tx.find(PIECES)
        numbered = list(enumerate(reports, start=1))[-REPORTS_MAX:]
        return tuple(
            _report(number, report, tracings[report.report_id], pieces, measured.get(report.report_id))
            for number, report in reversed(numbered)
            if report.report_id in tracings
        )

    return director.scene.at(EXCHANGE_ID, read)


def _report(number: int, report: Report, tracing: Tracing, pieces: list[Piece], told: Fact | None) -> ShownReport:
    own = [piece for piece in pieces if piece.tracing_id == tracing.tracing_id]
    waiting = tracing.asking_minor + tracing.sums[ShareKind.requested] + tracing.sums[ShareKind.waiting]
    span = None if tracing.last_hold_at is None else milliseconds(tracing.last_hold_at.since(report.signed_at))
    return ShownReport(
        number=number,
        bank=report.participant_id,
        case_id=report.case_id,
        stolen_minor=tracing.stolen_minor,
        is_settled=waiting == 0,
        span_ms=span,
        told=told,
        bar=bar_of(tracing),
        picture=picture_of(own, tracing.stolen_minor),
    )


def _programs(scene: Scene) -> tuple[ShownProgram, ...]:
    banks = {bank.participant_id for bank in scene.network.banks}
    return tuple(
        ShownProgram(name, name in banks, program.is_running, _delay(scene, name) if name in banks else "")
        for name, program in scene.network.programs.items()
    )


def _delay(scene: Scene, name: str) -> str:
    return scene.core_delay(ParticipantId(name))


def _daniyar(scene: Scene, director: Director) -> ShownAccount:
    account = scene.account(DANIYAR)
    notices = scene.notices(DANIYAR)
    return ShownAccount(
        balance_minor=account.balance_minor,
        reserved_minor=account.reserved_minor,
        spendable_minor=account.spendable_minor,
        groceries_minor=GROCERIES_MINOR,
        is_paid=bool(director.story.record.facts("held_only")),
        notice=notices[-1].subject if notices else None,
    )
