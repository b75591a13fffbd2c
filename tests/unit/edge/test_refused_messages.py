"""What was not let in is shown to those who must know: at the exchange's console and at the bank's desk."""

import re
from html import unescape
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.app.messages import REFUSED_MESSAGES, RefusedMessage
from tarazy.app.queries.refused import PAGE_SIZE
from tarazy.app.store import Store
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.edge.pages.refused import place_shown
from tarazy.protocol import jws
from tarazy.protocol.message import Refusal
from tarazy.texts.catalogue import Language
from tests.story import StoreFor
from tests.story_people import START, keyring
from tests.story_stores import store_for, story_databases
from tests.unit.edge.console.world import world_of
from tests.unit.edge.desk.bank_story import BankStory

__all__ = ["store_for", "story_databases"]

SECRET = "a-secret-word"


def refuse(store: Store, count: int, refusal: str = "malformed", sender: str | None = "bank-b") -> None:
    def work(tx: Any) -> None:
        for number in range(count):
            row = RefusedMessage(
                serial=0, claimed_sender=sender, refusal=refusal, place=f"body.n{number % 7}x", refused_at=START
            )
            tx.add(REFUSED_MESSAGES, row)

    store.run(work)


def console(store_for: StoreFor) -> tuple[Store, TestClient[Litestar], str]:
    world = world_of(store_for=store_for)
    client = TestClient(world.app(), base_url="http://testserver.local")
    return world.network.exchange.store, client, "/console/refused"


def desk(store_for: StoreFor) -> tuple[Store, TestClient[Litestar], str]:
    story = BankStory(store_for).opened()
    client = TestClient(story.app("bank-a"), base_url="http://testserver.local")
    client.cookies.set("officer", "officer-1")
    return story.network.banks["bank-a"].agent.peer.store, client, "/desk/refused"


PROGRAMS = pytest.mark.parametrize("program", [console, desk])


def words(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", text)))


def page(client: TestClient[Litestar], path: str, language: str = "en") -> str:
    answer = client.get(path, headers={"accept-language": language}, follow_redirects=False)
    assert answer.status_code == 200, answer.headers
    return words(answer.text)


@PROGRAMS
def test_where_all_was_let_in_that_is_said(program: Any, store_for: StoreFor) -> None:
    _, client, path = program(store_for)
    assert "Every message was let in." in page(client, path)


@PROGRAMS
def test_every_refusal_is_said_in_every_language_with_what_to_do(program: Any, store_for: StoreFor) -> None:
    store, client, path = program(store_for)
    for refusal in Refusal:
        refuse(store, 1, refusal)
    for language in Language:
        shown = page(client, path, language)
        assert not [refusal for refusal in Refusal if f" {refusal.value} " in shown]
        assert not re.search(r"\bpages\.", shown)
    assert "call the sender on a number that you know" in shown


@PROGRAMS
def test_the_newest_come_first_and_a_page_has_an_end(program: Any, store_for: StoreFor) -> None:
    store, client, path = program(store_for)
    refuse(store, PAGE_SIZE + 2, sender="older")
    refuse(store, PAGE_SIZE, sender="newer")
    pages, address = [], path
    while address:
        pages.append(client.get(address).text)
        following = re.search(r'rel="next" href="([^"]*)"', pages[-1])
        address = following[1] if following else ""
    assert [one.count(">newer<") for one in pages] == [PAGE_SIZE, 0, 0]
    assert [one.count(">older<") for one in pages] == [0, PAGE_SIZE, 2]


@PROGRAMS
@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "٣", "1e3", ""])
def test_an_address_that_cannot_be_read_begins_at_the_newest(program: Any, store_for: StoreFor, before: str) -> None:
    store, client, path = program(store_for)
    refuse(store, 1)
    assert "It is not written as the protocol says." in page(client, f"{path}?before={before}")


@PROGRAMS
def test_who_a_message_claims_to_be_is_only_text(program: Any, store_for: StoreFor) -> None:
    store, client, path = program(store_for)
    refuse(store, 1, sender="<script>x</script>")
    refuse(store, 1, sender=None)
    refuse(store, 1, sender="bank-b")
    answer = client.get(path, headers={"accept-language": "en"}).text
    assert "<script>x" not in answer
    assert "names nobody" in answer
    assert re.search(r"(Сарыарқа Банк|Balkash Bank) <code", answer)


def test_nothing_of_a_real_message_is_shown(store_for: StoreFor) -> None:
    """Bank B signs an envelope with a field of its own choosing: the page shows where, and nothing of what it says."""
    world = world_of(store_for=store_for)
    ring = keyring("bank-b")
    body = f'{{"kind":"{SECRET}","{SECRET}":"{SECRET}"}}'
    for payload in (
        f'{{"message_id":"m-00001","sender":"bank-b","recipient":"exchange","issued_at":"2026-11-22T05:00:00Z","body":{body}}}',
        f'{{"{SECRET}":1}}',
        f'"{SECRET}',
    ):
        text = jws.sign(payload.encode(), ring.key_id, ring.signing.signer())
        [result] = world.network.exchange.receive([text], world.network.now)
        assert result.refusal == "malformed"
    client = TestClient(world.app(), base_url="http://testserver.local")
    shown = page(client, "/console/refused")
    assert len(world.network.rows(EXCHANGE_ID, REFUSED_MESSAGES)) == 3
    assert SECRET not in shown
    assert shown.count("It is not written as the protocol says.") == 3


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("Invalid value 'x' - at `$.body.kind`", "body.kind"),
        ("Expected `str`, got `int` - at `$.body.shares[0].kind`", "body.shares[0].kind"),
        ("Expected `object`, got `str` - at `$`", "message"),
        ("Object contains unknown field `secret`", "message"),
        ("JSON is malformed: invalid character (byte 7)", "message"),
        ("body.case_id: longer than 80 characters", "body.case_id"),
        ("header: kid", "header"),
        ("signature, header, kid: expected bank-a#core", "signature"),
        ("sender: the key belongs to another participant", "sender"),
        ("message_id", "message_id"),
        ("expected the header Tarazy-Signature", "message"),
        ("", "message"),
    ],
)
def test_of_a_place_only_the_path_is_shown(place: str, shown: str) -> None:
    assert place_shown(place) == shown
