"""Personal data of a case that go abroad (M11): proposed, authorised, recalled, corrected, and confirmed as erased."""

from functools import partial
from typing import Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from tarazy.app.measure_law import remedies_of
from tarazy.app.officials_act import LawfulNo, OfficialsAct, deciders, rule_today
from tarazy.app.queries.case import case_view
from tarazy.app.sharing_material import material_of
from tarazy.app.sharing_records import SHARINGS, Sharing, sharings_of, travelling_record
from tarazy.app.sharings import (
    ProposeSharing,
    acknowledge_correction,
    confirm_erasure,
    correct_sharing,
    decide_sharing,
    propose_sharing,
    recall_sharing,
    tell_subject,
)
from tarazy.domain.rejection import Rejection
from tarazy.domain.sharing import ACCURACY, DATA, HANDLING, PERSON_ROLES, RISK_ANSWERS, RISKS, TREATIES
from tarazy.edge.console import measure_words
from tarazy.edge.console.office import Office
from tarazy.edge.console.person import Signatory
from tarazy.edge.pages.form_page import Tried, Unread, form_page
from tarazy.edge.pages.forms import Form, PageRequest
from tarazy.law.assessment import AssertionKind, Measure
from tarazy.protocol.statement import REASONS_LENGTH_MAX, REASONS_LENGTH_MIN, Act
from tarazy.values.ids import CaseId

TEXT_LENGTH_MAX: Final = 300
DAYS_DIGITS_MAX: Final = 3
ACTS: Final = {
    "recall": (Act.recall_sharing, recall_sharing),
    "erased": (Act.confirm_erasure, confirm_erasure),
    "acknowledged": (Act.acknowledge_correction, acknowledge_correction),
    "told": (Act.tell_subject, tell_subject),
}


def sharing_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoints of what a case sends abroad."""
    return form_page(
        "/cases/{subject:str}/sharings", partial(_show, office), partial(_act, office), status_of=office.status_of
    )


def _show(office: Office, request: PageRequest, case_id: str, tried: Tried) -> Response[str]:
    """Show what a case sends abroad, what can be done with each, and the form of a proposal."""
    context, setting, reader = office.context, office.context.setting(), office.site.reader(request)
    view = office.read(lambda tx: case_view(tx, CaseId(case_id), context.pack, setting.now))
    if view is None:
        return office.not_found(request)
    rule = rule_today(Measure.M11, setting)
    return office.page(
        request,
        "sharings.html",
        office.person(request),
        status=tried.status,
        view=view,
        sharings=office.read(lambda tx: sharings_of(tx, CaseId(case_id))),
        material=office.read(lambda tx: material_of(tx, CaseId(case_id))),
        says=measure_words,
        record_of=travelling_record,
        bodies=[reader.t(f"law.role.{role}") for role in sorted(deciders(rule))],
        remedies=[reader.t(remedy.forum) for remedy in remedies_of(rule)],
        works=context.pack.works(Measure.M11, context.pack.data.calendar.local_day(setting.now)),
        data=DATA,
        person_roles=PERSON_ROLES,
        treaties=[("", reader.t("console.sharings.treaty.none"))]
        + [(code, reader.t(f"console.sharings.treaty.{code}")) for code in TREATIES],
        marks=[(code, reader.t(f"console.sharings.accuracy.{code}")) for code in ACCURACY],
        handling=[(code, reader.t(f"console.sharings.handling.{code}")) for code in HANDLING],
        risks=RISKS,
        risk_answers=RISK_ANSWERS,
        offences=[(key, reader.t(one.title_code)) for key, one in context.pack.data.offences.items()],
        entered=tried.form,
        is_refused=tried.is_refused,
        rejection=tried.rejection,
        unread=tried.unread,
        reasons_length_min=REASONS_LENGTH_MIN,
    )


def _act(office: Office, request: PageRequest, case_id: str, form: Form) -> Response[str] | Rejection | Unread:
    """Do one act upon what goes abroad; a lawful 'no' is shown in words."""
    signatory = office.person(request).signatory
    if signatory is None:
        return office.read_only(request)
    act = form.text("act")
    if act == "propose":
        outcome: Sharing | LawfulNo | Rejection | Unread = _propose(office, request, CaseId(case_id), form, signatory)
    else:
        sharing = office.read(lambda tx: tx.get(SHARINGS, form.text("sharing_id")))
        if sharing is None or sharing.case_id != case_id:
            return Rejection.sharing_unknown
        outcome = _upon(office, request, sharing, act, form, signatory)
    if isinstance(outcome, Unread | Rejection):
        return outcome
    if isinstance(outcome, LawfulNo):
        return outcome.rejection
    return office.site.redirect(f"/console/cases/{case_id}/sharings?done={act}")


def _propose(
    office: Office, request: PageRequest, case_id: CaseId, form: Form, signatory: Signatory
) -> Sharing | LawfulNo | Unread:
    days = form.text("days")
    if not (days.isdecimal() and len(days) <= DAYS_DIGITS_MAX):
        return Unread("console.sharings.days_unread")
    data = tuple(code for code in DATA if code in form.all("data"))
    # Each kind of data is said to be known as its mark says: what was only reported is an allegation and no fact.
    marks = tuple(form.text(f"accuracy_{code}") for code in data)
    kinds = {"confirmed_by_institution": AssertionKind.fact, "assessed": AssertionKind.assessment}
    command = ProposeSharing(
        case_id=case_id,
        to_body=form.text("to_body")[:TEXT_LENGTH_MAX],
        country=form.text("country")[:TEXT_LENGTH_MAX],
        treaty_code=form.text("treaty_code"),
        purpose=form.text("purpose")[:TEXT_LENGTH_MAX],
        offence_id=form.text("offence_id"),
        data=data,
        person_roles=tuple(role for role in PERSON_ROLES if role in form.all("role")),
        assertion_kinds=tuple(kinds.get(mark, AssertionKind.allegation).value for mark in marks),
        accuracy_marks=marks,
        risks=tuple((risk, form.text(f"risk_{risk}")) for risk in RISKS),
        rests_on=form.all("rests_on"),
        came_of=form.all("came_of"),
        handling_code=form.text("handling_code"),
        onward=form.is_ticked("onward"),
        hours=int(days) * 24,
    )
    reasons, now = form.text("reasons")[:REASONS_LENGTH_MAX], office.site.reader(request).now
    signed = signatory.statement(Act.propose_sharing, command.sharing_id, reasons, now, command.terms())
    setting, by = office.context.setting(), OfficialsAct(signatory.participant_id, signed)
    return office.context.peer.store.run(lambda tx: propose_sharing(tx, command, by, setting))


def _upon(
    office: Office, request: PageRequest, sharing: Sharing, act: str, form: Form, signatory: Signatory
) -> Sharing | LawfulNo | Rejection | Unread:
    setting, now, run = office.context.setting(), office.site.reader(request).now, office.context.peer.store.run
    reasons, sharing_id = form.text("reasons")[:REASONS_LENGTH_MAX], sharing.sharing_id

    def signed(kind: Act, *terms: tuple[str, str]) -> OfficialsAct:
        return OfficialsAct(signatory.participant_id, signatory.statement(kind, sharing_id, reasons, now, terms))

    if act in {"grant", "refuse"}:
        is_granted = act == "grant"
        terms = (("to_body", sharing.to_body), ("granted", "yes" if is_granted else "no"))
        by = signed(Act.decide_sharing, *terms)
        return run(lambda tx: decide_sharing(tx, sharing_id, by, setting, is_granted=is_granted))
    if act == "correct":
        correction = form.text("correction")[:TEXT_LENGTH_MAX]
        by = signed(Act.correct_sharing, ("correction", correction))
        return run(lambda tx: correct_sharing(tx, sharing_id, correction, by, setting))
    if act not in ACTS:
        return Unread("console.targets.no_act")
    kind, use_case = ACTS[act]
    by = signed(kind)
    return run(lambda tx: use_case(tx, sharing_id, by, setting))
