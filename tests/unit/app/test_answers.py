"""Answers of banks: one that does not add up is refused, recorded and shown; the last valid one stands."""

from functools import lru_cache

import msgspec
import pytest

from tarazy.app.holding import stands
from tarazy.app.messages import INBOX
from tarazy.app.records import CASE_HOLDS, EVENTS, PIECES, TRACINGS
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import Answer, FollowOrder, HoldConfirmed, ReturnTakenBack, ShareTold
from tarazy.protocol.message import Result
from tarazy.protocol.statement import Act
from tarazy.values.ids import CaseId, ParticipantId, PieceId, ReportId, SealedRef
from tarazy.values.replacing import replace
from tests.story import Network, StoreFor, robbed
from tests.story_reading import case_hold, case_holds, everything_but_refusals, pieces, told, tracing
from tests.unit.app.speaking import order_to, tell

HELD = ShareTold(kind="held", from_minor=0, to_minor=500_000)
CASH = ShareTold(kind="exited", from_minor=0, to_minor=500_000, detail="cash")


def asked(store_for: StoreFor, *, mandated: tuple[str, ...] = ("bank-b", "bank-c")) -> tuple[Network, ReportId]:
    """Return a network in which bank B has been asked about ``t1`` and leaves the answer to the story."""
    network = robbed(store_for, mandated=mandated)
    network.banks["bank-b"].is_asleep = True
    network.banks["bank-c"].is_asleep = True
    return network, network.report("t1")


def answer(network: Network, *shares: ShareTold, number: int = 1, status: str | None = "placed") -> Answer:
    order = order_to(network, "bank-b").body
    assert isinstance(order, FollowOrder)
    return Answer(
        order_id=order.order_id,
        tracing_id=order.tracing_id,
        answer_no=number,
        disclosure_id=order.disclosure_id,
        shares=shares,
        hold_status=status,
        hold_expires_at=None,
        hold_end=None,
    )


def answered(network: Network, *shares: ShareTold, number: int = 1, status: str | None = "placed") -> Result:
    """Let bank B answer, and examine the exchange's books."""
    result = tell(network, "bank-b", answer(network, *shares, number=number, status=status), f"answer-{number}")
    network.check()
    return result


def cut(share: ShareTold, start: int, end: int) -> ShareTold:
    return msgspec.structs.replace(share, from_minor=start, to_minor=end)


@lru_cache(maxsize=32)
def sealed_once(network: Network, ref: str) -> SealedRef:
    """Return a reference as bank B seals it for bank C, the same in all its answers."""
    return network.trust.seal(ParticipantId("bank-c"), ref)


def moved(network: Network, start: int, end: int, ref: str = "t2", *, onward_from: int = 0) -> ShareTold:
    return ShareTold(
        kind="moved_on",
        from_minor=start,
        to_minor=end,
        participant_id=ParticipantId("bank-c"),
        sealed_ref=sealed_once(network, ref),
        onward_from=onward_from,
    )


def refused(network: Network, result: Result, rejection: Rejection, place: str) -> None:
    """The answer is refused with its place, recorded, and shown beside the piece."""
    assert (result.status, result.refusal) == ("rejected", rejection)
    assert result.place is not None
    assert place in result.place
    [piece] = network.rows(EXCHANGE_ID, PIECES, Condition("depth", "=", 0))
    assert piece.fault == f"{rejection}: {result.place}"
    events = network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "answer_refused"))
    assert events[-1].details["place"] == result.place


def test_an_answer_that_tiles_its_piece_is_taken(store_for: StoreFor) -> None:
    network, report = asked(store_for)
    assert answered(network, cut(HELD, 0, 300_000), cut(CASH, 300_000, 500_000)).status == "accepted"
    assert told(network, report) == {"bank-b held": 300_000, "bank-b exited cash": 200_000}
    assert case_hold(network, report).held_minor == 300_000


@pytest.mark.parametrize(
    ("shares", "rejection", "place"),
    [
        pytest.param([cut(HELD, 0, 500_001)], Rejection.answer_out_of_piece, "body.shares", id="more than the piece"),
        pytest.param([cut(HELD, 0, 499_999)], Rejection.answer_does_not_add_up, "ends at 499999", id="less"),
        pytest.param([], Rejection.answer_does_not_add_up, "ends at 0", id="nothing"),
        pytest.param(
            [cut(HELD, 0, 200_000), cut(CASH, 200_001, 500_000)],
            Rejection.answer_does_not_add_up,
            "units from 200000 are answered never",
            id="a gap of one unit",
        ),
        pytest.param(
            [cut(HELD, 0, 200_000), cut(CASH, 199_999, 500_000)],
            Rejection.answer_does_not_add_up,
            "units from 199999 are answered twice",
            id="one unit twice",
        ),
        pytest.param(
            [cut(HELD, 200_000, 500_000), cut(CASH, 0, 200_000)],
            Rejection.answer_does_not_add_up,
            "never",
            id="not in order",
        ),
        pytest.param(
            [cut(HELD, 0, 200_000), cut(CASH, 200_000, 200_000), cut(CASH, 200_000, 500_000)],
            Rejection.answer_does_not_add_up,
            "empty",
            id="an empty stretch",
        ),
        pytest.param(
            [msgspec.structs.replace(CASH, detail="gold")], Rejection.answer_does_not_add_up, "[0].detail", id="exit"
        ),
        pytest.param(
            [msgspec.structs.replace(CASH, detail=None)], Rejection.answer_does_not_add_up, "[0].detail", id="no detail"
        ),
        pytest.param(
            [ShareTold(kind="vanished", from_minor=0, to_minor=500_000)],
            Rejection.answer_does_not_add_up,
            "[0].kind",
            id="kind",
        ),
        pytest.param(
            [ShareTold(kind="stopped", from_minor=0, to_minor=500_000, detail="cash")],
            Rejection.answer_does_not_add_up,
            "[0].detail",
            id="an exit kind for a stop",
        ),
        pytest.param(
            [ShareTold(kind="moved_on", from_minor=0, to_minor=500_000)],
            Rejection.answer_does_not_add_up,
            "[0].sealed_ref",
            id="moved on to nowhere",
        ),
    ],
)
def test_an_answer_that_does_not_add_up_is_refused_and_shown(
    store_for: StoreFor, shares: list[ShareTold], rejection: Rejection, place: str
) -> None:
    network, report = asked(store_for)
    refused(network, answered(network, *shares), rejection, place)
    assert told(network, report) == {"bank-b asked": 500_000}
    assert not case_holds(network, report)


def test_after_a_refused_answer_the_last_valid_one_stands(store_for: StoreFor) -> None:
    network, report = asked(store_for)
    answered(network, HELD)
    refused(network, answered(network, cut(HELD, 0, 1), number=2), Rejection.answer_does_not_add_up, "ends at 1")
    assert told(network, report) == {"bank-b held": 500_000}
    assert answered(network, CASH, number=3, status="released").status == "accepted"
    assert told(network, report) == {"bank-b exited cash": 500_000}
    assert pieces(network, report)[0].fault is None


def test_a_bank_without_terms_cannot_say_that_it_holds(store_for: StoreFor) -> None:
    network, _ = asked(store_for, mandated=())
    refused(network, answered(network, HELD, status=None), Rejection.answer_does_not_add_up, "nothing may be held")


def test_an_older_answer_changes_nothing(store_for: StoreFor) -> None:
    network, report = asked(store_for)
    answered(network, HELD, number=5)
    assert answered(network, CASH, number=4).status == "accepted"
    assert told(network, report) == {"bank-b held": 500_000}


def test_an_answer_with_the_same_number_changes_nothing(store_for: StoreFor) -> None:
    network, report = asked(store_for)
    answered(network, HELD)
    assert tell(network, "bank-b", answer(network, CASH), "answer-1-again").status == "accepted"
    assert told(network, report) == {"bank-b held": 500_000}


def turned_down(network: Network, sender: str, said: Answer, rejection: Rejection) -> None:
    """The answer is rejected with its place; that is kept with the message and told of the piece, and nothing else."""
    before = everything_but_what_came(network)
    result = tell(network, sender, said, "answer-x")
    assert (result.status, result.refusal, result.place) == ("rejected", rejection, "body.order_id")
    kept = network.rows(EXCHANGE_ID, INBOX, Condition("message_id", "=", "answer-x"))
    assert [(one.sender, one.rejection, one.place) for one in kept] == [(sender, rejection, "body.order_id")]
    assert everything_but_what_came(network) == before
    known = network.rows(EXCHANGE_ID, PIECES, Condition("piece_id", "=", said.order_id))
    events = network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "answer_refused"))
    told_of = [(one.participant_id, one.subject_id, one.case_id, one.details["reason"]) for one in events]
    assert told_of == [(sender, piece.piece_id, piece.case_id, rejection) for piece in known]
    network.check()


def everything_but_what_came(network: Network) -> dict[str, list[object]]:
    kept = everything_but_refusals(network)
    del kept[INBOX.name], kept[EVENTS.name]
    return kept


def test_nobody_answers_another_participants_order(store_for: StoreFor) -> None:
    network, report = asked(store_for)
    turned_down(network, "bank-c", answer(network, HELD), Rejection.answer_not_from_asked)
    assert told(network, report) == {"bank-b asked": 500_000}


def test_nobody_answers_anew_for_another_participant(store_for: StoreFor) -> None:
    network, report = asked(store_for)
    answered(network, HELD)
    turned_down(network, "bank-c", answer(network, CASH, number=2), Rejection.answer_not_from_asked)
    assert told(network, report) == {"bank-b held": 500_000}


@pytest.mark.parametrize("field", ["order_id", "tracing_id"])
def test_an_answer_to_an_unknown_order_is_rejected(store_for: StoreFor, field: str) -> None:
    network, report = asked(store_for)
    strange = msgspec.structs.replace(answer(network, HELD), **{field: PieceId("pc_0")})
    turned_down(network, "bank-b", strange, Rejection.order_unknown)
    assert told(network, report) == {"bank-b asked": 500_000}


def test_an_answer_under_the_disclosure_of_another_order_is_rejected(store_for: StoreFor) -> None:
    """What a bank discloses it discloses under the number that allows it, and under no other that there is."""
    network, report = asked(store_for)
    answered(network, moved(network, 0, 200_000), cut(HELD, 200_000, 500_000))
    onward = order_to(network, "bank-c").body
    assert isinstance(onward, FollowOrder)
    foreign = msgspec.structs.replace(answer(network, CASH, number=2), disclosure_id=onward.disclosure_id)
    turned_down(network, "bank-b", foreign, Rejection.order_unknown)
    assert told(network, report) == {"bank-c asked": 200_000, "bank-b held": 300_000}


@pytest.mark.parametrize("kind", ["held", "requested"])
def test_a_bank_cannot_hold_more_than_the_terms_of_its_order(store_for: StoreFor, kind: str) -> None:
    """The terms name the claim; here the exchange's own record of them is what the answer is measured by."""
    network, report = asked(store_for)
    [piece] = pieces(network, report)
    terms = replace(piece.terms, claim_minor=400_000)
    network.at(EXCHANGE_ID, lambda tx, _: tx.put(PIECES, replace(piece, terms=terms)))
    over = ShareTold(kind=kind, from_minor=0, to_minor=400_001)
    told_over = answered(network, over, cut(CASH, 400_001, 500_000))
    refused(network, told_over, Rejection.answer_does_not_add_up, "more is held than the terms of the order allow")
    assert told(network, report) == {"bank-b asked": 500_000}
    within = answered(network, cut(over, 0, 400_000), cut(CASH, 400_000, 500_000), number=2)
    assert within.status == "accepted"
    assert told(network, report) == {f"bank-b {kind}": 400_000, "bank-b exited cash": 100_000}


def test_money_that_moved_on_is_asked_about_once(store_for: StoreFor) -> None:
    network, report = asked(store_for)
    answered(network, moved(network, 0, 200_000), cut(HELD, 200_000, 500_000))
    answered(
        network,
        moved(network, 0, 200_000),
        moved(network, 200_000, 300_000, "t3"),
        cut(HELD, 300_000, 500_000),
        number=2,
    )
    assert told(network, report) == {"bank-c asked": 300_000, "bank-b held": 200_000}
    onward = pieces(network, report)[1:]
    assert [(piece.from_minor, piece.to_minor, piece.origin_from) for piece in onward] == [
        (0, 200_000, 0),
        (0, 100_000, 200_000),
    ]


def test_the_rest_of_a_transfer_is_asked_about_where_its_beginning_was_before(store_for: StoreFor) -> None:
    network, report = asked(store_for)
    answered(network, moved(network, 0, 200_000, onward_from=70), cut(HELD, 200_000, 500_000))
    answered(network, moved(network, 0, 250_000, onward_from=70), cut(HELD, 250_000, 500_000), number=2)
    assert [(piece.from_minor, piece.to_minor) for piece in pieces(network, report)[1:]] == [
        (70, 200_070),
        (200_070, 250_070),
    ]


def test_an_answer_cannot_take_back_part_of_what_moved_on(store_for: StoreFor) -> None:
    network, report = asked(store_for)
    answered(network, moved(network, 0, 200_000), cut(HELD, 200_000, 500_000))
    result = answered(network, moved(network, 0, 199_999), cut(HELD, 199_999, 500_000), number=2)
    refused(network, result, Rejection.answer_takes_back_money_that_left, "body.shares")
    assert told(network, report) == {"bank-c asked": 200_000, "bank-b held": 300_000}


def test_an_answer_cannot_take_back_all_that_moved_on(store_for: StoreFor) -> None:
    network, report = asked(store_for)
    answered(network, moved(network, 0, 200_000), cut(HELD, 200_000, 500_000))
    result = answered(network, HELD, number=2)
    refused(network, result, Rejection.answer_takes_back_money_that_left, "body.shares")
    assert told(network, report) == {"bank-c asked": 200_000, "bank-b held": 300_000}


def test_an_answer_with_an_unknown_status_of_its_hold_is_refused(store_for: StoreFor) -> None:
    network, _ = asked(store_for)
    result = answered(network, HELD, status="kept")
    assert (result.status, result.refusal) == ("rejected", Rejection.answer_does_not_add_up)


def test_a_refused_answer_changes_no_other_row(store_for: StoreFor) -> None:
    network, report = asked(store_for)
    tables = (TRACINGS, CASE_HOLDS)
    before = [network.rows(EXCHANGE_ID, table) for table in tables]
    answered(network, cut(HELD, 0, 1))
    assert [network.rows(EXCHANGE_ID, table) for table in tables] == before
    assert tracing(network, report).asking_minor == 500_000


def test_a_bank_cannot_bring_a_hold_back_that_has_ended(store_for: StoreFor) -> None:
    network, report = asked(store_for)
    answered(network, HELD)
    answered(
        network,
        ShareTold(kind="stopped", from_minor=0, to_minor=500_000, detail="released"),
        number=2,
        status="released",
    )
    answered(network, HELD, number=3, status="placed")
    assert case_hold(network, report).status is HoldStatus.released


def test_a_hold_that_has_ended_shows_nothing_held(store_for: StoreFor) -> None:
    network, report = asked(store_for)
    network.wait(hours=24)
    assert not case_holds(network, report), "nobody has told of a hold, so none has ended"
    answered(network, HELD)
    assert not stands(case_hold(network, report), network.now)
    network.wait(minutes=1)
    late = case_hold(network, report)
    assert (late.status, late.end, late.held_minor) == (HoldStatus.released, HoldEnd.not_confirmed, 0)


def test_what_was_permitted_and_not_needed_was_never_a_hold(store_for: StoreFor) -> None:
    network, report = asked(store_for)
    answered(network, CASH, status=None)
    network.wait(hours=25)
    assert not case_holds(network, report)
    assert not network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "hold_ended"))


def test_a_confirmation_may_overtake_the_answer_that_tells_of_the_hold(store_for: StoreFor) -> None:
    network, report = asked(store_for)
    [piece] = pieces(network, report)
    assert piece.terms is not None
    body = HoldConfirmed(hold_id=piece.terms.hold_id, statement="", expires_at=piece.terms.expires_at)
    signed = network.statement("bank-b", Act.confirm_hold, body.hold_id, body.terms())
    assert tell(network, "bank-b", msgspec.structs.replace(body, statement=signed), "confirmed").status == "accepted"
    answered(network, HELD)
    hold = case_hold(network, report)
    assert (hold.status, hold.held_minor, hold.confirmed_by) == (HoldStatus.placed, 500_000, "officer-1")
    assert hold.expires_at == piece.terms.expires_at


def test_a_return_taken_back_may_overtake_the_answer_that_tells_of_the_hold(store_for: StoreFor) -> None:
    """No offer was kept here, for nothing is known to be held: so there is nothing to take back either."""
    network, report = asked(store_for)
    [piece] = pieces(network, report)
    assert piece.terms is not None
    body = ReturnTakenBack(hold_id=piece.terms.hold_id, taken_back_at=network.now)
    assert tell(network, "bank-c", body, "taken-back-by-another").refusal == Rejection.hold_not_of_sender
    assert tell(network, "bank-b", body, "taken-back").status == "accepted"
    assert not case_holds(network, report)
    assert not network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "return_taken_back"))
    answered(network, HELD)
    assert (case_hold(network, report).held_minor, case_hold(network, report).return_offered_minor) == (500_000, 0)


def test_nobody_confirms_a_hold_of_another_bank_that_has_not_told_of_it(store_for: StoreFor) -> None:
    network, report = asked(store_for)
    [piece] = pieces(network, report)
    assert piece.terms is not None
    body = HoldConfirmed(hold_id=piece.terms.hold_id, statement="", expires_at=piece.terms.expires_at)
    signed = network.statement("bank-c", Act.confirm_hold, body.hold_id, body.terms())
    result = tell(network, "bank-c", msgspec.structs.replace(body, statement=signed), "confirmed")
    assert (result.status, result.refusal) == ("rejected", Rejection.hold_not_of_sender)
    assert not case_holds(network, report)


def test_a_hold_that_is_told_of_while_its_case_is_joined_is_of_the_case_that_it_joins(store_for: StoreFor) -> None:
    """What was read of the piece before the tracing was locked may be of the case from before."""
    network, report = asked(store_for)
    [piece] = pieces(network, report)
    assert piece.terms is not None
    before = replace(piece, case_id=CaseId("cs-before"))
    network.at(EXCHANGE_ID, lambda tx, _: tx.put(PIECES, before))
    body = HoldConfirmed(hold_id=piece.terms.hold_id, statement="", expires_at=piece.terms.expires_at)
    signed = network.statement("bank-b", Act.confirm_hold, body.hold_id, body.terms())
    assert tell(network, "bank-b", msgspec.structs.replace(body, statement=signed), "confirmed").status == "accepted"
    assert case_hold(network, report).case_id == tracing(network, report).case_id
