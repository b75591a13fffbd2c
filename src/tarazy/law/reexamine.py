"""Whether a measure that was lawful still is: the stored request asked anew, once for each offence that it rests on.

A repealed or softened offence frees at once what rests on it alone; a measure with a second offence that still carries
it stays. Pure: whoever calls it decides when (a change of the pack, a new day, another offence named in the case).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from tarazy.law.assessment import Assessment, Request, Verdict
from tarazy.law.codes import Code
from tarazy.law.gate import assess
from tarazy.law.ground import Pack
from tarazy.law.offence import Offence, OffenceVersion
from tarazy.law.safeguards import OffenceClass
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

ABOUT_THE_OFFENCE: Final = (
    Code.offence_unknown,
    Code.offence_not_in_force,
    Code.outside_purpose,
    Code.part_not_named,
    Code.class_not_enough,
    Code.penalty_not_enough,
)
"""Reasons against the offence itself, which are told before any other."""

GRAVITY: Final = (
    OffenceClass.misdemeanour,
    OffenceClass.minor,
    OffenceClass.medium,
    OffenceClass.grave,
    OffenceClass.especially_grave,
)
"""Classes of offences from the lightest on."""


class Dropped(NamedTuple):
    """An offence that carries the measure no longer, and the code of the reason (a text of the nine tests)."""

    offence_id: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reexamined:
    """What became of a measure: lawful as long as one offence carries it.

    ``assessment`` is the answer for the first offence that carries it, or else for the first that was asked about. A
    measure that only waits for its authorisation is lawful in everything else; the assessment's verdict says so.
    """

    is_lawful: bool
    carrying: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    assessment: Assessment


def still_lawful(
    request: Request,
    offence_ids: Sequence[str],
    pack: Pack,
    at: Instant,
    *,
    committed_on: date | None = None,
    parts: Mapping[str, str] | None = None,
) -> Reexamined:
    """Assess ``request`` at ``at`` once for each of ``offence_ids``; without any, once as a request that names none.

    ``committed_on`` is the local day of the act. It decides which law it is judged by: that of its day, or what is
    milder since and applies back. Where the day is not known, the law of ``at`` counts, so that doubt about an old and
    harsher text does not keep a measure alive. ``parts`` names the part of the article for each offence that has parts;
    the part in the request itself belongs to its own offence only.
    """
    named = _parts_of(request, parts)
    day = pack.data.calendar.local_day(at)
    answers = {
        offence_id: assess(
            replace(request, offence_id=offence_id, offence_part=named.get(offence_id)),
            _as_it_applies(pack, offence_id, named.get(offence_id), committed_on, day),
            at,
        )
        for offence_id in offence_ids
    }
    if not answers:
        alone = assess(replace(request, offence_id=None, offence_part=None), pack, at)
        return Reexamined(is_lawful=_stands(alone), carrying=(), dropped=(), assessment=alone)
    carrying = tuple(offence_id for offence_id, answer in answers.items() if _stands(answer))
    return Reexamined(
        is_lawful=bool(carrying),
        carrying=carrying,
        dropped=tuple(Dropped(one, _reason(answer)) for one, answer in answers.items() if not _stands(answer)),
        assessment=answers[carrying[0]] if carrying else next(iter(answers.values())),
    )


def _parts_of(request: Request, parts: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return the part of the article for each offence; the request's own part stands unless another is named."""
    named = dict(parts or {})
    if request.offence_id is not None and request.offence_part is not None:
        named.setdefault(request.offence_id, request.offence_part)
    return named


def _stands(answer: Assessment) -> bool:
    return answer.verdict is not Verdict.refused


def _reason(answer: Assessment) -> str:
    """Return the code of the reason against a measure, first of all one that is about the offence."""
    failed = [outcome for outcome in answer.tests if not outcome.passed]
    codes = [code for one in failed for code in (one.code, *(reason.code for reason in one.more))]
    return next((code for code in ABOUT_THE_OFFENCE if code in codes), codes[0])


def _as_it_applies(pack: Pack, offence_id: str, part_id: str | None, committed_on: date | None, day: date) -> Pack:
    """Return the pack with the offence as it applies on ``day`` to what was done on ``committed_on``."""
    offence = pack.data.offences.get(offence_id)
    if offence is None or committed_on is None:
        return pack
    version = applicable(offence, part_id, committed_on, day)
    if version is offence.on(day):
        return pack
    before = day - timedelta(days=1)
    as_applied = (
        replace(offence.latest, valid_from=min(offence.latest.valid_from, before), valid_to=before)
        if version is None
        else replace(version, valid_from=min(version.valid_from, day), valid_to=None)
    )
    offences = {**pack.data.offences, offence_id: replace(offence, versions=(as_applied,))}
    return replace(pack, data=replace(pack.data, offences=offences))


def applicable(offence: Offence, part_id: str | None, committed_on: date, day: date) -> OffenceVersion | None:
    """Return the version by which an act of ``committed_on`` is judged on ``day``; None where it is no offence.

    Harsher law never applies back. Milder law does, a repeal among it, unless the version under which the act was done
    says that it does not.
    """
    kept = offence.on(committed_on)
    if kept is None:
        return None
    last: OffenceVersion = kept
    for version in (one for one in offence.versions if last.valid_from < one.valid_from <= day):
        if kept.softer_applies_back and _is_repealed(last, before=version.valid_from):
            return None
        if kept.softer_applies_back and not _is_harsher(version, kept, part_id):
            kept = version
        last = version
    return None if kept.softer_applies_back and _is_repealed(last, before=day + timedelta(days=1)) else kept


def _is_repealed(version: OffenceVersion, before: date) -> bool:
    """Tell whether a version ended and a day without any came ``before`` the one that follows it."""
    return version.valid_to is not None and version.valid_to + timedelta(days=1) < before


def _is_harsher(version: OffenceVersion, than: OffenceVersion, part_id: str | None) -> bool:
    """Tell whether a version is graver than another. What cannot be compared is not: doubt is the person's."""
    if not (version.within_purpose and than.within_purpose):
        return version.within_purpose and not than.within_purpose
    (grade, penalty), (other_grade, other_penalty) = _gravity(version, part_id), _gravity(than, part_id)
    if grade is not None and other_grade is not None and grade != other_grade:
        return grade > other_grade
    return penalty is not None and other_penalty is not None and penalty > other_penalty


def _gravity(version: OffenceVersion, part_id: str | None) -> tuple[int | None, int | None]:
    part = None if part_id is None else version.part(part_id)
    offence_class = version.offence_class if part is None else part.offence_class
    penalty = version.penalty_years_max if part is None else part.penalty_years_max
    return (GRAVITY.index(offence_class) if offence_class in GRAVITY else None), penalty
