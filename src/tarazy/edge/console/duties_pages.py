"""What is due: an officer's next three duties with clocks, all others below them, and what follows if nobody acts."""

from typing import Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.app.access import OF_SUPERVISORS
from tarazy.app.queries.duties import DUTIES_SHOWN_MAX, NEXT_SHOWN, DutyRow, Whose, duties_of
from tarazy.app.store import Transaction
from tarazy.domain.deadline import Duty
from tarazy.domain.measure import NextStep
from tarazy.edge.console import measure_words
from tarazy.edge.console.office import Office
from tarazy.edge.console.reading import readable_cases
from tarazy.edge.pages.forms import PageRequest
from tarazy.edge.pages.guard import visitor_of

_STEPS: Final = frozenset(NextStep)


def duties_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoint of the duties."""

    @get("/duties", sync_to_thread=True)
    def duties(request: PageRequest) -> Response[str]:
        """Show what is due of whoever looks; of a supervisor's, what is due of everybody."""
        person = office.person(request)
        signatory = person.signatory
        visitor = visitor_of(request)
        if visitor is not None and visitor.role in OF_SUPERVISORS:
            signatory = None  # they see everybody's, also where they sign what they oversee
        whose = Whose(None if signatory is None else signatory.participant_id, person.acts_as)

        def may_be_shown(tx: Transaction) -> tuple[DutyRow, ...]:
            found = duties_of(tx, whose)
            readable = readable_cases(tx, visitor, {row.case_id for row in found})
            return tuple(row for row in found if row.case_id in readable)

        rows = office.read(may_be_shown)
        return office.page(
            request,
            "duties.html",
            person,
            following=rows[:NEXT_SHOWN],
            rows=rows[NEXT_SHOWN:],
            is_cut=len(rows) == DUTIES_SHOWN_MAX,
            people=office.context.participants,
            says=measure_words,
            what_code=what_code,
            if_nobody_code=if_nobody_code,
            step_page=step_page,
        )

    return [duties]


def what_code(row: DutyRow) -> str:
    """Return the code of the text that says what is due."""
    return f"console.step.{row.what}" if row.what in _STEPS else f"console.duty.{row.what}"


def if_nobody_code(row: DutyRow) -> str:
    """Return the code of the text that says what follows by itself if nobody acts."""
    return f"console.otherwise.{row.if_nobody}"


def step_page(row: DutyRow) -> str:
    """Return the path of the page on which the duty can be done, or at least read."""
    case = f"/console/cases/{row.case_id}"
    match row.what:
        case NextStep.decision:
            return f"/console/motions/{row.about}"
        case NextStep.motion:
            return f"{case}/motions/new?ask=authorise"
        case Duty.classify_error:
            return f"/console/errors/{row.about}"
        case Duty.confirm_erasure | Duty.acknowledge_correction:
            return f"{case}/sharings"
        case _ if row.about_kind == "measure":
            return f"/console/measures/{row.about}"
        case _:
            return case if row.case_id else "/console"
