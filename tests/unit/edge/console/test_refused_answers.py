"""A real bank that tells too much, a wrong sum, or about another bank's order: in words on the case and the piece."""

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.app.records import EVENTS, PIECES, Piece
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import Answer, FollowOrder, ShareTold
from tarazy.texts.catalogue import Language
from tests.story import StoreFor
from tests.story_stores import store_for, story_databases
from tests.unit.app.speaking import order_to, tell
from tests.unit.edge.console.test_pages import words
from tests.unit.edge.console.world import World, world_of

__all__ = ["store_for", "story_databases"]

STOLEN = 500_000
HELD = ShareTold(kind="held", from_minor=0, to_minor=STOLEN)
RESULTS = {
    "too much": ("bank-b", Rejection.answer_out_of_piece, msgspec.structs.replace(HELD, to_minor=STOLEN + 1)),
    "wrong sum": ("bank-b", Rejection.answer_does_not_add_up, msgspec.structs.replace(HELD, to_minor=STOLEN - 1)),
    "another's order": ("bank-d", Rejection.answer_not_from_asked, HELD),
    "no such state": ("bank-b", Rejection.answer_does_not_add_up, msgspec.structs.replace(HELD, kind="gone")),
}
SAID = {
    "too much": {
        "kk": "Жауап сұралған бөліктен тыс шығады.",
        "ru": "Ответ выходит за спрошенную часть.",
        "en": "The answer goes beyond the piece that was asked for.",
    },
    "wrong sum": {
        "kk": "Жауап бөлікке тең келмейді.",
        "ru": "Ответ не сходится с частью.",
        "en": "The answer ends at KZT 4,999.99, the piece at KZT 5,000.00.",
    },
    "another's order": {
        "kk": "Бұл бөлік туралы басқадан сұралған.",
        "ru": "Об этой части спрашивали другого. Ответ ничего не меняет.",
        "en": "Somebody else was asked about this piece. The answer changes nothing.",
    },
    "no such state": {
        "kk": "Аралық болмайтын күйде деп аталған.",
        "ru": "Отрезок назван в состоянии, которого не бывает.",
        "en": "A stretch is in a state that does not exist.",
    },
}


def asked(store_for: StoreFor) -> World:
    """Return a world in which bank B was asked about a piece, and leaves the answer to the story."""
    world = world_of(store_for=store_for)
    network = world.network
    network.open("bank-a", aigul=800_000)
    network.open("bank-b", timur=0)
    network.pay("t1", "aigul", "timur", STOLEN)
    network.settle()
    network.banks["bank-b"].is_asleep = True
    network.report("t1")
    return world


def answer_of(world: World, sender: str, share: ShareTold) -> None:
    order = order_to(world.network, "bank-b").body
    assert isinstance(order, FollowOrder)
    said = Answer(
        order_id=order.order_id,
        tracing_id=order.tracing_id,
        answer_no=1,
        disclosure_id=order.disclosure_id,
        shares=(share,),
        hold_status="placed",
        hold_expires_at=None,
        hold_end=None,
    )
    assert tell(world.network, sender, said, "answer-x").status == "rejected"


@pytest.mark.parametrize("name", RESULTS)
def test_a_refused_answer_of_a_real_bank_is_recorded_and_said_in_words(store_for: StoreFor, name: str) -> None:
    world = asked(store_for)
    sender, rejection, share = RESULTS[name]
    answer_of(world, sender, share)
    [event] = world.network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "answer_refused"))
    assert (event.participant_id, event.details["reason"]) == (sender, rejection)
    piece: Piece
    [piece] = world.network.rows(EXCHANGE_ID, PIECES)
    assert (event.subject_id, event.case_id, piece.answer_no) == (piece.piece_id, piece.case_id, 0)
    browser: TestClient[Litestar] = TestClient(world.app(), base_url="http://testserver.local")
    for language in Language:
        for path in (f"/console/cases/{piece.case_id}", f"/console/cases/{piece.case_id}/pieces/{piece.piece_id}"):
            page = words(browser.get(f"{path}?lang={language}").text)
            assert SAID[name][language] in page, (path, page)
            assert "body.s" not in page
            assert "body.o" not in page
            assert "expected" not in page


def test_a_stranger_is_named_as_everybody_else(store_for: StoreFor) -> None:
    """Bank D has nothing to do with the case; the page says who it was and not under which id."""
    world = asked(store_for)
    answer_of(world, "bank-d", HELD)
    [piece] = world.network.rows(EXCHANGE_ID, PIECES)
    browser: TestClient[Litestar] = TestClient(world.app(), base_url="http://testserver.local")
    page = words(browser.get(f"/console/cases/{piece.case_id}/pieces/{piece.piece_id}?lang=en").text)
    assert "Тянь-Шань Банк" in page
    assert piece.fault is None
