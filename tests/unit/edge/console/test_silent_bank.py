"""A bank that never came back, as the page of the case shows it: how much, why, and when it was ended so."""

import re

import pytest
from litestar.testing import TestClient

from tarazy.app.records import PIECES
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tests.story import StoreFor
from tests.story_stores import store_for, story_databases
from tests.unit.edge.console.world import World, world_of

__all__ = ["store_for", "story_databases"]


def silent_world(stores: StoreFor) -> World:
    """Return a world with one case, whose 300,000.00 at bank D nobody ever answered for."""
    world = world_of(store_for=stores)
    net = world.network
    net.open("bank-a", aigul=90_000_000)
    net.open("bank-d", dana=0)
    net.pay("t1", "aigul", "dana", 30_000_000)
    net.settle()
    net.banks["bank-d"].is_away = True
    net.report("t1")
    net.wait(days=31)
    return world


def words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", text.replace("\u00a0", " ")).split())


@pytest.mark.parametrize(
    ("language", "stopped", "event"),
    [
        ("kk", "банк ақырына дейін байланысқа шықпады", "Банк мерзім біткенше жауап бермеді"),
        ("ru", "банк так и не вышел на связь", "Банк не ответил до конца срока: его часть закрыта"),
        ("en", "KZT 300,000.00 are not held (bank away to the end)", "A bank has not answered to the end: its part is"),
    ],
)
def test_the_case_says_that_the_bank_stayed_away(store_for: StoreFor, language: str, stopped: str, event: str) -> None:
    world = silent_world(store_for)
    (case_id,) = world.cases()
    (piece,) = world.network.rows(EXCHANGE_ID, PIECES, Condition("participant_id", "=", "bank-d"))
    browser = TestClient(world.app(), base_url="http://testserver.local")
    case = words(browser.get(f"/console/cases/{case_id}?lang={language}").text)
    assert stopped in case
    assert event in case
    page = browser.get(f"/console/cases/{case_id}/pieces/{piece.piece_id}?lang={language}")
    assert page.status_code == 200
    assert stopped.rpartition("(")[2].rstrip(")") in words(page.text)
