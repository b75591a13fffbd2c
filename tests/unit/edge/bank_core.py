"""A bank's agent behind HTTP, and the bank's core that signs what it sends to it."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256
from typing import Any, Final

from litestar import Litestar
from litestar.testing import TestClient

from tarazy.adapters.catalogue import load_catalogue
from tarazy.adapters.keys import SigningKey, Trust, verifier
from tarazy.adapters.packs import load_pack
from tarazy.adapters.postgres.ingest import book_simple_runs
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.agent.core_port import OpenedAccount
from tarazy.agent.feed.csv_entries import format_entries
from tarazy.agent.profile import BankProfile
from tarazy.agent.records import AGENT_TABLES
from tarazy.app.store import Store
from tarazy.bootstrap import EXCHANGE_ID, agent_of, reference_core, setting_for
from tarazy.domain.entry import AccountEntry, AccountKind, EntryKind
from tarazy.edge.context import AgentContext
from tarazy.edge.entries_api import FAST_BATCH_MIN, entries_routes
from tarazy.edge.http import message_routes
from tarazy.protocol import jws
from tarazy.protocol.message import BATCH_BYTES_MAX, BATCH_MESSAGES_MAX
from tarazy.protocol.wire import to_json
from tarazy.texts.catalogue import Wording
from tarazy.values.ids import AccountId, ParticipantId, TransferRef
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace
from tests.story_people import COLLEAGUE, OFFICER, START, keyring, officer, participant

ME: Final = ParticipantId("bank-a")
CORE_KEY: Final = SigningKey(b"core of bank a".ljust(32, b"."))
SECRET: Final = "account-of-a-person"
"""An account id that no problem document may repeat."""


class StandingClock:
    def now(self) -> Instant:
        return START


def context_of(store: Store, *, core_key: SigningKey | None = CORE_KEY) -> AgentContext:
    """Return the program of bank A, joined with B and the exchange, with the faster road where its store has one."""
    names = (ME, "bank-b", EXCHANGE_ID)
    joined = [participant(name, "L2") for name in names]
    trust = Trust(joined, [officer(name, one) for name in names for one in (OFFICER, COLLEAGUE)])
    pack = load_pack("kz-demo")
    core = reference_core(store, ME)
    same = Wording(kk="A", ru="A", en="A")
    agent = agent_of(store, setting_for(keyring(ME), trust, pack), core)
    return AgentContext(
        agent=replace(agent, book_first=book_simple_runs if isinstance(store, PostgresStore) else None),
        core=core,
        clock=StandingClock(),
        pack=pack,
        catalogue=load_catalogue(),
        keyring=keyring(ME),
        bank=BankProfile(name=same, phone="", branch=same, officers=()),
        participants={one.participant_id: one for one in joined},
        is_demonstration=True,
        base_path="",
        core_key=None if core_key is None else verifier(core_key.public),
    )


def app_of(context: AgentContext, fast_from: int = FAST_BATCH_MIN) -> Litestar:
    return Litestar(
        [
            *message_routes(lambda texts: context.agent.peer.receive(texts, context.clock.now()), context.clock),
            *entries_routes(context, fast_from),
        ],
        openapi_config=None,
    )


def opened(account_id: str = SECRET, opening: int = 0, currency: str = "KZT") -> OpenedAccount:
    return OpenedAccount(
        account_id=AccountId(account_id),
        kind=AccountKind.personal,
        currency=currency,
        is_natural_person=True,
        opening_minor=opening,
    )


def credit(entry_no: int, amount: int = 100, account_id: str = SECRET, **fields: Any) -> AccountEntry:
    told: dict[str, Any] = {
        "kind": EntryKind.credit,
        "currency": "KZT",
        "booked_at": START,
        "transfer_ref": TransferRef(f"{account_id}/{entry_no}"),
        "counterparty": ParticipantId("bank-b"),
    }
    return AccountEntry(account_id=AccountId(account_id), entry_no=entry_no, amount_minor=amount, **{**told, **fields})


def as_json(entry: AccountEntry) -> dict[str, object]:
    return {name: value for name, value in asdict(entry).items() if value is not None}


def batch(batch_id: str, accounts: Sequence[OpenedAccount], entries: Sequence[AccountEntry]) -> bytes:
    """Return the payload of a JSON batch."""
    opened_told = [asdict(one) for one in accounts]
    return to_json({"batch_id": batch_id, "opened": opened_told, "entries": [as_json(one) for one in entries]})


class BankCore:
    """What a bank's core does: it signs, and sends."""

    def __init__(
        self,
        context: AgentContext,
        *,
        key: SigningKey = CORE_KEY,
        key_id: str = f"{ME}#core",
        fast_from: int = FAST_BATCH_MIN,
    ) -> None:
        self.context = context
        self.client: TestClient[Litestar] = TestClient(app_of(context, fast_from))
        self._key = key
        self._key_id = key_id

    def signed(self, payload: bytes) -> str:
        return jws.sign(payload, self._key_id, self._key.signer())

    def post(self, payload: bytes, **headers: str) -> Any:
        """Send a payload as it is, signed."""
        return self.raw(self.signed(payload).encode(), "application/jose", **headers)

    def send(self, batch_id: str, accounts: Sequence[OpenedAccount], entries: Sequence[AccountEntry]) -> Any:
        return self.post(batch(batch_id, accounts, entries))

    def csv(self, batch_id: str, entries: Sequence[AccountEntry] | bytes) -> Any:
        body = entries if isinstance(entries, bytes) else format_entries(entries).encode()
        return self.file(batch_id, body, "text/csv; charset=utf-8")

    def file(self, batch_id: str, body: bytes, media: str) -> Any:
        return self.raw(body, media, **{"Tarazy-Signature": self.beside(batch_id, body)})

    def beside(self, batch_id: str, body: bytes) -> str:
        return self.signed(to_json({"batch_id": batch_id, "sha256": sha256(body).hexdigest()}))

    def raw(self, body: Any, media: str, **headers: str) -> Any:
        return self.client.post("/v1/entries", content=body, headers={"Content-Type": media, **headers})

    def ask(self, *account_ids: str, at: Instant = START) -> Any:
        asked = self.signed(to_json({"account_ids": account_ids, "at": at}))
        return self.client.get("/v1/entries/position", headers={"Tarazy-Signature": asked})


REMEDIES: Final = {
    ("messages", "method_not_taken"): "Send your messages with POST.",
    ("messages", "content_type_not_taken"): "Send application/json, not compressed.",
    ("messages", "batch_too_large"): rf"Send at most {BATCH_BYTES_MAX} bytes, and the other messages in another batch.",
    ("messages", "batch_malformed"): rf".+\. Send {{\"messages\": .+}} with at most {BATCH_MESSAGES_MAX} messages.",
    ("messages", "store_away"): "Send the same messages again in a moment.",
    ("entries", "content_type_not_taken"): "Send one of application/jose, text/csv, application/xml, not compressed.",
    ("entries", "batch_too_large"): r"Send at most \d+ bytes as [a-z/]+, and the other entries in another batch.",
    ("entries", "batch_not_readable"): (
        r".+: expected .+\. Nothing was taken. Repair this place and send the whole batch again."
    ),
    ("entries", "batch_known_with_other_content"): (
        r".+\. (Give the new content an id of its own|There is nothing left to do)."
    ),
    ("entries", "nothing_taken"): (
        "Nothing of the batch was taken. Repair the places that are named and send the whole batch again."
    ),
    ("entries", "signature_refused"): (
        r".+\. Nothing was taken. See the guide for participants, 'Signing what you send'."
    ),
    ("entries", "core_key_missing"): (
        "Put the core's public key into this agent's configuration, as core_key, and start it again."
    ),
    ("entries", "store_away"): (
        "Nothing was taken. Send the same again in a moment: under the same id it is taken once."
    ),
}
"""What whoever is refused at a door is told to do, as a pattern; what is wrong stands before it."""


def rows(store: Store) -> dict[str, list[Any]]:
    """Return everything that the agent keeps, but what it has refused."""
    tables = [table for table in AGENT_TABLES if table.name != "refused_messages"]
    return {table.name: store.run(lambda tx, table=table: tx.find(table)) for table in tables}  # type: ignore[misc]


def check_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """Examine that this is a problem document that says what to do, and that it repeats nothing of a person."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    check_document(body, response.request.url.path, status, code)
    assert SECRET not in response.text
    assert "SECRET" not in response.text
    return body


def check_document(body: dict[str, Any], path: str, status: int, code: str) -> None:
    """Examine what a problem document of a door says, and that it ends with what to do."""
    assert body["type"] == f"urn:tarazy:problem:{code}"
    assert body["status"] == status
    assert body["title"]
    remedy = REMEDIES[path.split("/")[2], code]
    assert re.fullmatch(remedy, body["detail"], re.DOTALL), body["detail"]
