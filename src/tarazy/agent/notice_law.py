"""The law that a notice names: the norms that a measure rests on, and the remedies against it.

What was decided counts by the local day of the decision, also where the order arrives after midnight.
"""

from datetime import date
from typing import Final

from tarazy.agent.measure_records import HoldMeasure
from tarazy.agent.paid import PaidFor
from tarazy.agent.records import AgentHold
from tarazy.domain.notice import FilingWindow, Remedy
from tarazy.law.assessment import Lane, Measure
from tarazy.law.ground import Pack
from tarazy.protocol.bodies import HoldTerms
from tarazy.texts.catalogue import Catalogue, Wording
from tarazy.texts.links import without_links
from tarazy.values.ids import NormId
from tarazy.values.instant import Instant

ANY_TIME_AT_THE_BANK: Final = (Remedy(forum="law.forum.participant", file_within=None),)
"""Whoever keeps the account always hears its holder, also where a pack names nobody."""


def basis_of(
    measure: Measure, lane: Lane | None, since: Instant, pack: Pack, catalogue: Catalogue
) -> tuple[Wording, ...]:
    """Return the titles of the norms that a measure itself rests on, as they stood when it began."""
    day = pack.data.calendar.local_day(since)
    ground = pack.ground(measure, lane, day)
    assert ground is not None
    versions = [pack.norm_on(norm_id, day) for norm_id in ground.rule.norms]
    return tuple(catalogue.wording(version.title_code) for version in versions if version is not None)


def basis_in(terms: HoldTerms | HoldMeasure, pack: Pack, catalogue: Catalogue) -> tuple[Wording, ...]:
    """Return the titles of the norms that the terms of a hold rest on, as they stood on the day of its decision.

    They are those that the measure itself rests on by this bank's own pack; where it has no such rule for the measure,
    all that the terms name. A norm that it does not know is named by its id: another is never put in its place.
    """
    ground = pack.ground(Measure(terms.measure), None, terms.law_day)
    own = () if ground is None else tuple(norm_id for norm_id in ground.rule.norms if norm_id in terms.norms)
    return tuple(_title(norm_id, terms.law_day, pack, catalogue) for norm_id in own or terms.norms)


def _title(norm_id: NormId, day: date, pack: Pack, catalogue: Catalogue) -> Wording:
    version = pack.norm_on(norm_id, day)
    return _untitled(norm_id) if version is None else catalogue.wording(version.title_code)


def remedies_under(measure: Measure, lane: Lane | None, since: Instant, pack: Pack) -> tuple[Remedy, ...]:
    """Return where a person can turn to against a measure, and within what time; empty where the pack names nothing."""
    return remedies_on(measure, lane, pack.data.calendar.local_day(since), pack)


def remedies_on(measure: Measure, lane: Lane | None, day: date, pack: Pack) -> tuple[Remedy, ...]:
    """Return the remedies against a measure that was decided on a local day."""
    ground = pack.ground(measure, lane, day)
    if ground is None or ground.rule.remedies is None:
        return ()
    return tuple(
        Remedy(
            forum=remedy.forum,
            file_within=FilingWindow.lasting(remedy.file_within) if remedy.file_within is not None else None,
        )
        for remedy in ground.rule.remedies.value
    )


def legal_basis(hold: AgentHold, pack: Pack, catalogue: Catalogue) -> tuple[Wording, ...]:
    """Return the titles of the norms that the hold rests on, as they stood on the day on which it was decided."""
    return basis_in(hold.terms, pack, catalogue)


def remedies_of(hold: AgentHold, pack: Pack) -> tuple[Remedy, ...]:
    """Return where the holder can turn to, and within what time."""
    return remedies_on(Measure(hold.terms.measure), None, hold.terms.law_day, pack) or ANY_TIME_AT_THE_BANK


def law_of(
    hold: AgentHold,
    paid: PaidFor | None,
    pack: Pack,
    catalogue: Catalogue,
    *,
    under: HoldMeasure | None = None,
    against: tuple[Remedy, ...] | None = None,
) -> tuple[str, tuple[Wording, ...], tuple[Remedy, ...]]:
    """Return the measure that is told of, its norms and its remedies; those against the hold stand beside a payment's.

    ``under`` is the measure of an authority that has taken the hold over, and ``against`` are the remedies against it.
    Where this bank's pack has no rule for the lane of a payment, what the hold rests on is named.
    """
    terms = under or hold.terms
    basis, remedies = basis_in(terms, pack, catalogue), against or remedies_of(hold, pack)
    if paid is None or paid.lane is None or paid.ordered_at is None:
        return terms.measure, basis, remedies
    if pack.ground(Measure.M16, paid.lane, pack.data.calendar.local_day(paid.ordered_at)) is None:
        return terms.measure, basis, remedies
    first = remedies_under(Measure.M16, paid.lane, paid.ordered_at, pack)
    known = {remedy.forum for remedy in first}
    own = basis_of(Measure.M16, paid.lane, paid.ordered_at, pack, catalogue)
    return Measure.M16, own or basis, (*first, *(one for one in remedies if one.forum not in known))


def _untitled(norm_id: NormId) -> Wording:
    shown = without_links(norm_id)
    return Wording(kk=shown, ru=shown, en=shown)
