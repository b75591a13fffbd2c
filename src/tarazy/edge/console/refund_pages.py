"""Proposing a refund: the preview of the fair shares, and the order that an official signs.

The page carries a mark of the division that it shows. What has changed when the official signs is shown anew first.
"""

import secrets
from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from tarazy.app.authorisations import authorisations_of
from tarazy.app.queries.case import CaseView, case_view
from tarazy.app.queries.hearing import Remaining
from tarazy.app.queries.refund import RefundPreview, refund_preview
from tarazy.app.refund_records import REFUNDS
from tarazy.app.refunding import OrderRefund, RefundOrdered, order_refund, refund_terms
from tarazy.app.store import Transaction
from tarazy.domain.refund import Division, RefundShare, formula
from tarazy.domain.rejection import Rejection
from tarazy.edge.console import words
from tarazy.edge.console.hearing_pages import hearing_facts, rest_in_words
from tarazy.edge.console.office import Office
from tarazy.edge.console.person import Person
from tarazy.edge.pages.forms import Form, PageRequest, read_form, read_query
from tarazy.edge.pages.reader import Reader
from tarazy.law.assessment import Lane
from tarazy.protocol.statement import REASONS_LENGTH_MIN, Act
from tarazy.values.ids import AuthorisationId, CaseId, RefundId, derived
from tarazy.values.replacing import replace

REFUND_ID_BYTES: Final = 16
REASONS_LENGTH_MAX: Final = 4000
AUTHORISATION_LENGTH_MAX: Final = 80
LANES: Final = (Lane.consent, Lane.court, Lane.investigator)
"""The lanes in which held money goes back; a bank that pays its own needs no order of the exchange."""


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
        hearings, reader = hearing_facts(office, request, CaseId(case_id), form), office.site.reader(request)
        rest = hearings.pop("rest")
        assert isinstance(rest, Remaining)
        return office.page(
            request,
            "refund.html",
            office.person(request),
            status=status,
            entered=form,
            ordered=ordered,
            refund_id=form.text("refund_id") or f"rf_{secrets.token_hex(REFUND_ID_BYTES)}",
            lanes=LANES,
            authorisations=_choices(office, CaseId(case_id), lane, reader),
            remaining=rest_in_words(rest, view.case.currency, reader),
            **hearings,
            **_facts(view, preview, reader),
        )

    @get("/cases/{case_id:str}/refund", sync_to_thread=True)
    def propose(request: PageRequest, case_id: str) -> Response[str]:
        """Show what a refund would pay, and the refunds that were ordered."""
        return shown(request, case_id, read_query(request), None, HTTP_200_OK)

    @post("/cases/{case_id:str}/refund", sync_to_thread=True)
    def order(request: PageRequest, case_id: str, body: bytes) -> Response[str]:
        """Sign and order the refund; a lawful 'no' is shown in words."""
        form, person = read_form(request, body), office.person(request)
        signatory, command = person.signatory, _command(form, case_id, person)
        if signatory is None or command is None:
            return office.read_only(request)
        setting = context.setting()

        def act(tx: Transaction) -> RefundOrdered:
            preview = refund_preview(tx, command.case_id, command.lane, setting.now)
            if form.text("seen") != mark_of(preview.division) and tx.get(REFUNDS, command.refund_id) is None:
                return RefundOrdered(refund=None, rejection=Rejection.refund_terms_differ, assessment=None)
            terms = refund_terms(tx, command, setting.now)
            reasons = form.text("reasons")[:REASONS_LENGTH_MAX]
            signed = signatory.statement(Act.order_refund, command.refund_id, reasons, setting.now, terms)
            return order_refund(tx, replace(command, statement=signed), setting)

        ordered = context.peer.store.run(act)
        if ordered.refund is None:
            return shown(request, case_id, form, ordered, HTTP_422_UNPROCESSABLE_ENTITY)
        return office.site.redirect(f"/console/cases/{case_id}/refund?done={ordered.refund.refund_id}")

    return [propose, order]


def _choices(office: Office, case_id: CaseId, lane: Lane, reader: Reader) -> list[tuple[str, str]]:
    """Return the decisions that a refund in a lane can rest on now: signed in full, and not over."""
    found = office.read(lambda tx: authorisations_of(tx, case_id))
    standing = [
        one for one in found if one.is_in_full and one.decision.lane == lane and one.decision.valid_to > reader.now
    ]
    return [(one.authorisation_id, words.decision(one.decision, reader)) for one in standing]


def _lane(form: Form) -> Lane:
    lane = form.text("lane")
    return Lane(lane) if lane in LANES else Lane.court


def mark_of(division: Division) -> str:
    """Return a mark that another division does not have."""
    shares = [f"{share.report_id} {share.share_minor}" for share in division.shares]
    payments = [f"{one.hold_id} {one.report_id} {one.amount_minor}" for one in division.payments]
    return derived("dv", *shares, "", *payments)


def _command(form: Form, case_id: str, person: Person) -> OrderRefund | None:
    """Return the order as the official entered it, not signed yet; None for somebody who may only read."""
    signatory = person.signatory
    refund_id = RefundId(form.text("refund_id")[:AUTHORISATION_LENGTH_MAX])
    if signatory is None or not refund_id:
        return None
    authorisation = form.text("authorisation")[:AUTHORISATION_LENGTH_MAX]
    return OrderRefund(
        refund_id=refund_id,
        case_id=CaseId(case_id),
        lane=_lane(form),
        participant_id=signatory.participant_id,
        statement="",
        authorisation_id=AuthorisationId(authorisation) if authorisation else None,
        hold_ids=(),
    )


def _facts(view: CaseView, preview: RefundPreview, reader: Reader) -> dict[str, object]:
    shares = [share for share in preview.division.shares if share.share_minor]
    return {
        "view": view,
        "preview": preview,
        "seen": mark_of(preview.division),
        "currency": view.case.currency,
        "words": words,
        "shares": [(share, formula(share), formula_in_words(share, view.case.currency, reader)) for share in shares],
        "holds": {source.hold_id: source for source in preview.sources},
        "reports": {report.report_id: report for report in view.reports},
        "reasons_length_min": REASONS_LENGTH_MIN,
    }


def formula_in_words(share: RefundShare, currency: str, reader: Reader) -> str:
    """Return one victim's division on one line, as `formula` does, with the sums as people write them."""

    def said(minor: int) -> str:
        return reader.money(minor, currency)

    terms = [f"{said(one.pot_minor)} × {said(one.missing_minor)} / {said(one.whole_minor)}" for one in share.parts]
    if share.own_minor or not terms:
        terms.insert(0, reader.t("console.refund.own", sum=said(share.own_minor)))
    return f"{' + '.join(terms)} = {said(share.share_minor)}"
