"""Which measures a pack can carry today, what stops the others, and who must sign."""

from dataclasses import dataclass
from datetime import date

from tarazy.law.assessment import Lane, Measure
from tarazy.law.codes import ReadinessCode
from tarazy.law.ground import Ground, Pack, fields_of
from tarazy.values.ids import NormId
from tarazy.values.instant import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """One measure under one pack: works, blocked (by what, and who must sign), or absent because no norm was seen.

    ``blocked_at`` names the places in the pack. ``caveats`` are questions that are open but do not stop the measure.
    """

    measure: Measure
    lane: Lane | None
    state: ReadinessCode
    questions: tuple[int, ...]
    question_codes: tuple[str, ...]
    signers: tuple[str, ...]
    blocked_at: tuple[str, ...]
    not_in_force: tuple[NormId, ...]
    confirmed_by: tuple[str, ...]
    caveats: tuple[int, ...]


def readiness(pack: Pack, at: Instant) -> tuple[Readiness, ...]:
    """Return the state of every measure of the ladder on the local day of ``at``; a refund once for each lane."""
    day = pack.data.calendar.local_day(at)
    keys = [(m, lane) for m in Measure for lane in ((*Lane,) if m is Measure.M16 else (None,))]
    return tuple(_one(pack, measure, lane, day) for measure, lane in keys)


def _one(pack: Pack, measure: Measure, lane: Lane | None, day: date) -> Readiness:
    ground = pack.ground(measure, lane, day)
    if ground is None:
        return _absent(measure, lane)
    questions = tuple(pack.data.questions[number] for number in ground.open_questions)
    return Readiness(
        measure=measure,
        lane=lane,
        state=ReadinessCode.blocked if ground.stops else ReadinessCode.works,
        questions=ground.open_questions,
        question_codes=tuple(question.text_code for question in questions),
        signers=tuple(dict.fromkeys(question.signer for question in questions)),
        blocked_at=tuple(blocker.path for blocker in ground.blockers),
        not_in_force=ground.not_in_force,
        confirmed_by=_confirmed_by(ground),
        caveats=ground.caveats,
    )


def _absent(measure: Measure, lane: Lane | None) -> Readiness:
    return Readiness(
        measure=measure,
        lane=lane,
        state=ReadinessCode.absent,
        questions=(),
        question_codes=(),
        signers=(),
        blocked_at=(),
        not_in_force=(),
        confirmed_by=(),
        caveats=(),
    )


def _confirmed_by(ground: Ground) -> tuple[str, ...]:
    """Return who put their name to values that the measure rests on."""
    fields = (field.evidence.confirmed_by for field in fields_of(ground.rule).values() if field is not None)
    norms = (version.confirmed_by for versions in ground.norms.values() for version in versions)
    return tuple(dict.fromkeys(name for name in (*fields, *norms) if name is not None))
