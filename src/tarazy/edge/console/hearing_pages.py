"""Asking the receivers of money before it is paid back: the act, and what the refund page shows of it."""

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler

from tarazy.app.hearing import AskReceivers, ask_receivers
from tarazy.app.hearing_records import Hearing
from tarazy.app.queries.hearing import Remaining, hearing_view, remaining
from tarazy.domain.hearing import HearingState
from tarazy.domain.rejection import Rejection
from tarazy.edge.console.office import Office
from tarazy.edge.pages.forms import Form, PageRequest, read_form
from tarazy.edge.pages.reader import Reader
from tarazy.law.assessment import ActorRole, Lane
from tarazy.values.ids import CaseId

READS_WORDS = frozenset({ActorRole.investigator, ActorRole.prosecutor, ActorRole.investigating_judge, ActorRole.court})
"""Who decides on the refund reads what its receiver says; the words lie sealed at the exchange for everybody else."""
ASKED = "asked"


def hearing_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoint by which an official lets the receivers be asked."""

    @post("/cases/{case_id:str}/hearings", sync_to_thread=True)
    def ask(request: PageRequest, case_id: str, body: bytes) -> Response[str]:
        """Ask every holder who was not asked, and go back to the refund."""
        read_form(request, body)
        signatory = office.person(request).signatory
        if signatory is None:
            return office.read_only(request)
        setting = office.context.setting()
        command = AskReceivers(
            case_id=CaseId(case_id), participant_id=signatory.participant_id, officer_id=signatory.officer_id
        )
        outcome = office.context.peer.store.run(lambda tx: ask_receivers(tx, command, setting))
        if outcome is Rejection.case_unknown:
            return office.not_found(request)
        said = outcome if isinstance(outcome, Rejection) else ASKED
        return office.site.redirect(f"/console/cases/{case_id}/refund?lane={Lane.investigator}&hearing={said}")

    return [ask]


def hearing_facts(office: Office, request: PageRequest, case_id: CaseId, form: Form) -> dict[str, object]:
    """Return what the refund page shows of hearings and of what remains to be collected."""
    now, person = office.context.clock.now(), office.person(request)
    view = office.read(lambda tx: hearing_view(tx, case_id, now))
    rest = office.read(lambda tx: remaining(tx, case_id, now))
    said = form.text("hearing")
    return {
        "hearings": view,
        "asked": said == ASKED,
        "not_asked": said if said in Rejection.__members__ else None,
        "is_open": lambda hearing: hearing.state in {HearingState.asked, HearingState.told, HearingState.told_again},
        "words_of": lambda hearing: _words(office, hearing) if person.acts_as in READS_WORDS else None,
        "rest": rest,
    }


def rest_in_words(rest: Remaining, currency: str, reader: Reader) -> str:
    """Return what is still to be collected, and until when it is held, as one line."""
    if rest.missing_minor <= 0:
        return reader.t("hearing.remaining.none")
    sums = {
        "missing": reader.money(rest.missing_minor, currency),
        "claim": reader.money(rest.claim_minor, currency),
        "returned": reader.money(rest.returned_minor, currency),
    }
    if rest.until is None:
        return reader.t("hearing.remaining.not_held", **sums)
    held, until = reader.money(rest.held_minor, currency), reader.brief(rest.until)
    return reader.t("hearing.remaining.held", held=held, until=until, **sums)


def _words(office: Office, hearing: Hearing) -> str | None:
    """Open what the receiver has said, for whoever decides."""
    return None if hearing.sealed_words is None else office.context.setting().unseal(hearing.sealed_words)
