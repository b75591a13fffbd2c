"""Putting off the notice of a measure, on the measure's own page: by whom, until when, and lifting it early."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK

from tarazy.app.deferral_law import law_of_deferral, lifting, next_deferral
from tarazy.app.deferring import (
    DeferNotice,
    Deferral,
    LiftDeferral,
    defer_notice,
    deferrals_of,
    given_of,
    is_put_off,
    lift_deferral,
)
from tarazy.app.measure_records import CASE_MEASURES, DEADLINES, CaseMeasure
from tarazy.app.queries.case import People, people_of
from tarazy.app.store import Condition, Transaction
from tarazy.domain.deadline import DeadlineStatus, Duty
from tarazy.domain.deferral import DeferralAhead
from tarazy.domain.rejection import Rejection
from tarazy.edge.console.office import Office
from tarazy.edge.console.person import Person
from tarazy.edge.pages.entered import read_local
from tarazy.edge.pages.forms import Form, PageRequest, read_form
from tarazy.edge.pages.reader import Reader
from tarazy.law.ground import Pack
from tarazy.protocol.deferral_bodies import SignedDeferral, SignedLift
from tarazy.protocol.statement import REASONS_LENGTH_MAX, Act
from tarazy.values.ids import DeferralId, MeasureId, derived
from tarazy.values.instant import Instant

Shown = Callable[[PageRequest, str, Form, Rejection], Response[str]]
"""Show a measure's page again, with what was entered and why it was not done."""
GROUND_LENGTH_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferralView:
    """What was granted of the notice of one measure, what can be granted next, and what this reader may do.

    ``ahead`` is why nobody can put it off any more where nobody can.
    """

    granted: tuple[Deferral, ...]
    people: People
    is_put_off: bool
    is_told: bool
    ahead: DeferralAhead | Rejection
    grounds: tuple[str, ...]
    may_grant: bool
    may_lift: bool

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to say: it was put off, or it still can be."""
        return bool(self.granted) or (isinstance(self.ahead, DeferralAhead) and not self.is_told)

    @property
    def next_step(self) -> DeferralAhead | None:
        """What can be granted next, unless its holder has been told already."""
        return self.ahead if isinstance(self.ahead, DeferralAhead) and not self.is_told else None


def deferral_view(tx: Transaction, measure: CaseMeasure, person: Person, pack: Pack, now: Instant) -> DeferralView:
    """Return how it stands with the notice of a measure, for who looks."""
    granted = deferrals_of(tx, measure.measure_id)
    given = given_of(granted)
    ahead, law = next_deferral(measure.measure, given, pack, now), law_of_deferral(measure.measure, given, pack, now)
    met = (Condition("subject_id", "=", measure.measure_id), Condition("duty", "=", Duty.tell_holder))
    is_told = any(row.status is DeadlineStatus.met for row in tx.find(DEADLINES, *met))
    is_quiet, signs = is_put_off(granted, now), person.signatory is not None
    can_begin = bool(granted) or not measure.status.is_final
    may = isinstance(ahead, DeferralAhead) and person.acts_as is ahead.by and not is_told and can_begin
    return DeferralView(
        granted=tuple(granted),
        people=people_of(tx, {one.participant_id for one in granted}),
        is_put_off=is_quiet,
        is_told=is_told,
        ahead=ahead if can_begin else Rejection.measure_has_ended,
        grounds=() if law is None else law.grounds,
        may_grant=signs and may,
        may_lift=signs and is_quiet and person.acts_as in lifting(measure.measure, given, pack, now),
    )


def why(code: Rejection, reader: Reader) -> str:
    """Return in words why a notice is not put off, or not served earlier."""
    names: Sequence[str] = (f"deferral.rejection.{code}", f"console.rejection.{code}", f"desk.rejection.{code}")
    return next((reader.t(name) for name in names if reader.has(name)), str(code))


def deferral_routes(office: Office, shown: Shown) -> list[HTTPRouteHandler]:
    """Return the endpoints that put a notice off, and lift that."""

    @post("/measures/{measure_id:str}/deferral", sync_to_thread=True, status_code=HTTP_200_OK)
    def put_off(request: PageRequest, measure_id: str, body: bytes) -> Response[str]:
        """Sign that the notice of a measure is put off."""
        form, person, setting = read_form(request, body), office.person(request), office.context.setting()
        measure = office.read(lambda tx: tx.get(CASE_MEASURES, MeasureId(measure_id)))
        if person.signatory is None:
            return office.read_only(request)
        if measure is None:
            return office.not_found(request)
        until = read_local(form.text("until"), office.context.pack.data.calendar.zone)
        if until is None:
            return shown(request, measure_id, form, Rejection.deferral_too_late)
        number = len(office.read(lambda tx: deferrals_of(tx, measure.measure_id))) + 1
        signed = SignedDeferral(
            deferral_id=DeferralId(derived("df", measure_id, str(number), until.text(), setting.now.text())),
            measure_id=measure.measure_id,
            measure=measure.measure,
            hold_id=measure.hold_id,
            case_id=measure.case_id,
            ground=form.text("ground")[:GROUND_LENGTH_MAX],
            until=until,
            participant_id=person.signatory.participant_id,
            statement="",
        )
        reasons = form.text("deferral_reasons")[:REASONS_LENGTH_MAX]
        said = person.signatory.statement(Act.defer_notice, signed.deferral_id, reasons, setting.now, signed.terms())
        command = DeferNotice(signed=msgspec.structs.replace(signed, statement=said))
        done = office.context.peer.store.run(lambda tx: defer_notice(tx, command, setting))
        if isinstance(done, Rejection):
            return shown(request, measure_id, form, done)
        return office.site.redirect(f"/console/measures/{measure_id}?done=deferred#notice")

    @post("/measures/{measure_id:str}/deferral/lift", sync_to_thread=True, status_code=HTTP_200_OK)
    def lift(request: PageRequest, measure_id: str, body: bytes) -> Response[str]:
        """Sign that the notice is put off no more."""
        form, person, setting = read_form(request, body), office.person(request), office.context.setting()
        granted = office.read(lambda tx: deferrals_of(tx, MeasureId(measure_id)))
        if person.signatory is None:
            return office.read_only(request)
        if not granted:
            return office.not_found(request)
        last = granted[-1]
        signed = SignedLift(
            deferral_id=last.deferral_id,
            measure_id=last.measure_id,
            hold_id=last.hold_id,
            case_id=last.case_id,
            participant_id=person.signatory.participant_id,
            statement="",
        )
        reasons = form.text("lift_reasons")[:REASONS_LENGTH_MAX]
        said = person.signatory.statement(Act.defer_notice, signed.deferral_id, reasons, setting.now, signed.terms())
        command = LiftDeferral(signed=msgspec.structs.replace(signed, statement=said))
        done = office.context.peer.store.run(lambda tx: lift_deferral(tx, command, setting))
        if isinstance(done, Rejection):
            return shown(request, measure_id, form, done)
        return office.site.redirect(f"/console/measures/{measure_id}?done=undeferred#notice")

    return [put_off, lift]
