"""Batches of entries over HTTP, as a core sends them, well and badly."""

from typing import Any

import pytest

from tarazy.adapters.keys import SigningKey
from tarazy.adapters.memory import MemoryStore
from tarazy.agent.batch_form import EntryTold
from tarazy.agent.feed.csv_entries import COLUMNS, format_entries
from tarazy.agent.records import ACCOUNTS, CREDITS, ENTRY_BATCHES, WAITING_ENTRIES
from tarazy.app.messages import REFUSED_MESSAGES
from tarazy.app.store import Store, StoreAway
from tarazy.domain.entry import EntryKind, ExitKind
from tarazy.edge.entries_api import FAST_BATCH_MIN
from tarazy.protocol.wire import to_json
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace
from tests.story_stores import StoryDatabases, story_databases
from tests.unit.agent.feed.documents import Payment, pacs_008
from tests.unit.edge.bank_core import (
    ME,
    SECRET,
    BankCore,
    as_json,
    batch,
    check_problem,
    context_of,
    credit,
    opened,
    rows,
)

__all__ = ["story_databases"]

ON_POSTGRES = pytest.mark.postgres


@pytest.fixture(
    params=["memory", pytest.param("general", marks=ON_POSTGRES), pytest.param("fast", marks=ON_POSTGRES)],
)
def road(request: pytest.FixtureRequest) -> str:
    """In memory; on PostgreSQL, where batches as small as these take the general road; there on the faster road."""
    return str(request.param)


@pytest.fixture
def store(road: str, request: pytest.FixtureRequest) -> Store:
    if road == "memory":
        return MemoryStore()
    databases: StoryDatabases = request.getfixturevalue("story_databases")
    return databases.empty(ME)


@pytest.fixture
def core(road: str, store: Store) -> BankCore:
    return BankCore(context_of(store), fast_from=1 if road == "fast" else FAST_BATCH_MIN)


def count(store: Store, table: Any) -> int:
    return len(store.run(lambda tx: tx.find(table)))


def test_a_signed_batch_is_booked_and_answered(core: BankCore, store: Store) -> None:
    answer = core.send("b-0001", [opened(opening=50)], [credit(1), credit(2)])
    assert answer.status_code == 200
    assert answer.json() == {
        "batch_id": "b-0001",
        "taken": 2,
        "passed_over": 0,
        "refused": 0,
        "waiting": [],
        "faults": [],
    }
    line = store.run(lambda tx: tx.get(ACCOUNTS, SECRET))
    assert line is not None
    assert (line.entry_no, line.balance_minor) == (2, 250)


def test_json_names_every_field_of_an_entry_and_no_other() -> None:
    assert EntryTold.__struct_fields__ == COLUMNS


def test_the_same_batch_gets_the_answer_that_was_given(core: BankCore, store: Store) -> None:
    first = core.send("b-0001", [opened()], [credit(1), credit(3)])
    core.send("b-0002", [], [credit(2)])
    before = rows(store)
    again = core.send("b-0001", [opened()], [credit(1), credit(3)])
    assert again.content == first.content
    assert rows(store) == before


def test_the_same_id_with_other_content_is_refused(core: BankCore, store: Store) -> None:
    core.send("b-0001", [opened()], [credit(1)])
    before = rows(store)
    check_problem(core.send("b-0001", [], [credit(2)]), 409, "batch_known_with_other_content")
    check_problem(core.csv("b-0001", [credit(2)]), 409, "batch_known_with_other_content")
    assert rows(store) == before


def test_entries_sent_twice_under_other_ids_are_passed_over(core: BankCore, store: Store) -> None:
    core.send("b-0001", [opened()], [credit(1), credit(2)])
    answer = core.send("b-0002", [opened()], [credit(2), credit(3), credit(3)]).json()
    assert (answer["taken"], answer["passed_over"]) == (1, 2)
    assert count(store, CREDITS) == 3


def test_a_gap_is_waited_out_and_told(core: BankCore, store: Store) -> None:
    answer = core.send("b-0001", [opened(), opened("other")], [credit(1, account_id="other"), credit(3), credit(2 + 2)])
    assert answer.json()["waiting"] == [{"place": "entries[1]", "expected_no": 1, "kept": 2}]
    assert count(store, WAITING_ENTRIES) == 2
    answer = core.send("b-0002", [], [credit(2), credit(1)]).json()
    assert (answer["taken"], answer["waiting"]) == (2, [])
    assert core.ask(SECRET).json() == {"positions": [{"entry_no": 4, "is_behind": False}]}


def test_order_within_a_batch_does_not_matter(core: BankCore) -> None:
    answer = core.send("b-0001", [opened()], [credit(3), credit(1), credit(2)]).json()
    assert (answer["taken"], answer["waiting"]) == (3, [])


def test_what_fits_is_booked_and_what_does_not_is_named_by_its_place(core: BankCore, store: Store) -> None:
    entries = [credit(1, account_id="other"), credit(1, currency="USD"), credit(2), credit(1, account_id="nobody")]
    answer = core.send("b-0001", [opened(), opened("other")], entries)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["taken"], told["refused"]) == (1, 2)
    assert [(fault["place"], fault["entry_no"], fault["reason"]) for fault in told["faults"]] == [
        ("entries[1]", 1, "currency_of_account_differs"),
        ("entries[3]", 1, "account_unknown"),
    ]
    assert told["waiting"] == [{"place": "entries[1]", "expected_no": 1, "kept": 1}]
    assert SECRET not in answer.text
    assert "nobody" not in answer.text
    mended = core.send("b-0002", [], [credit(1)]).json()
    assert (mended["taken"], mended["waiting"]) == (1, [])
    assert count(store, CREDITS) == 3


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([credit(1, currency="USD")], "currency_of_account_differs"),
        ([credit(1, account_id="nobody"), credit(2, account_id="nobody")], "account_unknown"),
        ([credit(2, currency="EUR"), credit(3)], "currency_of_account_differs"),
    ],
)
def test_a_batch_of_which_nothing_fits_changes_nothing(
    core: BankCore, store: Store, entries: list[Any], reason: str
) -> None:
    core.send("b-0000", [opened()], [])
    before = rows(store)
    if entries[0].entry_no == 2:
        core.send("b-0001", [], [credit(1)])
        before = rows(store)
    body = check_problem(core.send("b-0002", [opened("new")], entries), 422, "nothing_taken")
    assert body["faults"][0]["place"] == "entries[0]"
    assert body["faults"][0]["reason"] == reason
    assert rows(store) == before


def test_a_transfer_is_credited_once(core: BankCore, store: Store) -> None:
    core.send("b-0001", [opened(), opened("other")], [credit(1)])
    before = rows(store)
    twin = credit(1, account_id="other", transfer_ref=credit(1).transfer_ref)
    body = check_problem(core.send("b-0002", [], [twin]), 422, "nothing_taken")
    assert body["faults"][0]["reason"] == "transfer_credited_twice"
    assert rows(store) == before


LATER = Instant.parse("2026-11-22T10:15:01+05:00")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"amount_minor": 0}, "entries[1]: amount_minor"),
        ({"amount_minor": -5}, "entries[1]: amount_minor"),
        ({"amount_minor": 2**62 + 1}, "entries[1]: amount_minor"),
        ({"amount_minor": 10**30}, "entries[1]: amount_minor"),
        ({"amount_minor": 1.5}, "entries[1]: amount_minor"),
        ({"amount_minor": "100"}, "entries[1]: amount_minor"),
        ({"amount_minor": None}, "entries[1]: amount_minor"),
        ({"entry_no": 0}, "entries[1]: entry_no"),
        ({"entry_no": 2**63}, "entries[1]: entry_no"),
        ({"entry_no": True}, "entries[1]: entry_no"),
        ({"currency": "kzt"}, "entries[1]: currency"),
        ({"currency": f"{SECRET}"}, "entries[1]: currency"),
        ({"kind": SECRET}, "entries[1]: kind"),
        ({"kind": "reserve"}, "entries[1]: hold_id"),
        ({"account_id": ""}, "entries[1]: account_id"),
        ({"account_id": f"{SECRET}\u0000"}, "entries[1]: account_id"),
        ({"account_id": f" {SECRET}"}, "entries[1]: account_id"),
        ({"account_id": SECRET * 9}, "entries[1]: account_id"),
        ({"transfer_ref": "\ud83d"}, "batch: JSON"),
        ({"transfer_ref": None}, "entries[1]: transfer_ref"),
        ({"booked_at": LATER}, "entries[1]: booked_at"),
        ({"booked_at": f"{SECRET}"}, "entries[1]: booked_at"),
        ({"booked_at": "2026-11-22T10:00:00"}, "entries[1]: booked_at"),
        ({"booked_at": "0001-01-01T00:00:00+14:00"}, "entries[1]: booked_at"),
        ({"booked_at": 1}, "entries[1]: booked_at"),
        ({"is_protected": "yes"}, "entries[1]: is_protected"),
        ({SECRET: 1}, "entries[1]"),
    ],
)
def test_an_entry_that_cannot_be_right_stops_its_batch(
    core: BankCore, store: Store, change: dict[str, Any], place: str
) -> None:
    core.send("b-0001", [opened(), opened("other")], [])
    before = rows(store)
    bad = {**as_json(credit(1)), **change}
    good = as_json(credit(1, account_id="other"))
    payload = to_json({"batch_id": "b-0002", "entries": [good, bad]}) if "\ud83d" not in change.values() else b""
    if not payload:
        payload = b'{"batch_id":"b-0002","entries":[{"account_id":"\xed\xa0\xbd"}]}'
    body = check_problem(core.post(payload), 422, "batch_not_readable")
    assert body["detail"].startswith(place)
    assert rows(store) == before


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'{"batch_id": "b-0002", "entries": [',
        b'{"batch_id": "b-0002"} {}',
        b'{"entries": []}',
        b'{"batch_id": "b"}',
        b'{"batch_id": "b-0002", "entries": {}}',
        b'{"batch_id": "b-0002", "account-of-a-person": 1}',
        b"[" * 50_000 + b"]" * 50_000,
        b'{"batch_id":' * 10_000 + b"1" + b"}" * 10_000,
        b'\xff\xfe{"batch_id": "b-0002"}',
    ],
    ids=range(13),
)
def test_json_that_is_none_changes_nothing(core: BankCore, store: Store, payload: bytes) -> None:
    before = rows(store)
    check_problem(core.post(payload), 422, "batch_not_readable")
    assert rows(store) == before


@pytest.mark.parametrize(
    ("accounts", "place"),
    [
        ([opened(), opened()], "opened[0]: account_id"),
        ([opened(), opened("other", opening=-1)], "opened[1]: opening_minor"),
        ([opened("\u2028")], "opened[0]: account_id"),
        ([replace(opened(), kind=SECRET)], "opened[0]: kind"),
    ],
)
def test_accounts_that_cannot_be_opened_stop_their_batch(
    core: BankCore, store: Store, accounts: list[Any], place: str
) -> None:
    body = check_problem(core.send("b-0001", accounts, []), 422, "batch_not_readable")
    assert body["detail"].startswith(place)
    assert count(store, ACCOUNTS) == 0


def test_an_account_opened_with_other_facts_is_a_fault(core: BankCore) -> None:
    core.send("b-0001", [opened()], [])
    body = check_problem(core.send("b-0002", [opened("new"), opened(currency="USD")], []), 422, "nothing_taken")
    assert body["faults"] == [
        {
            "place": "opened[1]",
            "entry_no": 0,
            "reason": "account_known_with_other_facts",
            "expected": "kind personal and currency KZT",
        }
    ]


def test_one_number_with_two_contents_stops_the_batch(core: BankCore, store: Store) -> None:
    body = check_problem(core.send("b-0001", [opened()], [credit(1), credit(1, 7)]), 422, "batch_not_readable")
    assert body["detail"].startswith("entries[1]: entry_no: expected a number that no earlier entry")
    assert count(store, ACCOUNTS) == 0


def test_amounts_that_no_line_can_hold_stop_the_batch(core: BankCore, store: Store) -> None:
    core.send("b-0001", [opened(opening=2**61)], [credit(1, 2**61)])
    before = rows(store)
    body = check_problem(core.send("b-0002", [], [credit(2, 2**61)]), 422, "batch_not_readable")
    assert body["detail"].startswith("entries[0]: amount_minor: expected amounts")
    assert rows(store) == before


# --- signatures


def test_what_the_core_has_not_signed_is_refused_and_recorded(store: Store) -> None:
    context = context_of(store)
    payload = batch("b-0001", [opened()], [credit(1)])
    stranger = BankCore(context, key=SigningKey(b"s" * 32))
    for response, reason in (
        (stranger.post(payload), "bad_signature"),
        (BankCore(context, key_id="bank-b#core").post(payload), "unknown_sender"),
        (BankCore(context, key_id="bank-a#1").post(payload), "unknown_sender"),
        (stranger.raw(b"not.a.signature", "application/jose"), "malformed"),
        (stranger.raw(payload, "application/jose"), "malformed"),
        (stranger.csv("b-0001", [credit(1)]), "bad_signature"),
        (stranger.raw(b"", "text/csv"), "malformed"),
        (stranger.raw(b"", "text/csv", **{"Tarazy-Signature": "x" * 20_000}), "too_large"),
        (stranger.ask(SECRET), "bad_signature"),
    ):
        assert check_problem(response, 403, "signature_refused")["reason"] == reason
    refused = store.run(lambda tx: tx.find(REFUSED_MESSAGES))
    assert len(refused) == 9
    assert all(SECRET not in row.place for row in refused)
    assert count(store, ACCOUNTS) == count(store, ENTRY_BATCHES) == 0


def test_a_file_under_the_signature_of_another_is_refused(core: BankCore, store: Store) -> None:
    signature = core.beside("b-0001", format_entries([credit(1)]).encode())
    changed = format_entries([credit(1, 1_000_000)]).encode()
    response = core.raw(changed, "text/csv", **{"Tarazy-Signature": signature})
    assert check_problem(response, 403, "signature_refused")["reason"] == "bad_signature"
    assert count(store, REFUSED_MESSAGES) == 1


def test_without_a_core_key_nothing_is_taken() -> None:
    core = BankCore(context_of(MemoryStore(), core_key=None))
    check_problem(core.send("b-0001", [opened()], [credit(1)]), 403, "core_key_missing")
    check_problem(core.csv("b-0001", [credit(1)]), 403, "core_key_missing")
    check_problem(core.ask(SECRET), 403, "core_key_missing")


@pytest.mark.parametrize("media", ["application/json", "text/plain", "", "application/josex", "multipart/form-data"])
def test_other_forms_are_not_taken(core: BankCore, media: str) -> None:
    check_problem(core.raw(b"{}", media), 415, "content_type_not_taken")


def test_compressed_bodies_are_not_taken(core: BankCore) -> None:
    payload = batch("b-0001", [opened()], [credit(1)])
    check_problem(core.post(payload, **{"Content-Encoding": "gzip"}), 415, "content_type_not_taken")


# --- files


def test_a_csv_file_is_taken_once(core: BankCore, store: Store) -> None:
    core.send("b-0001", [opened()], [])
    entries = [credit(1), credit(2), credit(4)]
    answer = core.csv("b-0002", entries)
    assert answer.json()["taken"] == 2
    assert answer.json()["waiting"] == [{"place": "line 2", "expected_no": 3, "kept": 1}]
    before = rows(store)
    assert core.csv("b-0002", entries).content == answer.content
    assert rows(store) == before


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "line 1: header"),
        (b"\xff", "line 1: encoding"),
        (format_entries([credit(1)]).encode().replace(b"100", b"-100"), "line 2: amount_minor"),
        (format_entries([credit(1)]).encode().replace(b"100", b"0"), "line 2: amount_minor"),
        (format_entries([credit(1), credit(1, 7)]).encode(), "line 3: entry_no"),
        (format_entries([credit(1, booked_at=LATER)]).encode(), "line 2: booked_at"),
    ],
)
def test_a_bad_csv_file_changes_nothing(core: BankCore, store: Store, body: bytes, detail: str) -> None:
    core.send("b-0001", [opened()], [])
    before = rows(store)
    assert check_problem(core.csv("b-0002", body), 422, "batch_not_readable")["detail"].startswith(detail)
    assert rows(store) == before


@pytest.mark.parametrize(
    ("changes", "reason", "expected"),
    [
        ({"currency": "USD"}, "currency_of_account_differs", "currency: expected KZT"),
        ({"account_id": "nobody"}, "account_unknown", "an opened account"),
    ],
)
def test_a_csv_file_of_which_nothing_fits_changes_nothing_and_names_its_line(
    core: BankCore, store: Store, changes: dict[str, Any], reason: str, expected: str
) -> None:
    core.send("b-0001", [opened()], [credit(1)])
    before = rows(store)
    body = check_problem(core.csv("b-0002", [credit(2, **changes)]), 422, "nothing_taken")
    assert body["faults"] == [{"place": "line 2", "entry_no": 2, "reason": reason, "expected": expected}]
    assert rows(store) == before
    assert core.csv("b-0003", [credit(2)]).json()["taken"] == 1


def test_what_fits_of_a_csv_file_is_booked_and_every_other_line_is_named(core: BankCore, store: Store) -> None:
    core.send("b-0001", [opened(), opened("other")], [])
    before = rows(store)[CREDITS.name]
    entries = [credit(1), credit(1, account_id="nobody"), credit(1, account_id="other", currency="USD")]
    told = core.csv("b-0002", entries).json()
    assert (told["taken"], told["refused"]) == (1, 2)
    assert sorted((fault["place"], fault["reason"]) for fault in told["faults"]) == [
        ("line 3", "account_unknown"),
        ("line 4", "currency_of_account_differs"),
    ]
    assert len(rows(store)[CREDITS.name]) == len(before) + 1


HOME = "8802"
FOREIGN = Payment(debtor_bic="DALAKZKA", creditor_bic="BANKAKZK", creditor_account=HOME)


def paid(**fields: Any) -> bytes:
    """Return a document of one payment from elsewhere to an account of bank A, which it names by its member id."""
    document = pacs_008(replace(FOREIGN, **fields), created_at="2026-11-22T09:30:00+05:00").decode()
    member = f"<ClrSysMmbId><MmbId>{ME}</MmbId></ClrSysMmbId>"
    return document.replace("<BICFI>BANKAKZK</BICFI>", member).encode()


def test_an_iso_document_gets_its_numbers_from_the_agent(core: BankCore, store: Store) -> None:
    core.send("b-0001", [opened(HOME)], [credit(1, account_id=HOME)])
    answer = core.file("b-0002", paid(), "application/xml")
    assert answer.json()["taken"] == 1, answer.text
    assert core.ask(HOME).json()["positions"] == [{"entry_no": 2, "is_behind": False}]
    assert core.file("b-0002", paid(), "application/xml").content == answer.content
    check_problem(core.file("b-0003", paid(), "application/xml"), 409, "batch_known_with_other_content")
    assert count(store, CREDITS) == 2


def test_an_iso_document_is_not_numbered_behind_a_gap(core: BankCore, store: Store) -> None:
    core.send("b-0001", [opened(HOME)], [credit(2, account_id=HOME)])
    before = rows(store)
    body = check_problem(core.file("b-0002", paid(), "application/xml"), 422, "batch_not_readable")
    assert "missing entries" in body["detail"]
    assert rows(store) == before


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(8))
    + b"]><Document>&i;</Document>"
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<Document>",
        BOMB,
        b'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x"><d/>',
        b"<a>" * 100_000,
        b"<a/>" * 800_000,
        paid(creditor_account="SECRET-9"),
        paid(amount="0.00"),
        paid(amount="-5.00"),
        paid(amount="1.001"),
        pacs_008(Payment(debtor_bic="DALAKZKA", creditor_bic="ORDAKZKA")),
    ],
    ids=range(11),
)
def test_a_bad_iso_document_changes_nothing(core: BankCore, store: Store, body: bytes) -> None:
    core.send("b-0001", [opened(HOME)], [])
    before = rows(store)
    check_problem(core.file("b-0002", body, "application/xml"), 422, "batch_not_readable")
    assert rows(store) == before


def test_a_wrong_currency_in_a_document_is_named_by_its_place(core: BankCore, store: Store) -> None:
    core.send("b-0001", [opened(HOME, currency="USD")], [])
    before = rows(store)
    body = check_problem(core.file("b-0002", paid(), "application/xml"), 422, "nothing_taken")
    assert body["faults"][0]["place"].endswith("CdtTrfTxInf[1]")
    assert rows(store) == before


# --- positions and the database


class AwayStore(MemoryStore):
    def run(self, work: Any) -> Any:
        raise StoreAway


def test_while_the_database_is_away_the_core_is_told_to_send_again() -> None:
    context = context_of(AwayStore())
    core = BankCore(context)
    stranger = BankCore(context, key=SigningKey(b"s" * 32))
    for response in (
        core.send("b-0001", [opened()], [credit(1)]),
        core.csv("b-0001", [credit(1)]),
        core.ask(SECRET),
        stranger.send("b-0001", [opened()], [credit(1)]),
    ):
        check_problem(response, 503, "store_away")
    messages = core.client.post("/v1/messages", json={"messages": []})
    check_problem(messages, 503, "store_away")


def test_positions_are_told_to_the_core_alone_and_in_its_order(core: BankCore) -> None:
    core.send("b-0001", [opened(), opened("other")], [credit(1), credit(3)])
    assert core.ask("nobody", SECRET, "other").json() == {
        "positions": [
            {"entry_no": None, "is_behind": False},
            {"entry_no": 1, "is_behind": True},
            {"entry_no": 0, "is_behind": False},
        ]
    }


def test_an_old_question_is_not_answered(core: BankCore) -> None:
    check_problem(core.ask(SECRET, at=Instant.parse("2026-11-22T09:54:00+05:00")), 403, "signature_refused")
    check_problem(core.ask(SECRET, at=LATER), 403, "signature_refused")


def test_kinds_that_answer_holds_are_taken_too(core: BankCore) -> None:
    spent = credit(2, kind=EntryKind.debit, exit_kind=ExitKind.cash, transfer_ref=None, counterparty=None)
    assert core.send("b-0001", [opened()], [credit(1), spent]).json()["taken"] == 2
