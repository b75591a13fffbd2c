"""Holders who are asked before their money is paid back: the list, one of them, and what an officer writes down."""

from functools import partial
from typing import NamedTuple

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from tarazy.agent.hearing import WORDS_LENGTH_MAX, AnswerHearing, answer_hearing, open_hearings
from tarazy.agent.hearing_notices import hearing_notices_of
from tarazy.agent.hearing_records import LOCAL_HEARINGS, LocalHearing
from tarazy.agent.holder_flags import needs_representative
from tarazy.agent.records import HOLDERS, Holder
from tarazy.app.store import Transaction
from tarazy.domain.hearing import HearingState, can_move
from tarazy.domain.rejection import Rejection
from tarazy.edge.desk.desk_site import DeskSite, status_of
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.form_page import Tried, Unread, form_page
from tarazy.edge.pages.forms import Form, PageRequest
from tarazy.values.ids import HearingId

ANSWERS = {"agreed": HearingState.agreed, "objected": HearingState.objected}


class HearingRow(NamedTuple):
    """A hearing that waits for an answer, and whose it is."""

    hearing: LocalHearing
    holder: Holder | None


def hearing_handlers(desk: DeskSite) -> list[HTTPRouteHandler]:
    """Return the page of one hearing."""
    return form_page("/hearings/{subject:str}", partial(_page, desk), partial(_record, desk), status_of=status_of)


def waiting_hearings(tx: Transaction) -> list[HearingRow]:
    """Return the hearings that wait, with their holders, for the inbox."""
    found = open_hearings(tx)
    holders = tx.get_many(HOLDERS, {(one.account_id,) for one in found})
    return [HearingRow(one, holders.get((one.account_id,))) for one in found]


def _page(desk: DeskSite, request: PageRequest, hearing_id: str, tried: Tried) -> Response[str]:
    officer = desk.signed_in(request)
    hearing = desk.run(lambda tx: tx.get(LOCAL_HEARINGS, hearing_id))
    if hearing is None:
        raise NotThere
    holder = desk.run(lambda tx: tx.get(HOLDERS, hearing.account_id))
    return desk.form_page(
        request,
        officer,
        "hearing.html",
        tried,
        title="hearing.desk.inbox",
        hearing=hearing,
        holder=holder,
        notices=desk.run(lambda tx: hearing_notices_of(tx, hearing.hearing_id)),
        answers=[name for name, state in ANSWERS.items() if _can_say(hearing, state)],
        is_child=desk.run(lambda tx: needs_representative(tx, hearing.account_id, desk.setting().now)),
        typed=tried.typed,
        words_max=WORDS_LENGTH_MAX,
        done=tried.form.text("done") == "yes" and not tried.is_refused,
    )


def _can_say(hearing: LocalHearing, state: HearingState) -> bool:
    """Return whether a holder can still say so; who comes to the desk before the first notice is told there."""
    return hearing.state is HearingState.asked or can_move(hearing.state, state)


def _record(desk: DeskSite, request: PageRequest, hearing_id: str, form: Form) -> Response[str] | Rejection | Unread:
    """Write down what the holder says, under the officer's signature."""
    officer, setting = desk.signed_in(request), desk.setting()
    answer = ANSWERS.get(form.text("answer"))
    if answer is None:
        return Unread("hearing.desk.no_answer")
    command = AnswerHearing(
        hearing_id=HearingId(hearing_id),
        answer=answer,
        words=form.text("words"),
        reasons=form.text("reasons"),
        is_represented=form.is_ticked("represented"),
    )
    exchange = desk.context.agent.exchange
    outcome = desk.run(lambda tx: answer_hearing(tx, command, exchange, setting, officer=desk.at_desk(officer)))
    if outcome is Rejection.hearing_unknown:
        raise NotThere
    return outcome if isinstance(outcome, Rejection) else desk.site.redirect(f"/desk/hearings/{hearing_id}?done=yes")
