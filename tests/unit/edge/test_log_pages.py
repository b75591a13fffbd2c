"""The log's files over HTTP, as a monitor reads them; receipts without a person in them; a store that was touched."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.app.eventing import record
from tarazy.app.records import EVENTS, Event
from tarazy.app.sequencing import EVENTS_PER_STEP_MAX, LOG_HEADS, LOG_NODES, LogSigner, check_log, log_head
from tarazy.app.store import Condition, Store, Transaction
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.edge.config import ConfigFault
from tarazy.edge.console import console_routes
from tarazy.edge.log_pages import log_key, log_routes, require_one_history
from tarazy.edge.pages.nowhere import not_found_handlers
from tarazy.edge.receipts import receipt_routes
from tarazy.log.audit import LogFiles, ProvenTiles, check_continues, rebuilt
from tarazy.log.checkpoint import Checkpoint, verify_checkpoint
from tarazy.log.note import NoteKey, SignatureType
from tarazy.log.receipt import Verified, verify_receipt
from tarazy.log.sequence import LogForked
from tarazy.log.tile import Tile, entries_path, new_tiles
from tarazy.log.tlog_proof import parse_tlog_proof
from tarazy.log.tree import leaf_hash, verify_inclusion
from tarazy.values.replacing import replace
from tests.story_stores import store_for, story_databases
from tests.unit.edge.console.world import World, told_world, world_of

__all__ = ["store_for", "story_databases"]

FIRST_EVENTS = 4
"""The mandates with which every world begins."""

StoreFor = Callable[[str], Store]


def client_of(world: World) -> TestClient[Litestar]:
    context = world.context
    routes = [*receipt_routes(context), *log_routes(context), *console_routes(context)]
    app = Litestar(routes, exception_handlers=not_found_handlers(context), openapi_config=None)
    return TestClient(app, base_url="http://testserver.local")


def add_events(world: World, count: int) -> None:
    def work(tx: Transaction) -> None:
        for number in range(count):
            setting = world.context.peer.setting_at(world.network.now.plus(timedelta(seconds=number)))
            record(tx, setting, "hold_placed", EXCHANGE_ID, f"hold-{number}", case_id=None, amount_minor=number)

    world.network.exchange.store.run(work)
    world.sequence()


def files_of(client: TestClient[Litestar]) -> LogFiles:
    def fetched(path: str) -> bytes:
        answer = client.get(f"/v1/log/{path}")
        assert answer.status_code == 200, answer.text
        return answer.content

    return LogFiles(
        lambda tile: fetched(tile.path()), lambda tile: fetched(entries_path(tile.number, width=tile.width))
    )


def head_of(client: TestClient[Litestar], world: World) -> Checkpoint:
    return verify_checkpoint(client.get("/v1/log/checkpoint").text, [log_key(world.context)])[0]


def first_event(world: World) -> Event:
    numbered = Condition("log_index", ">=", 0)
    found: list[Event] = world.network.rows(EXCHANGE_ID, EVENTS, numbered, order=("log_index",))
    return found[0]


@pytest.fixture(scope="module")
def told() -> World:
    return told_world()


@pytest.fixture
def client(told: World) -> Iterator[TestClient[Litestar]]:
    with client_of(told) as one:
        yield one


def test_an_outsider_rebuilds_the_log_from_its_files_and_sees_that_it_grew(store_for: StoreFor) -> None:
    world = world_of(store_for=store_for)
    with client_of(world) as client:
        assert client.get("/v1/log/checkpoint").status_code == 404
        add_events(world, 3)
        old = head_of(client, world)
        add_events(world, EVENTS_PER_STEP_MAX + 100)
        head = head_of(client, world)
        assert head.size - old.size == EVENTS_PER_STEP_MAX + 100
        proven = ProvenTiles(head, files_of(client))
        check_continues(old, head, proven)
        assert max(rebuilt(head, proven)) == head.size
        for tile in new_tiles(0, head.size):
            answer = client.get(f"/v1/log/{tile.path()}")
            assert len(answer.content) == 32 * tile.width
            assert answer.headers["content-type"] == "application/octet-stream"
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_a_partial_tile_stays_as_it_was_when_the_log_has_grown() -> None:
    world = world_of()
    add_events(world, 5)
    with client_of(world) as client:
        before = [client.get(f"/v1/log/tile/{path}.p/5").content for path in ("0/000", "entries/000")]
        add_events(world, 300)
        assert [client.get(f"/v1/log/tile/{path}.p/5").content for path in ("0/000", "entries/000")] == before


def test_what_is_numbered_and_not_signed_yet_is_not_shown() -> None:
    world = world_of()
    add_events(world, 5)
    store = world.network.exchange.store
    head = store.run(lambda tx: log_head(tx, world.signer.origin))
    assert head is not None
    add_events(world, 5)
    after = store.run(lambda tx: log_head(tx, world.signer.origin))
    assert after is not None
    store.run(lambda tx: tx.put(LOG_HEADS, replace(after, checkpoint=head.checkpoint)))
    with client_of(world) as client:
        assert client.get(f"/v1/log/tile/0/000.p/{FIRST_EVENTS + 5}").status_code == 200
        for path in ("tile/0/000.p/10", "tile/entries/000.p/10", "tile/0/000", "tile/1/000.p/1", "tile/0/001.p/1"):
            answer = client.get(f"/v1/log/{path}")
            assert (answer.status_code, answer.json()["type"]) == (404, "urn:tarazy:problem:tile_not_signed_yet")


@pytest.mark.parametrize(
    "path",
    [
        *("0", "0/00", "0/000.p/0", "0/000.p/256", "0/000.p/01", "64/000", "-1/000", "0/x000/000", "0/000/"),
        *("entries/000.p/0", "entries/x1/000", "entries", "0/%00", "0/" + "x001/" * 2000 + "000"),
        *("0/x999/x999/x999/x999/x999/x999/999", "63/x999/x999/x999/x999/x999/x999/999"),
    ],
)
def test_addresses_of_no_tile_are_answered_and_nothing_falls_over(client: TestClient[Litestar], path: str) -> None:
    answer = client.get(f"/v1/log/tile/{path}", headers={"accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json()["type"].startswith("urn:tarazy:problem:")


def test_files_and_public_receipts_hold_nothing_of_a_person(told: World, client: TestClient[Litestar]) -> None:
    size = head_of(client, told).size
    events = told.network.rows(EXCHANGE_ID, EVENTS, order=("log_index",))
    bundle = client.get(f"/v1/log/{entries_path(0, size)}").content
    assert bundle.count(b"tarazy.leaf/v1") == size
    for event in events:
        answer = client.get(f"/v1/receipts/{event.event_id}")
        shown = answer.text
        assert answer.json()["personal"] is None
        secrets = [event.subject_id, event.salt.hex(), *(text for text in event.details.values() if len(text) > 6)]
        public = {event.participant_id, event.kind, *event.norms}
        assert [one for one in secrets if one not in public and (one in shown or one.encode() in bundle)] == []


def test_a_public_receipt_proves_the_act_for_tarazy_and_for_other_tools(
    told: World, client: TestClient[Litestar]
) -> None:
    event, head = first_event(told), head_of(client, told)
    proved = verify_receipt(client.get(f"/v1/receipts/{event.event_id}").text, [log_key(told.context)])
    assert isinstance(proved, Verified)
    assert proved.receipt.leaf.personal_commitment == event.commitment
    proof = parse_tlog_proof(client.get(f"/v1/receipts/{event.event_id}/tlog-proof").text)
    assert proof.extra is not None
    verify_inclusion(leaf_hash(proof.extra), proof.index, head.size, proof.proof, head.root)
    for path in ("/v1/receipts/ev_nothing", "/v1/receipts/ev_nothing/tlog-proof"):
        assert client.get(path).json()["type"] == "urn:tarazy:problem:receipt_unknown"


def test_the_personal_part_is_for_those_who_may_read_the_case(told: World, client: TestClient[Litestar]) -> None:
    event = next(one for one in told.network.rows(EXCHANGE_ID, EVENTS) if one.case_id in told.cases())
    address = f"/console/cases/{event.case_id}/receipts/{event.event_id}"
    assert address in client.get(f"/console/cases/{event.case_id}").text
    answer = client.get(address)
    proved = verify_receipt(answer.text, [log_key(told.context)])
    assert isinstance(proved, Verified)
    assert proved.receipt.personal is not None
    assert event.subject_id.encode() in proved.receipt.personal.content
    assert answer.headers["cache-control"] == "no-store"
    other = next(one for one in told.cases() if one != event.case_id)
    assert client.get(f"/console/cases/{other}/receipts/{event.event_id}").status_code == 404
    lawful = world_of("kz")
    with client_of(lawful) as closed:
        refused = closed.get(address, follow_redirects=False)
        assert (refused.status_code, refused.headers["location"]) == (303, f"/sign-in?back={address}")


@pytest.mark.parametrize("size", [0, 1, 5, 256, 700])
def test_an_exchange_starts_with_a_log_that_is_whole(size: int, store_for: StoreFor) -> None:
    world = world_of(store_for=store_for)
    require_one_history(world.network.exchange.store, world.signer)
    add_events(world, size)
    require_one_history(world.network.exchange.store, world.signer)


def _change_the_last_act(tx: Transaction, _: World) -> None:
    event = tx.find(EVENTS, order=("serial",), descending=True, limit=1)[0]
    tx.put(EVENTS, replace(event, kind="hold_released"))


def _lose_an_act(tx: Transaction, _: World) -> None:
    event = tx.find(EVENTS, order=("serial",), descending=True, limit=1)[0]
    tx.put(EVENTS, replace(event, log_index=None))


def _change_a_node(tx: Transaction, _: World) -> None:
    node = tx.find(LOG_NODES, limit=1)[0]
    tx.put(LOG_NODES, replace(node, node_hash=bytes(32)))


def _shorten_the_head(tx: Transaction, world: World) -> None:
    head = tx.get(LOG_HEADS, world.signer.origin)
    assert head is not None
    tx.put(LOG_HEADS, replace(head, size=head.size - 1))


def _change_the_frontier(tx: Transaction, world: World) -> None:
    head = tx.get(LOG_HEADS, world.signer.origin)
    assert head is not None
    tx.put(LOG_HEADS, replace(head, frontier=head.frontier[:-1] + bytes([head.frontier[-1] ^ 1])))


def _cut_the_frontier(tx: Transaction, world: World) -> None:
    head = tx.get(LOG_HEADS, world.signer.origin)
    assert head is not None
    tx.put(LOG_HEADS, replace(head, frontier=head.frontier[:-1]))


def _forge_the_checkpoint(tx: Transaction, world: World) -> None:
    head = tx.get(LOG_HEADS, world.signer.origin)
    assert head is not None
    assert head.checkpoint is not None
    tx.put(LOG_HEADS, replace(head, checkpoint=head.checkpoint.replace("\n304\n", "\n303\n")))


@pytest.mark.parametrize(
    "touch",
    [
        _change_the_last_act,
        _lose_an_act,
        _change_a_node,
        _shorten_the_head,
        _change_the_frontier,
        _cut_the_frontier,
        _forge_the_checkpoint,
    ],
)
def test_an_exchange_does_not_start_with_a_log_that_somebody_touched(
    touch: Callable[[Transaction, World], None],
) -> None:
    world = world_of()
    add_events(world, 300)
    store = world.network.exchange.store
    assert head_size(store, world.signer) == FIRST_EVENTS + 300
    store.run(lambda tx: touch(tx, world))
    with pytest.raises(LogForked):
        store.run(lambda tx: check_log(tx, world.signer))
    with pytest.raises(ConfigFault, match="nothing is signed until people have looked"):
        require_one_history(store, world.signer)


def test_an_exchange_with_another_key_does_not_go_on_with_this_log() -> None:
    world, other = world_of(), told_world().context.officers
    add_events(world, 3)
    key = next(iter(other.values())).signing
    with pytest.raises(ConfigFault):
        require_one_history(world.network.exchange.store, LogSigner(world.signer.origin, key.signer(), key.public))


def head_size(store: Store, signer: LogSigner) -> int:
    head = store.run(lambda tx: log_head(tx, signer.origin))
    assert head is not None
    assert head.checkpoint is not None
    key = NoteKey(signer.origin, SignatureType.ed25519, signer.public_key)
    return verify_checkpoint(head.checkpoint, [key])[0].size


def test_a_tile_of_an_act_that_was_changed_no_longer_belongs_to_the_head() -> None:
    world = world_of()
    add_events(world, 300)
    world.network.exchange.store.run(
        lambda tx: tx.put(EVENTS, replace(tx.find(EVENTS, order=("serial",), limit=1)[0], kind="hold_released"))
    )
    with client_of(world) as client:
        head = head_of(client, world)
        with pytest.raises(ValueError, match=re.escape(f"{Tile(0, 0).path()}: is not the tile that tile/1/000.p/1")):
            list(rebuilt(head, ProvenTiles(head, files_of(client))))
