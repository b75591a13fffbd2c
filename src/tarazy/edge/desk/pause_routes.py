"""Payments that are not executed yet: those that could wait, those that do, and what an officer can do with each."""

from functools import partial
from typing import Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.agent.core_entered import EnteredPayments
from tarazy.agent.core_port import gate_of
from tarazy.agent.core_records import EnteredPayment
from tarazy.agent.pause_appeals import (
    PAUSE_OUTCOMES,
    DecidePauseAppeal,
    appeals_upon,
    decide_pause_appeal,
    hands_on,
    open_pause_appeals,
)
from tarazy.agent.pause_law import PauseAsked, assess_extension, assess_pause
from tarazy.agent.pause_notices import pause_notices_of
from tarazy.agent.pause_records import PAYMENT_PAUSES, PaymentPause, acts_upon, pauses_shown
from tarazy.agent.pauses import (
    BeginPause,
    PauseRefused,
    begin_pause,
    call_back,
    execute_by_officer,
    extend_pause,
    pause_id_of,
    reject_by_officer,
    second_pause,
)
from tarazy.agent.records import HOLDERS, Holder
from tarazy.agent.signing import OfficerAtDesk
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.appeal import OPEN_APPEALS, AppealOutcome
from tarazy.domain.pause import FACTS_LEARNT, SIGNS, stands
from tarazy.domain.rejection import Rejection
from tarazy.edge.bank_app.pause_appeal_routes import if_silent
from tarazy.edge.desk.desk_site import DeskSite, status_of
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.form_page import Tried, Unread, form_page
from tarazy.edge.pages.forms import Form, PageRequest
from tarazy.edge.pages.reader import Reader
from tarazy.edge.pauses_at_core import ask_core
from tarazy.law.assessment import Assessment
from tarazy.values.ids import AccountId, AppealId, TransferRef

WAITING_SHOWN_MAX: Final = 100
DONE: Final = frozenset({"begun", "second", "called", "extend", "execute", "reject", "answer"})
DONE_TEXTS: Final = {"answer": "pause.desk.done"}


def pause_handlers(desk: DeskSite) -> list[HTTPRouteHandler]:
    """Return the list, the page on which a payment is paused, and the page of one pause."""

    @get("/pauses", sync_to_thread=True)
    def pauses(request: PageRequest) -> Response[str]:
        """Show what could wait, what waits, and what has waited."""
        officer, gate = desk.signed_in(request), _entered_at(desk)
        waiting = [] if gate is None else gate.waiting(WAITING_SHOWN_MAX)
        open_ones, ended = desk.run(lambda tx: (pauses_shown(tx, is_open=True), pauses_shown(tx, is_open=False)))
        appeals = desk.run(open_pause_appeals)
        paused = {pause.payment_ref for pause in open_ones}
        payers = {row.from_account for row in waiting}
        payers |= {one.account_id for one in (*open_ones, *ended)} | {one.account_id for one in appeals}
        holders = desk.run(lambda tx: tx.get_many(HOLDERS, {(account,) for account in payers}))
        return desk.page(
            request,
            officer,
            "pauses.html",
            title="desk.pauses.title",
            can_pause=gate_of(desk.context.agent.core) is not None,
            waiting=[row for row in waiting if row.payment_id not in paused],
            open_ones=open_ones,
            ended=ended,
            appeals=appeals,
            payer=partial(_payer, holders={key[0]: holder for key, holder in holders.items()}),
        )

    return [
        pauses,
        *form_page("/pauses/new/{subject:str}", partial(_new_page, desk), partial(_begin, desk), status_of=status_of),
        *form_page("/pauses/{subject:str}", partial(_page, desk), partial(_act, desk), status_of=status_of),
    ]


def _entered_at(desk: DeskSite) -> EnteredPayments | None:
    """Return where payments wait at the demonstration's own core; another core says so in the bank's own programs."""
    gate = gate_of(desk.context.agent.core)
    return None if gate is None else desk.context.core.payment_gate


def _payer(account_id: AccountId, holders: dict[object, Holder]) -> str:
    holder = holders.get(account_id)
    return account_id if holder is None else holder.name


def _entered(desk: DeskSite, payment_ref: str) -> EnteredPayment:
    gate = _entered_at(desk)
    row = None if gate is None else gate.entered(TransferRef(payment_ref))
    if row is None:
        raise NotThere
    return row


def _new_page(desk: DeskSite, request: PageRequest, payment_ref: str, tried: Tried) -> Response[str]:
    """Show one payment that is not executed yet, and the form that lets it wait."""
    officer, row = desk.signed_in(request), _entered(desk, payment_ref)
    ticked = tuple(sign for sign in SIGNS if sign in tried.form.all("fact"))
    assessment = None
    if tried.rejection is Rejection.measure_refused_by_law:
        asked = PauseAsked(row.payment.amount_minor, row.payment.currency, ticked, officer.officer_id)
        assessment = assess_pause(asked, desk.setting())
    return desk.form_page(
        request,
        officer,
        "pause_new.html",
        tried,
        title="desk.pauses.new",
        row=row,
        holder=desk.run(lambda tx: tx.get(HOLDERS, row.from_account)),
        signs=SIGNS,
        ticked=ticked,
        typed=tried.typed("reasons"),
        against=_against(assessment, desk.site.reader(request)),
    )


def _begin(desk: DeskSite, request: PageRequest, payment_ref: str, form: Form) -> Response[str] | Rejection | Unread:
    """Let the payment wait, and ask the core at once."""
    officer, row, setting = desk.signed_in(request), _entered(desk, payment_ref), desk.setting()
    facts = tuple(sign for sign in SIGNS if sign in form.all("fact"))
    if not facts:
        return Unread("desk.pauses.no_fact")
    command = BeginPause(entered=row, facts=facts, reasons=form.text("reasons"))
    gate, by = gate_of(desk.context.agent.core), desk.at_desk(officer)
    begun = desk.run(lambda tx: begin_pause(tx, command, by, gate, setting))
    if isinstance(begun, PauseRefused):
        return begun.rejection
    ask_core(desk.context)
    return desk.site.redirect(f"/desk/pauses/{pause_id_of(setting.me, row.payment_id)}?done=begun")


def _page(desk: DeskSite, request: PageRequest, pause_id: str, tried: Tried) -> Response[str]:
    """Show one pause: the payment, why it waits, what the payer says, what was done, and what can be done."""
    officer, reader, setting = desk.signed_in(request), desk.site.reader(request), desk.setting()
    pause = desk.run(lambda tx: tx.get(PAYMENT_PAUSES, pause_id))
    if pause is None:
        raise NotThere
    assessment = None
    if tried.rejection is Rejection.measure_refused_by_law:
        asked = PauseAsked(pause.amount_minor, pause.currency, pause.facts, officer.officer_id)
        assessment = assess_extension(asked, _learnt(pause, tried.form), pause.begins_at, pause.extensions, setting)
    appeals, hands = desk.run(lambda tx: (appeals_upon(tx, pause_id), hands_on(tx, pause)))
    done = tried.form.text("done")
    return desk.form_page(
        request,
        officer,
        "pause.html",
        tried,
        title="desk.pauses.one",
        pause=pause,
        holder=desk.run(lambda tx: tx.get(HOLDERS, pause.account_id)),
        is_standing=stands(pause.status, pause.expires_at, reader.now) and pause.ending is None,
        acts=desk.run(lambda tx: acts_upon(tx, pause_id)),
        notices=desk.run(lambda tx: pause_notices_of(tx, pause_id)[::-1]),
        appeals=[(one, if_silent(one.silence, one.next_forum, reader)) for one in appeals],
        open_appeals=OPEN_APPEALS,
        outcomes=PAUSE_OUTCOMES,
        chosen=tried.typed("outcome"),
        is_barred=officer.officer_id in hands,
        learnable=[fact for fact in FACTS_LEARNT if fact not in pause.facts + pause.learnt],
        against=_against(assessment, reader),
        act=tried.form.text("act") if tried.is_refused else "",
        typed=tried.typed("reasons"),
        done=reader.t(DONE_TEXTS.get(done, f"desk.pauses.done.{done}"))
        if done in DONE and not tried.is_refused
        else None,
        is_own=pause.officer_id == officer.officer_id,
    )


def _act(desk: DeskSite, request: PageRequest, pause_id: str, form: Form) -> Response[str] | Rejection | Unread:
    """Do one act upon a pause, and ask the core at once."""
    officer, setting, act = desk.signed_in(request), desk.setting(), form.text("act")
    by, reasons = desk.at_desk(officer), form.text("reasons")

    def work(tx: Transaction) -> Rejection | None:
        if act == "answer":
            return _answer(tx, form, by, setting)
        if act == "extend":
            refused = extend_pause(tx, pause_id, form.text("learnt"), reasons, by, setting)
            return None if refused is None else refused.rejection
        if act == "execute":
            return execute_by_officer(tx, pause_id, reasons, by, setting)
        if act == "reject":
            return reject_by_officer(tx, pause_id, reasons, by, setting)
        return (second_pause if act == "second" else call_back)(tx, pause_id, by, setting)

    if act not in DONE - {"begun"}:
        return Unread("desk.pauses.no_act")
    if act == "answer" and form.text("outcome") not in PAUSE_OUTCOMES:
        return Unread("pause.desk.no_outcome")
    rejection = desk.run(work)
    if rejection is Rejection.pause_unknown:
        raise NotThere
    if rejection is not None:
        return rejection
    ask_core(desk.context)
    return desk.site.redirect(f"/desk/pauses/{pause_id}?done={act}")


def _answer(tx: Transaction, form: Form, officer: OfficerAtDesk, setting: Setting) -> Rejection | None:
    """Answer the appeal that is named."""
    command = DecidePauseAppeal(
        appeal_id=AppealId(form.text("appeal_id")),
        outcome=AppealOutcome(form.text("outcome")),
        reasons=form.text("reasons"),
    )
    decided = decide_pause_appeal(tx, command, officer, setting)
    return decided if isinstance(decided, Rejection) else None


def _learnt(pause: PaymentPause, form: Form) -> tuple[str, ...]:
    learnt = form.text("learnt")
    return (learnt,) if learnt in FACTS_LEARNT and learnt not in pause.facts + pause.learnt else ()


def _against(assessment: Assessment | None, reader: Reader) -> list[str]:
    """Return what the law gate has against a pause, each in one sentence."""
    if assessment is None:
        return []
    return [reader.said(one.code, one.params) for one in assessment.tests if not one.passed]
