"""Offences as dated data: versions that follow each other, the parts of an article, and how a holder is described."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tarazy.law.safeguards import OffenceClass
from tarazy.law.terms import Lane, Mark, Measure


class FormOfGuilt(StrEnum):
    """Whether an offence is committed with intent. It decides how a holder may be described."""

    intent = "intent"
    negligence = "negligence"
    mixed = "mixed"


class HolderDescription(StrEnum):
    """What may be said at most of the holder of an account that the money went through."""

    deceived = "deceived"
    acting_for_reward = "acting_for_reward"

    @property
    def text_code(self) -> str:
        """The code of the text that says it."""
        return f"law.holder.{self}"


class OffenceAnswer(StrEnum):
    """Whether a measure can rest on an offence on a day, and if not, why not."""

    carries = "carries"
    threshold_not_met = "threshold_not_met"
    outside_purpose = "outside_purpose"
    not_in_force = "not_in_force"
    unknown_part = "unknown_part"
    """It depends on the part of the article, and no part is named or the pack does not know its penalty."""

    @property
    def text_code(self) -> str:
        """The code of the text that says it."""
        return f"law.offence_answer.{self}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What makes a part of an article apply, such as a large sum. A sum nobody checked is unsure, and never counted."""

    code: str
    mark: Mark
    question: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OffencePart:
    """One part of an article, with its own class and penalty.

    ``penalty_years_max`` 0 is no imprisonment, None is not known.
    ``weaker`` names the fields that are less certain than ``mark`` says of the rest.
    """

    part_id: str
    offence_class: OffenceClass
    penalty_years_max: int | None
    thresholds: tuple[Condition, ...]
    mark: Mark
    weaker: Mapping[str, Mark]
    source: str | None
    question: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OffenceVersion:
    """An offence as the law had it from ``valid_from`` to ``valid_to``, both days included.

    ``softer_applies_back``: what comes after this version and is milder (a softer version, or none at all) counts also
    for what was done while this one was in force. ``weaker`` as in `OffencePart`.
    """

    version_id: str
    offence_id: str
    article: str
    offence_class: OffenceClass
    form_of_guilt: FormOfGuilt
    penalty_years_max: int | None
    thresholds: tuple[Condition, ...]
    parts: tuple[OffencePart, ...]
    within_purpose: bool
    forum: str | None
    valid_from: date
    valid_to: date | None
    softer_applies_back: bool
    source: str
    mark: Mark
    weaker: Mapping[str, Mark]
    question: int | None

    @property
    def holder_described(self) -> HolderDescription:
        """What may be said at most of a holder: that they acted for reward only where the law asks for intent."""
        if self.form_of_guilt is FormOfGuilt.intent:
            return HolderDescription.acting_for_reward
        return HolderDescription.deceived

    def covers(self, day: date) -> bool:
        """Tell whether the version is in force on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def part(self, part_id: str) -> OffencePart | None:
        """Return a part of the article by its id."""
        return next((part for part in self.parts if part.part_id == part_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offence:
    """An offence through time. A repealed one has no version after its last day; between two versions may be a gap.

    What is asked of the offence as a whole (article, purpose, forum) is what its last version says.
    """

    offence_id: str
    versions: tuple[OffenceVersion, ...]

    @property
    def title_code(self) -> str:
        """The code of the text that names the offence to a person."""
        return f"law.offence.{self.offence_id}"

    @property
    def latest(self) -> OffenceVersion:
        """The last version there is, in force or not."""
        return self.versions[-1]

    @property
    def article(self) -> str:
        """The article of the last version."""
        return self.latest.article

    @property
    def within_purpose(self) -> bool:
        """Whether its last version has to do with payments that show signs of fraud."""
        return self.latest.within_purpose

    @property
    def forum(self) -> str | None:
        """Where the offence belongs if it is outside the purpose."""
        return self.latest.forum

    @property
    def part_ids(self) -> tuple[str, ...]:
        """The parts that any of its versions has, in their order."""
        return tuple(dict.fromkeys(part.part_id for version in self.versions for part in version.parts))

    def part_title_code(self, part_id: str) -> str:
        """The code of the text that names a part of the article to a person."""
        return f"{self.title_code}.{part_id}"

    def on(self, day: date) -> OffenceVersion | None:
        """Return the version in force on ``day``, or None."""
        return next((version for version in self.versions if version.covers(day)), None)

    def covers(self, day: date) -> bool:
        """Tell whether it is an offence on ``day``."""
        return self.on(day) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """A line of the lawyer's own table: what each measure may expect of one offence (or one part of it), and from when.

    A measure that ``answers`` does not name has the answer ``rest``; where that is None the line is silent on it.
    """

    place: str
    offence_id: str
    part_id: str | None
    valid_from: date | None
    valid_to: date | None
    answers: Mapping[tuple[Measure, Lane | None], OffenceAnswer]
    rest: OffenceAnswer | None

    def covers(self, day: date) -> bool:
        """Tell whether the line speaks of ``day``."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def says(self, measure: Measure, lane: Lane | None) -> OffenceAnswer | None:
        """Return what the line expects for a measure, or None where it is silent."""
        named = self.answers.get((measure, lane))
        return self.answers.get((measure, None), self.rest) if named is None else named
