"""What is asked of the law gate and what it answers.

A `Request` names one measure, who would take it, and everything that the nine tests need. An `Assessment` answers with
all nine tests, each with its outcome and the norm that it cites, and says what follows: the cap, the end, who must
authorise, who must be told, where to appeal, and what would be lawful instead. Whoever builds a request states every
fact that could make it unlawful: no field has a default that lets a request pass.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from tarazy.law.calendar import Window
from tarazy.law.safeguards import Exclusion, NoticePlan, Remedy
from tarazy.law.terms import ActorRole, AssertionKind, Branch, Lane, Mark, Measure, TestId, Verdict
from tarazy.values.ids import NormId
from tarazy.values.instant import Instant

__all__ = [
    "ActorRole",
    "Alternative",
    "AssertionKind",
    "Assessment",
    "Authorised",
    "Duty",
    "Fact",
    "Lane",
    "LawfulStep",
    "Mark",
    "Measure",
    "NormVersion",
    "NoticePlan",
    "Params",
    "ProtectedFloor",
    "Reason",
    "Remedy",
    "Request",
    "TestId",
    "TestOutcome",
    "Verdict",
]

Params = tuple[tuple[str, str], ...]
"""Named values for a text. A value ``law.…`` is itself a code (several: comma-separated); ``…_minor`` is an amount."""


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
class Authorised:
    """An authorisation that was verified to be one: who decided, how much of it is left (None: no sum), until when."""

    authorisation_id: str
    by: ActorRole
    covers_minor: int | None
    valid_to: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One measure that somebody wants to take. The moment of the act is an argument of `assess`, not a field.

    ``traced_minor`` is what the tracing attributes to this account, ``claim_minor`` what the victim still misses.
    ``protected_minor`` is how much of the asked amount is protected receipts, as the holder's own bank says.
    ``extends`` is how long the measure has run already, ``extensions_used`` how often it was extended, and
    ``new_facts`` what was learnt since the last decision on it.
    ``hiding_risk`` says in words why the money would be hidden or lost without the measure.
    ``insistence_id`` names a prosecutor's second, written demand to pay although the receiver was not heard.
    ``exculpatory`` is what is known in the holder's favour; ``exculpatory_answered`` that the author has dealt with it.
    ``is_urgent``: the measure would begin before it is authorised. ``is_automatic``: no human decides on this one.
    ``hands`` names who has which part (``proposer``, ``approver``, ``confirmer``, ``reviewer``) in the measure.
    ``locked_sources`` are sources from which nothing may be used any more. ``reports_by_payer`` and ``reports_of_pair``
    count the reports of the same payer, and of the same payer on the same payee, that came before this one within the
    time that the pack looks back.
    ``offence_part`` names the part of the article where its class depends on the part, ``authority_consent_id`` the
    consent under which an urgent measure begins, ``exclusions`` what stays free.
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
    exculpatory: tuple[Fact, ...]
    exculpatory_answered: bool
    is_urgent: bool
    is_automatic: bool
    hands: tuple[tuple[str, str], ...]
    locked_sources: frozenset[str]
    reports_by_payer: int
    reports_of_pair: int
    offence_part: str | None = None
    authority_consent_id: str | None = None
    exclusions: tuple[Exclusion, ...] = ()
    hiding_risk: str = ""
    new_facts: tuple[Fact, ...] = ()
    authorisation: Authorised | None = None
    lane: Lane | None = None
    consent: str | None = None
    receiver_heard: bool | None = None
    receiver_objects: bool | None = None
    insistence_id: str | None = None


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

    ``urgent_until`` is how long the measure may run without the authorisation that it still needs, ``file_by`` and
    ``decide_by`` until when the motion for it must be filed and decided; each is None where there is no such time.
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
    branch: Branch | None
    urgent_until: Instant | None
    file_by: Instant | None
    decide_by: Instant | None
    review_every: Window | None

    @property
    def failed(self) -> tuple[TestId, ...]:
        """The tests that are not passed, in order."""
        return tuple(outcome.test for outcome in self.tests if not outcome.passed)
