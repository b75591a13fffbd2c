"""What a test looks at, and what several tests share."""

from datetime import date
from typing import Final, NamedTuple

from tarazy.law.assessment import Fact, Reason, Request
from tarazy.law.codes import Code
from tarazy.law.ground import Ground, Pack
from tarazy.law.pack import Basis
from tarazy.values.instant import Instant

Reasons = tuple[Reason, ...]

NOTHING_AGAINST: Final[Reasons] = ()
NOT_EXAMINED: Final[Reasons] = (Reason(Code.not_examined),)


class Asked(NamedTuple):
    """A request with everything that the tests look at beside it."""

    request: Request
    ground: Ground
    pack: Pack
    at: Instant
    day: date

    @property
    def basis(self) -> Basis | None:
        """What the rule wants to stand behind the measure."""
        field = self.ground.rule.basis
        return None if field is None else field.value


def has_counting(facts: tuple[Fact, ...], basis: Basis) -> bool:
    """Tell whether one of ``facts`` counts: of a kind the rule names, and with a source."""
    return any(fact.kind in basis.counting and fact.source for fact in facts)


def said(asked: Asked, words: str, code: Code) -> Reasons:
    """Insist on a text of enough letters, where the rule wants reasons in words."""
    if asked.basis is None:
        return NOT_EXAMINED
    least = asked.pack.data.general.reasons.value
    if asked.basis.reasons and len(words.strip()) < least:
        return (Reason(code, (("letters", str(least)),)),)
    return NOTHING_AGAINST
