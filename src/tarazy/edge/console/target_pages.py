"""Exact addresses and numbers of a case (M10): proposed by an investigator, decided by the body that the pack names."""

from functools import partial
from typing import Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from tarazy.app.measure_law import remedies_of
from tarazy.app.officials_act import Acting, LawfulNo, OfficialsAct, deciders, rule_today
from tarazy.app.queries.case import case_view
from tarazy.app.store import Transaction
from tarazy.app.target_records import TARGETS, Target, targets_of
from tarazy.app.targets import (
    ProposeTarget,
    assess_target,
    decide_target,
    decision_terms,
    extend_target,
    lift_target,
    propose_target,
    tell_owner,
    withdraw_target,
)
from tarazy.domain.rejection import Rejection
from tarazy.domain.target import LONGEST_HOURS, TARGET_FACTS, TargetKind, is_in_force
from tarazy.edge.console.office import Office
from tarazy.edge.console.person import Signatory
from tarazy.edge.pages.form_page import Tried, Unread, form_page
from tarazy.edge.pages.forms import Form, PageRequest
from tarazy.law.assessment import Measure
from tarazy.protocol.statement import REASONS_LENGTH_MAX, REASONS_LENGTH_MIN, Act
from tarazy.values.ids import CaseId

HOURS_DIGITS_MAX: Final = 3
ACTS: Final = {
    "withdraw": Act.withdraw_target,
    "lift": Act.lift_target,
    "told": Act.tell_owner,
    "extend": Act.extend_target,
}


def target_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoints of the targets of a case."""
    return form_page(
        "/cases/{subject:str}/targets", partial(_show, office), partial(_act, office), status_of=office.status_of
    )


def _show(office: Office, request: PageRequest, case_id: str, tried: Tried) -> Response[str]:
    """Show the targets of a case, what can be done with each, and the form of a proposal."""
    context, setting, person = office.context, office.context.setting(), office.person(request)
    view = office.read(lambda tx: case_view(tx, CaseId(case_id), context.pack, setting.now))
    if view is None:
        return office.not_found(request)
    rule = rule_today(Measure.M10, setting)
    reader = office.site.reader(request)
    targets = office.read(lambda tx: targets_of(tx, CaseId(case_id)))
    against: list[str] = []
    if tried.rejection is Rejection.measure_refused_by_law:
        against = office.read(lambda tx: _against(tx, office, tried.form.text("target_id"), request))
    return office.page(
        request,
        "targets.html",
        person,
        status=tried.status,
        view=view,
        targets=targets,
        stands=lambda one: is_in_force(one.status, one.in_force_until, setting.now),
        bodies=[reader.t(f"law.role.{role}") for role in sorted(deciders(rule))],
        remedies=[reader.t(remedy.forum) for remedy in remedies_of(rule)],
        works=context.pack.works(Measure.M10, context.pack.data.calendar.local_day(setting.now)),
        kinds=[(kind.value, reader.t(f"console.targets.kind.{kind}")) for kind in TargetKind],
        facts=TARGET_FACTS,
        offences=[(key, reader.t(one.title_code)) for key, one in context.pack.data.offences.items()],
        longest=LONGEST_HOURS,
        entered=tried.form,
        is_refused=tried.is_refused,
        rejection=tried.rejection,
        unread=tried.unread,
        against=against,
        reasons_length_min=REASONS_LENGTH_MIN,
    )


def _against(tx: Transaction, office: Office, target_id: str, request: PageRequest) -> list[str]:
    """Return what the law gate has against a restriction by whoever looks."""
    target, signatory = tx.get(TARGETS, target_id), office.person(request).signatory
    if target is None or signatory is None:
        return []
    setting, reader = office.context.setting(), office.site.reader(request)
    capacity = setting.officer_capacity(signatory.participant_id, signatory.officer_id)
    actor = Acting(signatory.participant_id, signatory.officer_id, capacity, "")
    assessment = assess_target(tx, target, actor, setting)
    return [reader.said(one.code, one.params) for one in assessment.tests if not one.passed]


def _act(office: Office, request: PageRequest, case_id: str, form: Form) -> Response[str] | Rejection | Unread:
    """Do one act upon a target; a lawful 'no' is shown in words."""
    signatory = office.person(request).signatory
    if signatory is None:
        return office.read_only(request)
    act = form.text("act")
    if act == "propose":
        outcome: Target | LawfulNo | Rejection | Unread = _propose(office, request, CaseId(case_id), form, signatory)
    else:
        target = office.read(lambda tx: tx.get(TARGETS, form.text("target_id")))
        if target is None or target.case_id != case_id:
            return Rejection.target_unknown
        outcome = _upon(office, request, target, act, form, signatory)
    if isinstance(outcome, Unread | Rejection):
        return outcome
    if isinstance(outcome, LawfulNo):
        return outcome.rejection
    return office.site.redirect(f"/console/cases/{case_id}/targets?done={act}")


def _propose(
    office: Office, request: PageRequest, case_id: CaseId, form: Form, signatory: Signatory
) -> Target | LawfulNo | Unread:
    kind, hours = form.text("kind"), form.text("hours")
    if kind not in TargetKind.__members__ or not (hours.isdecimal() and len(hours) <= HOURS_DIGITS_MAX):
        return Unread("console.targets.hours_unread")
    command = ProposeTarget(
        case_id=case_id,
        kind=TargetKind(kind),
        exact=form.text("exact"),
        others=tuple(line.strip() for line in form.text("others").splitlines() if line.strip()),
        others_note=form.text("others_note")[:REASONS_LENGTH_MAX],
        offence_id=form.text("offence_id"),
        facts=tuple(fact for fact in TARGET_FACTS if fact in form.all("fact")),
        hours=int(hours),
    )
    now = office.site.reader(request).now
    reasons = form.text("reasons")[:REASONS_LENGTH_MAX]
    signed = signatory.statement(Act.propose_target, command.target_id, reasons, now, command.terms())
    setting, by = office.context.setting(), OfficialsAct(signatory.participant_id, signed)
    return office.context.peer.store.run(lambda tx: propose_target(tx, command, by, setting))


def _upon(
    office: Office, request: PageRequest, target: Target, act: str, form: Form, signatory: Signatory
) -> Target | LawfulNo | Rejection | Unread:
    setting, now = office.context.setting(), office.site.reader(request).now
    reasons, target_id = form.text("reasons")[:REASONS_LENGTH_MAX], target.target_id
    run = office.context.peer.store.run
    if act in {"grant", "refuse"}:
        is_granted = act == "grant"
        terms = decision_terms(target, is_granted=is_granted)
        signed = signatory.statement(Act.decide_target, target_id, reasons, now, terms)
        by = OfficialsAct(signatory.participant_id, signed)
        return run(lambda tx: decide_target(tx, target_id, by, setting, is_granted=is_granted))
    if act not in ACTS:
        return Unread("console.targets.no_act")
    fact = form.text("new_fact")
    terms = (("exact", target.exact), ("fact", fact)) if act == "extend" else (("exact", target.exact),)
    by = OfficialsAct(signatory.participant_id, signatory.statement(ACTS[act], target_id, reasons, now, terms))
    if act == "extend":
        return run(lambda tx: extend_target(tx, target_id, fact, by, setting))
    use_case = {"withdraw": withdraw_target, "lift": lift_target, "told": tell_owner}[act]
    return run(lambda tx: use_case(tx, target_id, by, setting))
