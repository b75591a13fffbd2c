"""What a holder is asked before their money is paid back, and their answer: agree, object in words, or nothing."""

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK

from tarazy.agent.hearing import WORDS_LENGTH_MAX, AnswerHearing, answer_hearing, hearings_of
from tarazy.agent.hearing_notices import hearing_notices_of
from tarazy.agent.hearing_records import LOCAL_HEARINGS, LocalHearing
from tarazy.agent.holder_flags import needs_representative
from tarazy.agent.records import HOLDER, Holder
from tarazy.app.store import Transaction
from tarazy.domain.hearing import OPEN_HEARINGS, HearingState, can_move
from tarazy.domain.rejection import Rejection
from tarazy.edge.bank_app.app_site import AppSite
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.forms import PageRequest, read_form, read_query
from tarazy.values.ids import AccountId, HearingId

ANSWERS = {"agreed": HearingState.agreed, "objected": HearingState.objected}


def hearing_handlers(app: AppSite) -> list[HTTPRouteHandler]:
    """Return the page of one hearing, and the answer to it."""

    @get("/hearings/{hearing_id:str}", sync_to_thread=True)
    def asked(request: PageRequest, hearing_id: str) -> Response[str]:
        """Show what is asked, until when, and what follows from each answer and from none."""
        return _page(app, request, hearing_id, None, is_done=read_query(request).text("done") == "yes")

    @post("/hearings/{hearing_id:str}", sync_to_thread=True, status_code=HTTP_200_OK)
    def answered(request: PageRequest, hearing_id: str, body: bytes) -> Response[str]:
        """Take the holder's answer to the bank and on to whoever decides."""
        holder, form, setting = app.signed_in(request), read_form(request, body), app.context.setting()
        answer, exchange = ANSWERS.get(form.text("answer")), app.context.agent.exchange
        if answer is None:
            raise NotThere
        command = AnswerHearing(hearing_id=HearingId(hearing_id), answer=answer, words=form.text("words"))

        def work(tx: Transaction) -> LocalHearing | Rejection:
            _own(tx, holder, hearing_id)
            return answer_hearing(tx, command, exchange, setting)

        outcome = app.run(work)
        if isinstance(outcome, Rejection):
            return _page(app, request, hearing_id, outcome, is_done=False)
        return app.site.redirect(f"/app/hearings/{hearing_id}?done=yes")

    return [asked, answered]


def asked_now(tx: Transaction, account_id: AccountId) -> list[LocalHearing]:
    """Return what a person is asked now, for the first page of the app."""
    return [one for one in hearings_of(tx, account_id) if one.state in OPEN_HEARINGS and one.told_at is not None]


def _page(
    app: AppSite, request: PageRequest, hearing_id: str, rejection: Rejection | None, *, is_done: bool
) -> Response[str]:
    holder = app.signed_in(request)
    hearing = app.run(lambda tx: _own(tx, holder, hearing_id))
    told = app.run(lambda tx: hearing_notices_of(tx, hearing.hearing_id))
    is_child = app.run(lambda tx: needs_representative(tx, hearing.account_id, app.context.clock.now()))
    return app.page(
        request,
        holder,
        "hearing.html",
        status=422 if rejection else HTTP_200_OK,
        title="hearing.app.title",
        hearing=hearing,
        rejection=rejection,
        is_open=hearing.state in OPEN_HEARINGS,
        answers=[name for name, state in ANSWERS.items() if _may_say(hearing, state, is_child)],
        is_child=is_child,
        notices=[one for one in told if one.recipient == HOLDER],
        words_max=WORDS_LENGTH_MAX,
        done=is_done,
    )


def _own(tx: Transaction, holder: Holder, hearing_id: str) -> LocalHearing:
    """Return a person's own hearing, once they were told of it. Raises NotThere for any other."""
    hearing = tx.get(LOCAL_HEARINGS, hearing_id)
    if hearing is None or hearing.account_id != holder.account_id or hearing.told_at is None:
        raise NotThere
    return hearing


def _may_say(hearing: LocalHearing, state: HearingState, is_child: bool) -> bool:  # noqa: FBT001 -- asked once
    """Return whether a person can say so alone: a child can always object, and agrees with whoever represents it."""
    return can_move(hearing.state, state) and not (is_child and state is HearingState.agreed)
