"""Proposing a refund: the preview of the fair shares, and the order that an official signs."""

import secrets
from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from tarazy.app.queries.case import CaseView, case_view
from tarazy.app.queries.refund import RefundPreview, refund_preview
from tarazy.app.refunding import OrderRefund, RefundOrdered, order_refund
from tarazy.domain.refund import RefundShare, formula
from tarazy.edge.console import words
from tarazy.edge.console.office import Office
from tarazy.edge.console.person import Person
from tarazy.edge.pages.forms import Form, PageRequest, read_form, read_query
from tarazy.edge.pages.reader import Reader
from tarazy.law.assessment import ActorRole, Lane
from tarazy.protocol.statement import Act
from tarazy.values.ids import AuthorisationId, CaseId, RefundId

REFUND_ID_BYTES: Final = 16
REASONS_LENGTH_MAX: Final = 4000
AUTHORISATION_LENGTH_MAX: Final = 80


def refund_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoints of the refund."""
    context = office.context

    def shown(
        request: PageRequest, case_id: str, form: Form, ordered: RefundOrdered | None, status: int
    ) -> Response[str]:
        now, lane = context.clock.now(), _lane(form)
        view = office.read(lambda tx: case_view(tx, CaseId(case_id), context.pack, now))
        if view is None:
            return office.not_found(request)
        preview = office.read(lambda tx: refund_preview(tx, CaseId(case_id), lane, now))
        return office.page(
            request,
            "refund.html",
            office.person(request),
            status=status,
            entered=form,
            ordered=ordered,
            refund_id=form.text("refund_id") or f"rf_{secrets.token_hex(REFUND_ID_BYTES)}",
            lanes=tuple(Lane),
            **_facts(view, preview, office.site.reader(request)),
        )

    @get("/cases/{case_id:str}/refund", sync_to_thread=True)
    def propose(request: PageRequest, case_id: str) -> Response[str]:
        """Show what a refund would pay, and the refunds that were ordered."""
        return shown(request, case_id, read_query(request), None, HTTP_200_OK)

    @post("/cases/{case_id:str}/refund", sync_to_thread=True)
    def order(request: PageRequest, case_id: str, body: bytes) -> Response[str]:
        """Sign and order the refund; a lawful 'no' is shown in words."""
        form, person = read_form(request, body), office.person(request)
        command = _command(form, case_id, person, office.site.reader(request))
        if command is None:
            return office.read_only(request)
        setting = context.setting()
        ordered = context.peer.store.run(lambda tx: order_refund(tx, command, setting))
        if ordered.refund is None:
            return shown(request, case_id, form, ordered, HTTP_422_UNPROCESSABLE_ENTITY)
        return office.site.redirect(f"/console/cases/{case_id}/refund?done={ordered.refund.refund_id}")

    return [propose, order]


def _lane(form: Form) -> Lane:
    lane = form.text("lane")
    return Lane(lane) if lane in Lane.__members__ else Lane.court


def _command(form: Form, case_id: str, person: Person, reader: Reader) -> OrderRefund | None:
    """Return the order that the official signs; None for somebody who may only read."""
    signatory = person.signatory
    refund_id = RefundId(form.text("refund_id")[:AUTHORISATION_LENGTH_MAX])
    if signatory is None or not refund_id:
        return None
    reasons = form.text("reasons")[:REASONS_LENGTH_MAX] or reader.t("console.refund.reasons.example")
    authorisation = form.text("authorisation")[:AUTHORISATION_LENGTH_MAX]
    return OrderRefund(
        refund_id=refund_id,
        case_id=CaseId(case_id),
        lane=_lane(form),
        actor_role=person.acts_as or ActorRole.exchange,
        participant_id=signatory.participant_id,
        statement=signatory.statement(Act.order_refund, refund_id, reasons, reader.now),
        authorisation_id=AuthorisationId(authorisation) if authorisation else None,
        receiver_heard=form.is_ticked("heard"),
        receiver_objects=form.is_ticked("objects"),
        hold_ids=(),
    )


def _facts(view: CaseView, preview: RefundPreview, reader: Reader) -> dict[str, object]:
    return {
        "view": view,
        "preview": preview,
        "currency": view.case.currency,
        "words": words,
        "formulas": [
            (formula(preview.shares, number), formula_in_words(preview.shares, number, view.case.currency, reader))
            for number in range(len(preview.shares))
        ],
        "reports": {report.report_id: report for report in view.reports},
    }


def formula_in_words(shares: tuple[RefundShare, ...], number: int, currency: str, reader: Reader) -> str:
    """Return one victim's division on one line, as `formula` does, with the sums as people write them."""
    pot = sum(share.share_minor for share in shares)
    missing = sum(share.missing_minor for share in shares)
    own = shares[number]
    sums = [reader.money(minor, currency) for minor in (pot, own.missing_minor, missing, own.share_minor)]
    return f"{sums[0]} × {sums[1]} / {sums[2]} = {sums[3]}"
