"""What stands between a measure and its abuse, as a pack's rule says it: thresholds, authority, notice, remedy, end.

Only data. Windows keep the words of the law; where a fixed span stands beside one, it is never longer than the law's.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from tarazy.law.calendar import Window
from tarazy.law.terms import ActorRole
from tarazy.values.ids import NormId

LEAST_DAYS: Final = {"working_days": 1, "days": 1, "months": 28, "years": 365}
"""How many days one unit of a window has at least, for units whose length depends on the calendar."""


def at_least(window: Window) -> timedelta:
    """Return the shortest time that a window can last, whichever calendar counts it."""
    return window.fixed if window.fixed is not None else timedelta(days=window.n * LEAST_DAYS[window.unit.name])


class OffenceClass(StrEnum):
    """How grave the law says an offence is; `by_part` where that depends on the part of the article."""

    misdemeanour = "misdemeanour"
    minor = "minor"
    medium = "medium"
    grave = "grave"
    especially_grave = "especially_grave"
    by_part = "by_part"


class Suspicion(StrEnum):
    """How strong the suspicion must be."""

    signs = "signs"
    reasonable = "reasonable"
    strong = "strong"


class Exclusion(StrEnum):
    """What stays free although the rest of an account does not."""

    living = "living"
    wages = "wages"
    taxes = "taxes"
    defence_costs = "defence_costs"
    trade = "trade"


class Part(StrEnum):
    """What part somebody has in a measure."""

    proposer = "proposer"
    approver = "approver"
    confirmer = "confirmer"
    reviewer = "reviewer"
    classifier = "classifier"
    """Who says how grave an error of the exchange was."""


class CountFrom(StrEnum):
    """From which moment a time in a rule runs."""

    begun = "begun"
    """The measure was decided upon and begins."""
    taken = "taken"
    """The money, or the data, is in fact held."""
    filed = "filed"
    """The motion reached whoever decides it."""
    decided = "decided"
    """Whoever authorises has decided."""
    case_decided = "case_decided"
    """The case has its final decision."""


class RemedyFrom(StrEnum):
    """From which moment the time for turning to a forum runs."""

    learned = "learned"
    refused = "refused"
    """The forum before it said no."""
    silence = "silence"
    """The forum before it did not answer in its time."""


class Silence(StrEnum):
    """What follows where a forum does not answer in its time."""

    releases = "releases"
    next_forum = "next_forum"
    deemed_refused = "deemed_refused"


class Burden(StrEnum):
    """Who must show that the measure is lawful, or that it is not."""

    official = "official"
    person = "person"


class ReviewerNot(StrEnum):
    """Who may not decide on a complaint against a measure."""

    author = "author"
    authority = "authority"
    anyone_who_decided = "anyone_who_decided"


class IfMissed(StrEnum):
    """What becomes of a measure for which somebody missed a time."""

    lapses = "lapses"
    stands_to_end = "stands_to_end"


class IfRefused(StrEnum):
    """What becomes of a measure begun urgently when its authorisation is refused."""

    released_at_once = "released_at_once"
    released_in_time = "released_in_time"
    """Within the time that the law leaves."""


class LoggedAct(StrEnum):
    """What must be written down whenever it is done."""

    create = "create"
    change = "change"
    consult = "consult"
    disclose = "disclose"
    combine = "combine"
    erase = "erase"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """How grave an offence must be, and how strong the suspicion. An empty set of classes names none."""

    classes: frozenset[OffenceClass]
    penalty_years_min: int | None
    suspicion: Suspicion | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An authority that must be told, and within what time."""

    who: ActorRole
    within: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Whose consent an urgent measure needs, and whether it comes first."""

    by: ActorRole
    prior: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentRule:
    """Whether the measure may begin before it is authorised, and for how long at most."""

    allowed: bool
    consent: Consent | None
    tell: tuple[Told, ...]
    longest: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentEnds:
    """What becomes of a measure begun urgently where nobody files or decides in time, and where the answer is no."""

    if_not_filed: IfMissed
    if_not_decided: IfMissed
    if_refused: IfRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorisationRule:
    """Who authorises; before the measure (``prior``) or after it, filed and decided within the times named."""

    by: ActorRole
    prior: bool
    file_within: Window | None
    decide_within: Window | None
    file_from: CountFrom = CountFrom.begun
    decide_from: CountFrom = CountFrom.filed

    @property
    def within(self) -> timedelta | None:
        """The time until the decision is due, counted from the measure; None where no time is named."""
        spans = [at_least(window) for window in (self.file_within, self.decide_within) if window is not None]
        return sum(spans, timedelta(0)) if spans else None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRule:
    """Who is told, within what time (0: at once), and from when it runs."""

    to: str
    within: timedelta
    since: CountFrom = CountFrom.begun


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferralStep:
    """Who may put a notice off, each time for so long, and how many times."""

    by: ActorRole
    each: Window
    times: int

    @property
    def longest(self) -> timedelta:
        """How long the step can put a notice off, all its times together."""
        return at_least(self.each) * self.times


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferralRule:
    """In which steps a notice may be put off, ``total`` in all. ``grounds`` is empty where another field has them."""

    grounds: tuple[str, ...]
    steps: tuple[DeferralStep, ...]
    total: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePlan:
    """Who is told and by when, and on which grounds, by whom and for how long that may be put off.

    ``deferral_by`` and ``deferral_max`` are those of the first step; ``steps`` has all, ``deferral_total`` their limit.
    """

    to: str
    within: timedelta
    deferral_grounds: tuple[str, ...]
    deferral_by: ActorRole | None
    deferral_max: timedelta | None
    since: CountFrom = CountFrom.begun
    steps: tuple[DeferralStep, ...] = ()
    deferral_total: Window | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """A forum, how long one may turn to it (None: without limit), and how soon it must decide (None: no time named).

    The two spans are never longer than the law's own time, which ``filing`` and ``deciding`` have in its own words.
    ``untold`` is the time for filing where the act did not say how to complain; ``with_hearing`` that for deciding
    where the parties are heard; ``officials_answer`` that in which the author must hand over the material.
    """

    forum: str
    file_within: timedelta | None
    decide_within: timedelta | None
    norm_id: NormId | None
    forum_kind: ActorRole | None = None
    filing: Window | None = None
    deciding: Window | None = None
    since: RemedyFrom = RemedyFrom.learned
    again_from: tuple[RemedyFrom, ...] = ()
    with_hearing: Window | None = None
    officials_answer: Window | None = None
    burden: Burden | None = None
    silence: Silence | None = None
    is_suspensive: bool = False
    untold: Window | None = None
    accepts_late: bool = False
    is_final: bool = False
    reviewer_not: ReviewerNot | None = None
    sums_up_to: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseRule:
    """Who ends the measure when its time is over, and whom they tell."""

    by: ActorRole
    tell: tuple[ActorRole, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationRule:
    """Which forum decides on harm from a wrongful measure, and within what time a claim is answered (None: no word)."""

    forum: str
    answer_within: Window | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRule:
    """How often somebody must look again at whether the measure is still needed, and what follows where nobody does."""

    every: Window
    by: ActorRole
    if_missed: IfMissed


class Kept(StrEnum):
    """What is kept of a measure after its end."""

    case_file = "case_file"
    record = "record"
    nothing = "nothing"


class KeptUntil(StrEnum):
    """The event until which something is kept, where the rule names no span."""

    until_case_ends = "until_case_ends"
    until_no_forum_is_open = "until_no_forum_is_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What is kept, and for how long: a span, or until an event."""

    what: Kept
    lasting: Window | None
    until: KeptUntil | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLimits:
    """Where a report carries nothing automatic any more: a trifling sum, or the same payer or pair again and again."""

    least_sum_minor: int
    currency: str
    per_payer_days: int
    per_payer_max: int
    per_pair_max: int
