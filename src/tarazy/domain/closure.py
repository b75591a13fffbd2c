"""An account that a court has closed to its holder (M8): what stays free of it, and how much of that is used.

An account is closed while a measure upon the whole of it carries a hold there, and no longer: in the bank's core the
closure stands on the reserve of that hold and goes with it, whoever has died. Whatever comes in is credited as before.

Two things stay free from the first minute, as the pack says. Payments for the purposes that it names are made whatever
their sum. And for living the holder uses so much in each span of days, counted from the beginning of the closure: for
whatever they need, without telling anybody what for. What was not used in one span does not grow in the next.
"""

from datetime import timedelta

from msgspec import Struct

from tarazy.law.assessment import ProtectedFloor
from tarazy.law.pack import MeasureRule
from tarazy.law.safeguards import Exclusion
from tarazy.law.terms import Measure
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace


class KeptFree(Struct, frozen=True, kw_only=True):
    """What stays free of a closed account: purposes, and ``living_minor`` units in each ``living_days`` times 24 hours.

    No living is kept free where ``living_minor`` is 0.
    """

    purposes: tuple[Exclusion, ...]
    living_minor: int
    living_days: int


class Closure(Struct, frozen=True, kw_only=True):
    """That an account is closed since a moment, and how much of its living is used in the span of that number."""

    kept: KeptFree
    since: Instant
    span: int
    used_minor: int


def closes_account(measure: str) -> bool:
    """Return whether a measure that carries a hold closes the rest of the account to its holder as well."""
    return measure == Measure.M8


def kept_free(rule: MeasureRule, floor: ProtectedFloor | None, currency: str) -> KeptFree | None:
    """Return what stays free by a rule, or None where nobody can say: then nothing may be closed.

    For living it is the minimum that the law leaves to everybody (`ProtectedFloor`), in the account's own currency.
    """
    free = () if rule.exclusions is None else rule.exclusions.value
    purposes = tuple(one for one in free if one is not Exclusion.living)
    if Exclusion.living not in free:
        return KeptFree(purposes=purposes, living_minor=0, living_days=1) if purposes else None
    if floor is None or floor.currency != currency:
        return None
    return KeptFree(purposes=purposes, living_minor=floor.living_minimum_minor, living_days=floor.days)


def closed_by(kept: KeptFree | None, before: Closure | None, now: Instant) -> Closure | None:
    """Return the closure that stands after a command: none, a new one, or the one before with what it keeps free."""
    if kept is None:
        return None
    if before is None:
        return Closure(kept=kept, since=now, span=0, used_minor=0)
    return replace(before, kept=kept)


def living_left_minor(closure: Closure, now: Instant) -> int:
    """Return how much can still be used for living in the span of this moment."""
    used = closure.used_minor if _span_at(closure, now) == closure.span else 0
    return max(0, closure.kept.living_minor - used)


def let_out(closure: Closure, amount_minor: int, purpose: Exclusion | None, now: Instant) -> Closure | None:
    """Return the closure after a payment that it lets out; None where it does not let it out."""
    if purpose is not None and purpose in closure.kept.purposes:
        return closure
    left = living_left_minor(closure, now)
    if amount_minor > left:
        return None
    return replace(closure, span=_span_at(closure, now), used_minor=closure.kept.living_minor - left + amount_minor)


def _span_at(closure: Closure, now: Instant) -> int:
    """Return the number of the span in which a moment lies; a clock that went back stays in the span it was in."""
    return max(closure.span, now.since(closure.since) // timedelta(days=closure.kept.living_days))
