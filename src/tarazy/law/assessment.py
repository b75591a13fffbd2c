"""What is asked of the law gate and what it answers.

A `Request` names one measure, who would take it, and everything that the nine tests need. An `Assessment` answers with
all nine tests, each with its outcome and the norm that it cites, and says what follows: the cap, the end, who must
authorise, who must be told, where to appeal, and what would be lawful instead. Whoever builds a request states every
fact that could make it unlawful: no field has a default that lets a request pass.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from tarazy.values.ids import NormId
from tarazy.values.instant import Instant

Params = tuple[tuple[str, str], ...]
"""Named values for a text. A value ``law.…`` is itself a code (several: comma-separated); ``…_minor`` is an amount."""


class Measure(StrEnum):
    """Anything that limits a person's property, data or access, in order of intrusiveness (M16 stands apart)."""

    M1 = "M1"
    """Report."""
    M2 = "M2"
    """Exchange of an identifier without a person."""
    M2t = "M2t"
    """Minimised trace answer."""
    M3 = "M3"
    """Listing of a person."""
    M4a = "M4a"
    """Pause of an unexecuted payment."""
    M4b = "M4b"
    """A bank's own pause of money already credited."""
    M5 = "M5"
    """An investigator's hold on the traced amount."""
    M6 = "M6"
    """Preservation of data."""
    M7 = "M7"
    """Request for data."""
    M8 = "M8"
    """Restriction of a whole account."""
    M9 = "M9"
    """Attachment by a judge's order."""
    M10 = "M10"
    """Restriction of a site or number."""
    M11 = "M11"
    """Personal data across a border."""
    M12 = "M12"
    """Search for digital evidence."""
    M13 = "M13"
    """Network activity."""
    M14 = "M14"
    """Takeover of an account."""
    M15 = "M15"
    """Disruption of data."""
    M16 = "M16"
    """Refund to the victim."""


class Lane(StrEnum):
    """The ways in which held money may return to the victim (M16)."""

    consent = "consent"
    """The holder agrees in writing, informed."""
    court = "court"
    """A court decides."""
    investigator = "investigator"
    """The investigator resolves, a prosecutor authorises, the receiver is heard."""


class ActorRole(StrEnum):
    """In which capacity somebody acts."""

    citizen = "citizen"
    bank = "bank"
    payment_organisation = "payment_organisation"
    investigator = "investigator"
    prosecutor = "prosecutor"
    investigating_judge = "investigating_judge"
    court = "court"
    exchange = "exchange"


class Verdict(StrEnum):
    """The gate's answer. *Needs authorisation* means: lawful in everything else, but not yet."""

    permitted = "permitted"
    needs_authorisation = "needs_authorisation"
    refused = "refused"


class TestId(StrEnum):
    """The nine questions that every measure must answer."""

    __test__ = False  # the name begins as pytest's own classes do

    T1 = "T1"
    """Legality: is there a norm in force that day that names this measure for this body?"""
    T2 = "T2"
    """Quality of law: is every value that the measure rests on verified or confirmed?"""
    T3 = "T3"
    """Aim: is it one for which rights may be limited, and within the purpose of the exchange?"""
    T4 = "T4"
    """Factual basis: are there facts, and not only scores or list hits?"""
    T5 = "T5"
    """Suitability: is it said how the measure reaches its aim?"""
    T6 = "T6"
    """Necessity: is it said of every milder measure why it is not enough?"""
    T7 = "T7"
    """Proportionality: sum, time, protected money, impact."""
    T8 = "T8"
    """Safeguards: author, authorisation, notice, remedy, end."""
    T9 = "T9"
    """Equality: does it rest on a feature that may not be used?"""


class AssertionKind(StrEnum):
    """What an assertion is. Kinds are never merged: a score does not become a fact by being passed on."""

    fact = "fact"
    allegation = "allegation"
    assessment = "assessment"
    score = "score"
    list_hit = "list_hit"
    finding = "finding"
    """A court's finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One assertion: its kind, a code of the vocabulary, and its source. Without a source it does not count."""

    kind: AssertionKind
    code: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A milder measure that was considered, and why it is not enough."""

    rung: Measure
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One measure that somebody wants to take. The moment of the act is an argument of `assess`, not a field.

    ``traced_minor`` is what the tracing attributes to this account, ``claim_minor`` what the victim still misses.
    ``protected_minor`` is how much of the asked amount is protected receipts, as the holder's own bank says.
    ``extends`` is how long the measure has run already, ``extensions_used`` how often it was extended, and
    ``new_facts`` what was learnt since the last decision on it.
    ``insistence_id`` names a prosecutor's second, written demand to pay although the receiver was not heard.
    """

    measure: Measure
    actor_role: ActorRole
    officer_named: bool
    currency: str
    amount_minor: int | None
    traced_minor: int | None
    claim_minor: int | None
    offence_id: str | None
    aim: str | None
    facts: tuple[Fact, ...]
    suitability: str
    alternatives: tuple[Alternative, ...]
    impact: str
    features_used: tuple[str, ...]
    duration: timedelta | None
    has_mandate: bool
    mandate_ceiling_minor: int | None
    case_registration: str | None
    report_signed: bool
    protected_minor: int
    whole_account: bool
    extends: timedelta
    extensions_used: int
    new_facts: tuple[Fact, ...] = ()
    authorisation_id: str | None = None
    lane: Lane | None = None
    consent: str | None = None
    receiver_heard: bool | None = None
    receiver_objects: bool | None = None
    insistence_id: str | None = None


class Mark(StrEnum):
    """How far a value of a pack can be trusted."""

    verified = "verified"
    """Read in the named source."""
    background = "background"
    """Known, but not checked against a source."""
    unsure = "unsure"
    """Contested, possibly amended or half seen: nothing intrusive may rest on it until a named person confirms it."""
    default = "default"
    """Not law: this project's own rule, at least as strict as the law that was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NormVersion:
    """A norm as it stood from ``valid_from`` to ``valid_to``, both days included. Its title is a text, by code."""

    version_id: str
    norm_id: NormId
    act: str
    article: str
    valid_from: date
    valid_to: date | None
    source: str
    mark: Mark
    question: int | None
    confirmed_by: str | None

    @property
    def title_code(self) -> str:
        """The code of the text that names this version to a person."""
        return f"law.norm.{self.version_id}"

    @property
    def act_code(self) -> str:
        """The code of the text that names its act in short."""
        return f"law.act.{self.act}"

    @property
    def is_blocked(self) -> bool:
        """Whether nothing intrusive may rest on it: unsure, and nobody has put their name to it."""
        return self.mark is Mark.unsure and self.confirmed_by is None

    def covers(self, day: date) -> bool:
        """Tell whether the version is in force on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Reason(NamedTuple):
    """Why a test is not passed: a text by code, and its values."""

    code: str
    params: Params = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TestOutcome:
    """One of the nine tests: whether it is passed, the norms that it cites, and the text that explains it.

    Where several reasons stand against it, ``code`` is the first and ``more`` has the others.
    """

    __test__ = False  # the name begins as pytest's own classes do

    test: TestId
    passed: bool
    norms: tuple[NormVersion, ...]
    code: str
    params: Params
    more: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePlan:
    """Who is told and by when, and on which grounds, by whom and for how long that may be put off."""

    to: str
    within: timedelta
    deferral_grounds: tuple[str, ...]
    deferral_by: ActorRole | None
    deferral_max: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """A forum, how long one may turn to it (None: without limit), and how soon it must decide (None: no time named)."""

    forum: str
    file_within: timedelta | None
    decide_within: timedelta | None
    norm_id: NormId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LawfulStep:
    """Something that would be lawful instead."""

    code: str
    params: Params
    amount_minor: int | None
    measure: Measure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What somebody must do because the measure is taken, counted from its beginning (0: at once)."""

    who: ActorRole
    code: str
    within: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedFloor:
    """Wages, pensions and benefits of the last ``days`` up to the living minimum stay with every natural person."""

    days: int
    living_minimum_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The gate's answer to one request at one moment: always nine tests, and everything that follows from the rule.

    ``cap_minor`` is the most that may be held, None where the measure touches no money. ``open_questions`` are those
    that block the measure, ``caveats`` those that are open but do not. ``expires_at`` is the end of what was asked
    for; it is None unless the measure is permitted or waits only for an authorisation.
    """

    pack_id: str
    pack_version: str
    is_demonstration: bool
    measure: Measure
    lane: Lane | None
    at: Instant
    verdict: Verdict
    tests: tuple[TestOutcome, ...]
    norm_ids: tuple[NormId, ...]
    norm_versions: tuple[str, ...]
    cap_minor: int | None
    max_duration: timedelta | None
    expires_at: Instant | None
    confirm_within: timedelta | None
    authorisation_by: ActorRole | None
    authorisation_within: timedelta | None
    notice: NoticePlan | None
    remedies: tuple[Remedy, ...]
    lawful_instead: tuple[LawfulStep, ...]
    duties: tuple[Duty, ...]
    open_questions: tuple[int, ...]
    caveats: tuple[int, ...]
    protected_floor: ProtectedFloor | None
    tracing_method: str

    @property
    def failed(self) -> tuple[TestId, ...]:
        """The tests that are not passed, in order."""
        return tuple(outcome.test for outcome in self.tests if not outcome.passed)
