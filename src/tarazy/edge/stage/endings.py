"""How holds end well: released to the holder, returned by the holder, refunded to two victims, and all of it proven."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import urllib3

from tarazy.agent.notice_office import ZONE
from tarazy.agent.replies import ReplyChoice
from tarazy.agent.returning import ForWhom
from tarazy.app.queries.refund import refund_preview
from tarazy.app.records import EVENTS
from tarazy.app.refund_records import REFUND_PARTS, REFUNDS, Refund
from tarazy.app.refunding import OrderRefund, RefundOrdered, order_refund, refund_terms
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hold import HoldStatus
from tarazy.domain.refund import PartStatus, RefundShare
from tarazy.edge.console.refund_pages import mark_of
from tarazy.edge.pages.entered import write_local
from tarazy.edge.stage import spoken
from tarazy.edge.stage.plot import AIGUL, ARMAN, BANK_OF, LYUDMILA, THEFT
from tarazy.edge.stage.scene import ANALYST, Scene, StoryFault, typed
from tarazy.edge.stage.telling import Fact, fact
from tarazy.law.assessment import Lane
from tarazy.log.note import parse_key
from tarazy.log.receipt import Failure, verify_receipt
from tarazy.protocol.statement import Act
from tarazy.values.ids import AccountId, AuthorisationId, HoldId, RefundId
from tarazy.values.replacing import replace

COURT_DECISION: Final = AuthorisationId("au_invented_court_decision_1")
COURT_NAME: Final = "Ойдан шығарылған аудандық сот"
COURT_NUMBER: Final = "2-1/26"
DECISION_LASTS: Final = timedelta(days=10)
RETURN_ID: Final = RefundId("rf_story_return")
REFUND_ID: Final = RefundId("rf_story_refund")
HTTP_OK: Final = 200
RECEIPT_SECONDS_MAX: Final = 15.0


def arman_returns(scene: Scene) -> tuple[Fact, ...]:
    """Arman, who let others use his account, gives back of his own will; the officer identifies him and records it."""
    bank, hold = BANK_OF[ARMAN], scene.hold_on(ARMAN)
    notice = scene.wait("Arman's notice", lambda: next(iter(scene.notices(ARMAN)), None))
    words = spoken.GIVES_BACK
    answer = [("choice", ReplyChoice.give_back.value), ("words", words)]
    scene.phone(ARMAN).send(f"/app/notices/{notice.notice_id}/reply", answer)
    reasons = spoken.IDENTIFIED
    ticks = [(check, "yes") for check in ("identified", "informed", "free_will")]
    given = [("amount", typed(hold.held_minor)), ("for_whom", ForWhom.everybody.value)]
    recorded = [*given, ("reasons", reasons), *ticks]
    scene.desk(bank).send(f"/desk/holds/{hold.hold_id}/return", recorded)
    scene.wait_until("the exchange to know the offer", lambda: _offered(scene, hold.hold_id) == hold.held_minor)
    command = OrderRefund(
        refund_id=RETURN_ID,
        case_id=scene.known_report(THEFT).case_id,
        lane=Lane.consent,
        participant_id=bank,
        statement="",
        authorisation_id=None,
        hold_ids=(hold.hold_id,),
    )
    terms = scene.at(EXCHANGE_ID, lambda tx, setting: refund_terms(tx, command, setting.now))
    statement = scene.statement(bank, ANALYST, Act.order_refund, RETURN_ID, reasons, terms)
    refund = _ordered(scene, replace(command, statement=statement))
    return (fact("returned", person=ARMAN, amount_minor=refund.pot_minor), *_formulas(refund))


def court_refunds(scene: Scene) -> tuple[Fact, ...]:
    """A judge signs what the court has decided; each victim gets what is held of their own, what is over makes good."""
    case_id = scene.known_report(THEFT).case_id
    preview = scene.at(EXCHANGE_ID, lambda tx, setting: refund_preview(tx, case_id, Lane.court, setting.now))
    now = scene.now()
    decided = [
        ("lane", Lane.court.value),
        ("authorisation_id", COURT_DECISION),
        ("forum", COURT_NAME),
        ("number", COURT_NUMBER),
        ("decided_on", now.utc.astimezone(ZONE).date().isoformat()),
        ("amount", typed(preview.division.paid_minor)),
        *(("hold", hold_id) for hold_id in dict.fromkeys(one.hold_id for one in preview.division.payments)),
        ("valid_to", write_local(now.plus(DECISION_LASTS), ZONE)),
        ("reasons", spoken.THEIR_OWN),
    ]
    scene.console("judge").send(f"/console/cases/{case_id}/authorisations", decided)
    fields = [
        ("lane", Lane.court.value),
        ("refund_id", REFUND_ID),
        ("seen", mark_of(preview.division)),
        ("authorisation", COURT_DECISION),
        ("reasons", spoken.ORDERED_BACK),
    ]
    scene.console("investigator").send(f"/console/cases/{case_id}/refund", fields)
    refund = _paid(scene, REFUND_ID)
    return (
        fact("refunded", amount_minor=refund.pot_minor, decision=f"{COURT_NAME}, № {COURT_NUMBER}"),
        *_formulas(refund),
        *(fact("back_home", person=who, amount_minor=scene.account(who).balance_minor) for who in (AIGUL, LYUDMILA)),
    )


def receipt_is_verified(scene: Scene) -> tuple[Fact, ...]:
    """Check the receipt of the last refund payment offline; then change one byte of it and check again."""
    paid = Condition("kind", "=", "refund_paid")
    event = scene.at(EXCHANGE_ID, lambda tx, _: tx.find(EVENTS, paid, order=("serial",), descending=True, limit=1))[0]
    key = _fetch(scene, "/v1/log/key")
    assert key is not None
    receipt = scene.wait(
        "the receipt", lambda: _fetch(scene, f"/v1/receipts/{event.event_id}"), seconds=RECEIPT_SECONDS_MAX
    )
    place = receipt.index(event.commitment) + len(event.commitment) // 2
    damaged = receipt[:place] + ("0" if receipt[place] != "0" else "1") + receipt[place + 1 :]
    folder = scene.network.home / "receipts"
    folder.mkdir(exist_ok=True)
    for name, text in (("log.key", key), ("receipt.json", receipt), ("damaged.json", damaged)):
        (folder / name).write_text(text, encoding="utf-8")
    keys = [parse_key(key.strip())]
    proven, refused = verify_receipt(receipt, keys), verify_receipt(damaged, keys)
    if isinstance(proven, Failure) or not isinstance(refused, Failure):
        raise StoryFault(f"the receipt {event.event_id} does not behave as it must: {proven} {refused}")
    return (
        fact("proven", event=event.event_id, index=proven.receipt.index, size=proven.checkpoint.size),
        fact("not_proven", byte=place, where=refused.text()),
        fact("command", receipt=str(folder / "receipt.json"), key=str(folder / "log.key")),
    )


def _ordered(scene: Scene, command: OrderRefund) -> Refund:
    answer: RefundOrdered = scene.at(EXCHANGE_ID, lambda tx, setting: order_refund(tx, command, setting))
    if answer.refund is None:
        raise StoryFault(f"refund {command.refund_id}: {answer.rejection} {answer.assessment}")
    return _paid(scene, command.refund_id)


def _paid(scene: Scene, refund_id: RefundId) -> Refund:
    """Wait until every part of a refund is paid, and return it."""
    scene.wait_until(f"refund {refund_id} to be paid", lambda: _is_paid(scene, refund_id))
    scene.settle()
    refund = scene.at(EXCHANGE_ID, lambda tx, _: tx.get(REFUNDS, refund_id))
    assert refund is not None
    return refund


def _is_paid(scene: Scene, refund_id: RefundId) -> bool:
    mine = Condition("refund_id", "=", refund_id)
    parts = scene.at(EXCHANGE_ID, lambda tx, _: tx.find(REFUND_PARTS, mine))
    return bool(parts) and all(part.status is PartStatus.paid for part in parts)


def _formulas(refund: Refund) -> Sequence[Fact]:
    """Return each victim's division on one line: own units + pot × what they miss / what all miss = their share."""
    return [_formula(person, share) for share, person in zip(refund.shares, (AIGUL, LYUDMILA), strict=True)]


def _formula(person: AccountId, share: RefundShare) -> Fact:
    own, whole = share.own_minor, share.share_minor
    if not share.parts:
        return fact("formula.own", person=person, own_minor=own, share_minor=whole)
    (part,) = share.parts
    shared = {"pot_minor": part.pot_minor, "missing_minor": part.missing_minor, "whole_minor": part.whole_minor}
    if not own:
        return fact("formula", person=person, **shared, share_minor=whole)
    return fact("formula.both", person=person, own_minor=own, **shared, share_minor=whole)


def _status(scene: Scene, hold_id: HoldId) -> HoldStatus:
    return next(hold.status for hold in scene.case_holds(THEFT) if hold.hold_id == hold_id)


def _offered(scene: Scene, hold_id: HoldId) -> int:
    return next(hold.return_offered_minor for hold in scene.case_holds(THEFT) if hold.hold_id == hold_id)


def _fetch(scene: Scene, path: str) -> str | None:
    answer = urllib3.request("GET", f"{scene.network.url(EXCHANGE_ID)}{path}", timeout=5.0, retries=False)
    return answer.data.decode() if answer.status == HTTP_OK else None
