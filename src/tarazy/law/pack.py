"""A jurisdiction's law as data: dated norms, dated rules of measures, offences, questions still open.

Every value stands in a `Field` with its evidence: how far it can be trusted, which norm or source says it, which open
question concerns it. A field that a rule lacks is None. Nothing here decides anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from tarazy.law.assessment import (
    ActorRole,
    AssertionKind,
    Duty,
    Lane,
    Mark,
    Measure,
    NormVersion,
    ProtectedFloor,
    Remedy,
)
from tarazy.law.calendar import Calendar, Window, WindowUnit
from tarazy.law.clock import Manner
from tarazy.law.offence import Offence, TableRow
from tarazy.law.safeguards import (
    AuthorisationRule,
    CompensationRule,
    DeferralRule,
    Exclusion,
    LapseRule,
    LoggedAct,
    NoticeRule,
    ReportLimits,
    Retention,
    ReviewRule,
    Threshold,
    UrgentEnds,
    UrgentRule,
)
from tarazy.law.terms import Branch
from tarazy.values.ids import NormId

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """One rule of law through time: its versions follow each other without gap or overlap."""

    norm_id: NormId
    versions: tuple[NormVersion, ...]

    def on(self, day: date) -> NormVersion | None:
        """Return the version in force on ``day``, or None."""
        return next((version for version in self.versions if version.covers(day)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why a value stands in the pack: its mark, the norms that say it, the source that was read, who confirmed it."""

    mark: Mark
    norms: tuple[NormId, ...]
    source: str | None
    question: int | None
    confirmed_by: str | None

    @property
    def is_blocked(self) -> bool:
        """Whether nothing intrusive may rest on the value: unsure, and nobody has put their name to it."""
        return self.mark is Mark.unsure and self.confirmed_by is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Generic[Value]):
    """A value and its evidence. A field may say that something does not apply; then its value is None or empty."""

    value: Value
    evidence: Evidence


Clocks = Mapping[tuple[Branch, WindowUnit], Field[Manner]]
"""How each branch of law counts each unit of time, as far as the pack says so."""


class CapPart(StrEnum):
    """What limits a sum. The least of them is the cap."""

    traced = "traced"
    claim = "claim"
    mandate = "mandate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What must stand behind a measure: at least one counting assertion, and the papers that are named here."""

    counting: frozenset[AssertionKind]
    offence: bool
    registration: bool
    mandate: bool
    signed_report: bool
    named_officer: bool
    hiding_risk: bool
    """Whether it must be said why the money would otherwise be hidden or lost."""
    reasons: bool
    """Whether suitability, milder measures and impact must be reasoned in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationRule:
    """How long: ``first`` once, then at most ``extensions`` more, none longer than ``extension``, ``total`` in all.

    ``asked`` is false where the rule sets the end and nobody asks for one. ``new_fact``: an extension needs one.
    """

    asked: bool
    first: Window
    extension: Window | None
    extensions: int
    total: Window
    new_fact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """What a refund asks of its receiver: a written consent, or to be heard; an objection sends the matter to court.

    ``answer_within`` is how long the receiver has for an answer; without it nobody can be asked.
    """

    consent: bool
    heard: bool
    objection_goes_to_court: bool
    answer_within: Window | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRule:
    """One measure (of a refund: one lane) from ``valid_from`` to ``valid_to``. A field that the pack lacks is None."""

    file: str
    measure: Measure
    lane: Lane | None
    valid_from: date
    valid_to: date | None
    norms: tuple[NormId, ...]
    author: Field[tuple[ActorRole, ...]] | None
    basis: Field[Basis] | None
    milder: Field[tuple[Measure, ...]] | None
    cap: Field[frozenset[CapPart]] | None
    protected_barred: Field[bool] | None
    duration: Field[DurationRule] | None
    confirmation: Field[Window | None] | None
    authorisation: Field[AuthorisationRule | None] | None
    hearing: Field[Hearing | None] | None
    notice: Field[NoticeRule | None] | None
    deferral: Field[DeferralRule | None] | None
    remedies: Field[tuple[Remedy, ...]] | None
    duties: Field[tuple[Duty, ...]] | None
    caveats: tuple[int, ...]
    branch: Field[Branch] | None = None
    threshold: Field[Threshold | None] | None = None
    urgent: Field[UrgentRule | None] | None = None
    urgent_ends: Field[UrgentEnds | None] | None = None
    deferral_grounds: Field[tuple[str, ...]] | None = None
    lapse: Field[LapseRule | None] | None = None
    review: Field[ReviewRule | None] | None = None
    exclusions: Field[tuple[Exclusion, ...]] | None = None
    same_body_may_review: Field[bool] | None = None
    retention: Field[Retention | None] | None = None
    log: Field[tuple[LoggedAct, ...]] | None = None
    statutory_effect: Field[str | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """A question that only a lawyer can answer, and who must sign the answer."""

    number: int
    signer: str
    pack_id: str

    @property
    def text_code(self) -> str:
        """The code of the text that asks the question."""
        return f"law.question.{self.pack_id}.{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedFloor:
    """The protected floor from ``valid_from`` to ``valid_to``."""

    valid_from: date
    valid_to: date | None
    floor: ProtectedFloor


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneralRules:
    """What holds for every measure of a pack."""

    aims: Field[frozenset[str]]
    facts: Field[None]
    reasons: Field[int]
    """Evidence of the duty to give reasons, and how many letters a reason has at least."""
    denied_features: Field[frozenset[str]]
    floors: Field[tuple[DatedFloor, ...]]
    tracing_method: str
    release_within: Field[timedelta] | None = None
    """How soon after its end nothing may be held any more."""
    reports: Field[ReportLimits] | None = None
    """Where a report carries no automatic hold."""
    compensation: Field[CompensationRule] | None = None
    """Where harm from a wrongful measure is claimed."""


class PackKind(StrEnum):
    """What a pack is for."""

    law = "law"
    """A jurisdiction's law, for real measures once a lawyer has signed it."""
    demonstration = "demonstration"
    """Law with invented confirmations: everything can be shown, nothing is real."""
    comparison = "comparison"
    """Another jurisdiction's law, to be read and asked."""
    test = "test"
    """Invented law, for tests."""

    @property
    def may_drive(self) -> bool:
        """Whether a program may take measures under such a pack; with another kind it must refuse to start."""
        return self in {PackKind.law, PackKind.demonstration}


@dataclass(frozen=True, slots=True, kw_only=True)
class PackData:
    """A pack as it was read, before it is indexed by date."""

    pack_id: str
    kind: PackKind
    base_id: str
    version: str
    as_of: date
    review_by: date
    is_demonstration: bool
    signed_by: str | None
    calendar: Calendar
    clocks: Clocks
    norms: Mapping[NormId, Norm]
    general: GeneralRules
    rules: tuple[MeasureRule, ...]
    offences: Mapping[str, Offence]
    offence_table: tuple[TableRow, ...]
    questions: Mapping[int, OpenQuestion]
