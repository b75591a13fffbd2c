"""The papers of a motion as PDF: the motion, the schedule to be decided by hand, and the file for whoever decides.

They say what the pages say, from the same record: nothing is typed for them.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_404_NOT_FOUND

from tarazy.app.queries.motions import ScheduleView, SignedLine, schedule_view
from tarazy.app.records import Event
from tarazy.app.sequencing import receipt_of
from tarazy.app.store import Transaction
from tarazy.domain.measure import END_WITHOUT
from tarazy.edge.console import measure_words
from tarazy.edge.console.deciding_pages import norms_of
from tarazy.edge.console.office import Office
from tarazy.edge.documents.model import Document, DocumentRefused, RemedyLine
from tarazy.edge.documents.motion import court_file, motion_document, schedule_document
from tarazy.edge.documents.motion_view import (
    CourtFileView,
    EventView,
    FactGrade,
    FactView,
    ForecastView,
    LineView,
    MilderView,
    MotionView,
    NormView,
    OfficialView,
    TestView,
)
from tarazy.edge.documents.receipt_qr import ReceiptLine
from tarazy.edge.pages.forms import PageRequest
from tarazy.edge.pages.reader import Reader
from tarazy.edge.pages.security import PAGE_HEADERS
from tarazy.law.assessment import Measure
from tarazy.log.checkpoint import parse_checkpoint
from tarazy.log.note import parse_note
from tarazy.values.ids import MotionId
from tarazy.values.money import Money

PAPERS: Final = ("motion", "schedule", "file")


class Held(NamedTuple):
    """An act and where it stands in the log."""

    view: ScheduleView
    receipt: ReceiptLine | None


def paper_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoint of the papers."""

    @get("/motions/{motion_id:str}/papers/{paper:str}", sync_to_thread=True)
    def paper(request: PageRequest, motion_id: str, paper: str) -> Response[bytes] | Response[str]:
        """Return one paper as a PDF, in the reader's language. It is made anew each time and kept nowhere."""
        # The typesetter is large: a program that nobody asks for a paper does not carry it.
        from tarazy.edge.documents.render import render

        name = paper.removesuffix(".pdf")
        held = office.read(lambda tx: _held(tx, MotionId(motion_id), office))
        if held is None or name not in PAPERS:
            return office.not_found(request)
        try:
            file = render(_document(name, held, office, office.site.reader(request)))
        except DocumentRefused:
            return office.site.message(request, "console.paper.incomplete", status=HTTP_404_NOT_FOUND)
        headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{motion_id}-{name}.pdf"'}
        return Response(file, media_type="application/pdf", headers=headers)

    return [paper]


def _held(tx: Transaction, motion_id: MotionId, office: Office) -> Held | None:
    view = schedule_view(tx, motion_id, office.context.pack)
    if view is None:
        return None
    filed = next((one for one in view.events if one.subject_id == motion_id), None)
    return Held(view, None if filed is None else _receipt(tx, filed, office))


def _receipt(tx: Transaction, event: Event, office: Office) -> ReceiptLine | None:
    origin = office.context.log_signer.origin
    receipt = receipt_of(tx, event.event_id, origin, with_personal=False)
    if receipt is None:
        return None
    return ReceiptLine(
        origin=origin,
        tree_size=parse_checkpoint(parse_note(receipt.checkpoint).text).size,
        index=receipt.index,
        leaf_hash=receipt.leaf.hash().hex(),
        event_id=event.event_id,
    )


def _document(name: str, held: Held, office: Office, reader: Reader) -> Document:
    """Put one paper together. Raises DocumentRefused where something is missing that no paper is without."""
    catalogue, zone = office.context.catalogue, reader.timezone
    view = motion_view(held, office, reader)
    if name == "file":
        return court_file(_file(held, view, reader), catalogue, zone)
    made: Callable[..., Document] = motion_document if name == "motion" else schedule_document
    return made(view, catalogue, zone)


def motion_view(held: Held, office: Office, reader: Reader) -> MotionView:
    """Return what the papers say of an act. Raises DocumentRefused."""
    view, pack = held.view, office.context.pack
    schedule = view.schedule
    signed_on = pack.data.calendar.local_day(schedule.signed_at)
    return MotionView(
        motion_id=schedule.schedule_id,
        case_id=view.case.case_id,
        registration=schedule.signed.registration,
        language=reader.language,
        author=_author(view, reader),
        authority=_authority(view, reader),
        measure=Measure(schedule.measure),
        offences=tuple(_offence(one, office, reader) for one in schedule.signed.offence_ids),
        aim=reader.t(f"law.aim.{schedule.words.aim}"),
        request=measure_words.request_of(view, office.context.pack, reader),
        facts=_facts(view, reader),
        for_holder=_for_holder(view, reader),
        for_holder_answer=schedule.words.exculpatory or reader.t("console.paper.nothing_known"),
        suitability=f"{schedule.words.suitability} {schedule.words.hiding_risk}".strip(),
        impact=schedule.words.impact,
        milder=tuple(MilderView(measure=Measure(rung), answer=why) for rung, why in schedule.words.alternatives),
        lines=tuple(_line(line, view, reader) for line in view.lines),
        forecast=_forecast(view, reader),
        law_day=signed_on,
        norms=tuple(
            NormView(
                title=reader.t(norm.title_code),
                version=norm.version_id,
                valid_from=norm.valid_from,
                valid_to=norm.valid_to,
            )
            for norm in norms_of(view)
        ),
        remedies=_remedies(view.lines[0], reader),
        drawn_at=schedule.signed_at,
        signed=reader.t("console.paper.signed", officer=schedule.officer_id, at=reader.moment(schedule.signed_at)),
        receipt=held.receipt,
        is_demonstration=pack.is_demonstration,
    )


def _author(view: ScheduleView, reader: Reader) -> OfficialView:
    schedule = view.schedule
    role = view.people.role(schedule.participant_id, schedule.officer_id)
    return OfficialView(
        name=schedule.officer_id,
        role=reader.t(f"law.role.{role}") if reader.has(f"law.role.{role}") else role,
        body=view.people.name(schedule.participant_id),
    )


def _authority(view: ScheduleView, reader: Reader) -> OfficialView:
    """Return who is addressed: whoever has decided, else the capacity that the law names."""
    role = view.lines[0].answer.authorisation_by if view.motion is None else view.motion.to
    body = reader.t("console.paper.competent") if view.decision is None else view.decision.signed.forum
    return OfficialView(name="", role=measure_words.officer(role or "other", reader), body=body)


def _offence(offence_id: str, office: Office, reader: Reader) -> str:
    offence = office.context.pack.data.offences.get(offence_id)
    return offence_id if offence is None else reader.t(offence.title_code)


def _facts(view: ScheduleView, reader: Reader) -> tuple[FactView, ...]:
    said = dict.fromkeys((one.code, one.source) for line in view.lines for one in line.facts)
    grades = {(one.code, one.source): one.grade for one in view.facts}
    return tuple(
        FactView(
            text=measure_words.fact(code, reader),
            source=measure_words.source(source, view.people, reader),
            grade=FactGrade(grades.get((code, source), FactGrade.reported)),
        )
        for code, source in said
    )


def _for_holder(view: ScheduleView, reader: Reader) -> tuple[FactView, ...]:
    return tuple(
        FactView(text=measure_words.fact(one.code, reader), source=one.source, grade=FactGrade(one.grade))
        for one in view.of_holder(is_for_holder=True)
    )


def _line(line: SignedLine, view: ScheduleView, reader: Reader) -> LineView:
    return LineView(
        number=line.row.number,
        bank=view.people.name(line.hold.participant_id),
        hold=line.row.hold_id,
        amount=Money(line.row.cap_minor, line.row.currency),
        until=line.row.until,
        verdict=line.answer.verdict,
        tests=tuple(
            TestView(test=one.test, is_passed=one.passed, why=reader.said(one.code, one.params))
            for one in line.answer.tests
        ),
    )


def _forecast(view: ScheduleView, reader: Reader) -> tuple[ForecastView, ...]:
    """Say what ends by itself: with the decision that is due, or by the end of what carries each line."""
    measures = [line.measure if line.carrier is None else line.carrier for line in view.lines]
    first = min(measures, key=lambda one: one.expires_at)
    numbers = ", ".join(str(line.row.number) for line in view.lines)
    return (
        ForecastView(
            what=f"{reader.t('console.paper.lines', numbers=numbers)}: "
            f"{reader.t(f'console.otherwise.{END_WITHOUT[first.next_step]}')}",
            at=first.expires_at,
            unless=reader.t(f"console.step.{first.next_step}"),
        ),
    )


def _remedies(line: SignedLine, reader: Reader) -> tuple[RemedyLine, ...]:
    return tuple(
        RemedyLine(
            reader.t(one.forum),
            reader.t("console.law.file_within", span=reader.span(one.file_within))
            if one.file_within is not None
            else reader.t("console.paper.any_time"),
        )
        for one in line.answer.remedies
    )


def _file(held: Held, view: MotionView, reader: Reader) -> CourtFileView:
    events = tuple(
        EventView(
            at=one.at,
            what=reader.t(f"console.event.kind.{one.kind}")
            if reader.has(f"console.event.kind.{one.kind}")
            else one.kind,
            who=held.view.people.name(one.participant_id),
            receipt=None,
        )
        for one in sorted(held.view.events, key=lambda one: one.at)
    )
    return CourtFileView(motion=view, events=events, replies=view.for_holder, enclosures=())
