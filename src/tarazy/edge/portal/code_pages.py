"""Appealing by a notice's code in the portal: which bank, the code, what the person says, done.

Only the bank can say whose a code is, and it says so later: so the page, its time and what a try costs are the same for
every code. The moment at which the code was shown here is kept, also where the bank is away for days.
"""

from dataclasses import dataclass, field
from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY, HTTP_429_TOO_MANY_REQUESTS

from tarazy.app.access import ACCESS_KEY, Access, Who
from tarazy.app.citizen_requests import banks_to_write_to
from tarazy.app.codes import PresentCode, present_code
from tarazy.app.records import Participant
from tarazy.domain.appeal import AppealGround
from tarazy.domain.notice import code_shown, is_code
from tarazy.domain.rejection import Rejection
from tarazy.edge.context import ExchangeContext
from tarazy.edge.http import client_address
from tarazy.edge.pages.forms import Form, PageRequest, read_form
from tarazy.edge.pages.site import Site
from tarazy.edge.portal.number_pages import plain_number
from tarazy.edge.portal.tries import Buckets, Limits, client_of
from tarazy.values.ids import ParticipantId

COST: Final = 5
"""Whether it was a miss is not known here: every code costs as one, and whoever has one needs but one."""
OF_ONE: Final = Limits(capacity=20, per_hour=10)
OF_ALL: Final = Limits(capacity=10_000, per_hour=50_000)
WORDS_LENGTH_MAX: Final = 2_000
SEND: Final = "send"
BY_CODE: Final = Access(who=frozenset({Who.code}))
"""Whoever holds a notice's code: by it one appeals against what the notice tells of, or claims for an error in it."""


@dataclass(frozen=True, slots=True)
class CodeRoad:
    """What the steps share."""

    site: Site
    context: ExchangeContext
    tries: Buckets = field(default_factory=lambda: Buckets(OF_ONE, for_all=OF_ALL))

    def banks(self) -> list[Participant]:
        """Return the banks that send notices."""
        return list(self.context.peer.store.run(banks_to_write_to))


def code_routes(site: Site, context: ExchangeContext) -> list[HTTPRouteHandler]:
    """Return the endpoints of the road by code."""
    road = CodeRoad(site, context)

    @get("/code", sync_to_thread=True, opt={ACCESS_KEY: BY_CODE})
    def ask(request: PageRequest) -> Response[str]:
        """Ask which bank, and for the code."""
        return _page(road, request, "code", Form({}), {})

    @post("/code", sync_to_thread=True, status_code=HTTP_200_OK, opt={ACCESS_KEY: BY_CODE})
    def go_on(request: PageRequest, body: bytes) -> Response[str]:
        """Ask what the person says; then keep that the code was shown, and when."""
        form = read_form(request, body)
        faults = _faults(road, form)
        if faults:
            return _page(road, request, "code", form, faults)
        if form.text("to") != SEND:
            return _page(road, request, "grounds" if form.text("to") == "grounds" else "code", form, {})
        return _send(road, request, form)

    return [ask, go_on]


def _faults(road: CodeRoad, form: Form) -> dict[str, str]:
    """Return what is missing or cannot be read, by field: the code of its text."""
    faults = {}
    if form.text("bank") not in {bank.participant_id for bank in road.banks()}:
        faults["bank"] = "portal.fault.bank"
    if not is_code(form.text("code")):
        faults["code"] = "app.appeal.code.unread"
    return faults


def _send(road: CodeRoad, request: PageRequest, form: Form) -> Response[str]:
    now, client = road.context.clock.now(), client_of(client_address(request))
    if not road.tries.may_try(client, COST, now):
        return road.site.message(request, "portal.too_many", status=HTTP_429_TOO_MANY_REQUESTS)
    road.tries.spend(client, COST, now)
    grounds = tuple(one for one in form.all("grounds") if one in AppealGround.__members__)
    command = PresentCode(
        participant_id=ParticipantId(form.text("bank")),
        code=plain_number(form.text("code")),
        grounds=grounds or (AppealGround.other.value,),
        words=form.text("words")[:WORDS_LENGTH_MAX],
    )
    setting = road.context.setting()
    outcome = road.context.peer.store.run(lambda tx: present_code(tx, command, setting))
    if isinstance(outcome, Rejection):
        return _page(road, request, "code", form, {"bank": "portal.fault.bank"})
    return _page(road, request, "done", form, {})


def _page(road: CodeRoad, request: PageRequest, step: str, form: Form, faults: dict[str, str]) -> Response[str]:
    banks, typed = road.banks(), form.text("code")
    return road.site.page(
        request,
        "code.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if faults else HTTP_200_OK,
        step=step,
        banks=banks,
        bank=form.text("bank"),
        bank_name=next((one.name for one in banks if one.participant_id == form.text("bank")), ""),
        typed=typed[:40],
        code=code_shown(typed) if is_code(typed) else "",
        faults=faults,
        grounds=tuple(AppealGround),
        ticked=form.all("grounds"),
        words=form.text("words"),
        words_max=WORDS_LENGTH_MAX,
    )
