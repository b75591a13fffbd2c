"""Claiming compensation by a letter's code in the portal: which bank, the code, the sum and what for; done.

Only the bank can say whose a code is and whether an error is recorded: so the page, its time and what a try costs are
the same for every code, and the moment is kept also where the bank is away.
"""

from dataclasses import dataclass, field
from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY, HTTP_429_TOO_MANY_REQUESTS

from tarazy.app.access import ACCESS_KEY
from tarazy.app.citizen_requests import banks_to_write_to
from tarazy.app.claims import ClaimWithCode, claim_with_code
from tarazy.app.records import Participant
from tarazy.domain.claim import LossHead
from tarazy.domain.notice import is_code
from tarazy.domain.rejection import Rejection
from tarazy.edge.context import ExchangeContext
from tarazy.edge.http import client_address
from tarazy.edge.pages.entered import read_sum
from tarazy.edge.pages.forms import Form, PageRequest, read_form
from tarazy.edge.pages.site import Site
from tarazy.edge.portal.code_pages import BY_CODE, COST, OF_ALL, OF_ONE, WORDS_LENGTH_MAX
from tarazy.edge.portal.number_pages import plain_number
from tarazy.edge.portal.tries import Buckets, client_of
from tarazy.values.ids import ParticipantId

CURRENCIES: Final = ("KZT", "USD", "EUR", "RUB", "GBP")
"""In what people count here; which money was held, the exchange does not know of a code."""


@dataclass(frozen=True, slots=True)
class ClaimRoad:
    """What the steps share."""

    site: Site
    context: ExchangeContext
    tries: Buckets = field(default_factory=lambda: Buckets(OF_ONE, for_all=OF_ALL))

    def banks(self) -> list[Participant]:
        """Return the banks that send letters."""
        return list(self.context.peer.store.run(banks_to_write_to))


def claim_routes(site: Site, context: ExchangeContext) -> list[HTTPRouteHandler]:
    """Return the endpoints of the claim by code."""
    road = ClaimRoad(site, context)

    @get("/claim", sync_to_thread=True, opt={ACCESS_KEY: BY_CODE})
    def ask(request: PageRequest) -> Response[str]:
        """Ask which bank, for the code, the sum and what it is for."""
        return _page(road, request, Form({}), {})

    @post("/claim", sync_to_thread=True, status_code=HTTP_200_OK, opt={ACCESS_KEY: BY_CODE})
    def send(request: PageRequest, body: bytes) -> Response[str]:
        """Keep when the code was shown, and pass the claim on."""
        form = read_form(request, body)
        faults = _faults(road, form)
        return _page(road, request, form, faults) if faults else _send(road, request, form)

    return [ask, send]


def _currency(form: Form) -> str:
    return form.text("currency") if form.text("currency") in CURRENCIES else CURRENCIES[0]


def _faults(road: ClaimRoad, form: Form) -> dict[str, str]:
    """Return what is missing or cannot be read, by field: the code of its text."""
    faults = {}
    if form.text("bank") not in {bank.participant_id for bank in road.banks()}:
        faults["bank"] = "portal.fault.bank"
    if not is_code(form.text("code")):
        faults["code"] = "app.appeal.code.unread"
    if read_sum(form.text("sum"), _currency(form)) is None:
        faults["sum"] = "claim.fault.sum"
    return faults


def _send(road: ClaimRoad, request: PageRequest, form: Form) -> Response[str]:
    now, client = road.context.clock.now(), client_of(client_address(request))
    if not road.tries.may_try(client, COST, now):
        return road.site.message(request, "portal.too_many", status=HTTP_429_TOO_MANY_REQUESTS)
    road.tries.spend(client, COST, now)
    amount = read_sum(form.text("sum"), _currency(form))
    assert amount is not None
    command = ClaimWithCode(
        participant_id=ParticipantId(form.text("bank")),
        code=plain_number(form.text("code")),
        heads=tuple(one for one in form.all("heads") if one in LossHead.__members__),
        words=form.text("words")[:WORDS_LENGTH_MAX],
        amount_minor=amount,
        currency=_currency(form),
    )
    setting = road.context.setting()
    outcome = road.context.peer.store.run(lambda tx: claim_with_code(tx, command, setting))
    if isinstance(outcome, Rejection):
        return _page(road, request, form, {"bank": "portal.fault.bank"})
    return _page(road, request, form, {}, is_done=True)


def _page(
    road: ClaimRoad, request: PageRequest, form: Form, faults: dict[str, str], *, is_done: bool = False
) -> Response[str]:
    banks = road.banks()
    return road.site.page(
        request,
        "claim_by_code.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if faults else HTTP_200_OK,
        is_done=is_done,
        banks=banks,
        bank=form.text("bank"),
        bank_name=next((one.name for one in banks if one.participant_id == form.text("bank")), ""),
        typed=form.text("code")[:40],
        typed_sum=form.text("sum")[:40],
        currencies=CURRENCIES,
        currency=_currency(form),
        faults=faults,
        heads=tuple(LossHead),
        ticked=form.all("heads"),
        words=form.text("words"),
        words_max=WORDS_LENGTH_MAX,
    )
