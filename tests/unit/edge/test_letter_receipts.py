"""A letter bears the receipt of its act: asked of a real exchange, proved by the bank itself, or honestly missing."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from litestar import Litestar

from tarazy.adapters.keys import derived_entropy, new_keyring
from tarazy.adapters.log_receipts import ReceiptsOfExchange
from tarazy.adapters.packs import load_pack
from tarazy.agent.hearing_records import HEARING_NOTICES
from tarazy.agent.records import SERVED_NOTICES
from tarazy.app.measure_records import Schedule
from tarazy.app.records import CASES, EVENTS
from tarazy.app.sequencing import LogSigner, sequence_events
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.edge.context import ExchangeContext
from tarazy.edge.documents.receipt_qr import receipt_line
from tarazy.edge.receipts import receipt_routes
from tarazy.texts.catalogue import Language
from tarazy.values.ids import HearingId, NoticeId
from tests.measuring import begin, registered
from tests.serving import serving
from tests.story import Network, keyring
from tests.unit.edge.desk.bank_story import BankStory, StoryClock
from tests.unit.edge.desk.test_paper_notices import CATALOGUE, asked, says, t
from tests.unit.edge.documents.pdf_reading import opened
from tests.unit.edge.documents.qr_reading import read_in

Serve = Callable[[Litestar], str]
OTHER = new_keyring(EXCHANGE_ID, [], derived_entropy(b"somebody else")).signing.public


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return what serves an application on the loopback and gives its address."""
    with serving() as start:
        yield start


def exchange_of(network: Network) -> tuple[Litestar, LogSigner]:
    """Return the exchange's receipts as it serves them, and the name and key of its log."""
    signing = keyring(EXCHANGE_ID).signing
    signer = LogSigner("log.tarazy.test", signing.signer(), signing.public)
    context = ExchangeContext(
        peer=network.exchange,
        clock=StoryClock(network),
        pack=load_pack("kz-demo"),
        catalogue=CATALOGUE,
        participants={},
        officers={},
        log_signer=signer,
        is_demonstration=True,
        base_path="",
    )
    return Litestar(receipt_routes(context), openapi_config=None), signer


def sequenced(network: Network, signer: LogSigner) -> None:
    while sequence_events(network.exchange.store, signer):
        pass


@contextmanager
def asking(story: BankStory, serve: Serve, key: bytes = keyring(EXCHANGE_ID).signing.public) -> Iterator[LogSigner]:
    """Let the banks of a story ask a served exchange, whose log they check with this key."""
    app, signer = exchange_of(story.network)
    story.receipts = ReceiptsOfExchange(serve(app), key)
    yield signer


@pytest.mark.parametrize("language", Language)
def test_a_letter_of_a_hold_bears_the_receipt_that_its_notice_was_served(language: Language, serve: Serve) -> None:
    story = BankStory().opened().fraud().reported()
    [notice] = story.network.rows("bank-c", SERVED_NOTICES, Condition("account_id", "=", "daniyar"))
    with asking(story, serve) as signer:
        sequenced(story.network, signer)
        assert story.receipts is not None
        found = story.receipts.of_notice(notice.notice_id)
        assert found is not None
        [event] = story.network.rows(EXCHANGE_ID, EVENTS, Condition("event_id", "=", found.event_id))
        assert (event.kind, event.details["notice"]) == ("notice_served", notice.notice_id)
        reader = story.browser("bank-c", language.value).sign_in("daniyar")
        file = reader.file(f"/app/notices/{notice.notice_id}.pdf")
    assert receipt_line(found.receipt, found.event_id).payload() in read_in(opened(file))
    assert says(file, found.event_id, found.receipt.leaf.hash().hex())
    assert not says(file, t("receipt.none", notice.language))


def test_each_notice_of_one_hold_has_the_receipt_of_its_own_serving(serve: Serve) -> None:
    story = BankStory().opened().fraud().reported()
    net = story.network
    [case] = net.rows(EXCHANGE_ID, CASES)
    registered(net, case.case_id)
    assert isinstance(begin(net, case.case_id), Schedule)
    net.settle()
    story.serve_notices()
    notices = net.rows("bank-c", SERVED_NOTICES, Condition("account_id", "=", "daniyar"), order=("served_at",))
    assert len(notices) == 2
    with asking(story, serve) as signer:
        sequenced(net, signer)
        assert story.receipts is not None
        for notice in notices:
            found = story.receipts.of_notice(notice.notice_id)
            assert found is not None
            [event] = net.rows(EXCHANGE_ID, EVENTS, Condition("event_id", "=", found.event_id))
            assert event.details["notice"] == notice.notice_id


def test_a_letter_of_a_hearing_bears_the_receipt_that_its_holder_was_told(serve: Serve) -> None:
    story = asked()
    [notice] = story.network.rows("bank-c", HEARING_NOTICES, Condition("account_id", "=", "olga"))
    with asking(story, serve) as signer:
        sequenced(story.network, signer)
        assert story.receipts is not None
        found = story.receipts.of_hearing(notice.hearing_id)
        assert found is not None
        file = story.browser("bank-c").sign_in("olga").file(f"/app/notices/{notice.notice_id}.pdf")
    assert receipt_line(found.receipt, found.event_id).payload() in read_in(opened(file))


def test_what_has_no_number_yet_has_no_receipt_and_the_letter_says_so(serve: Serve) -> None:
    story = BankStory().opened().fraud().reported()
    [notice] = story.network.rows("bank-c", SERVED_NOTICES, Condition("account_id", "=", "daniyar"))
    with asking(story, serve):
        file = story.browser("bank-c").sign_in("daniyar").file(f"/app/notices/{notice.notice_id}.pdf")
    assert says(file, t("receipt.none", notice.language))


def test_a_receipt_under_another_key_is_none(serve: Serve) -> None:
    story = BankStory().opened().fraud().reported()
    [notice] = story.network.rows("bank-c", SERVED_NOTICES, Condition("account_id", "=", "daniyar"))
    with asking(story, serve, OTHER) as signer:
        sequenced(story.network, signer)
        assert story.receipts is not None
        assert story.receipts.of_notice(notice.notice_id) is None


def test_nobody_is_led_to_what_is_not_there(serve: Serve) -> None:
    story = BankStory().opened().fraud().reported()
    with asking(story, serve) as signer:
        sequenced(story.network, signer)
        assert story.receipts is not None
        assert story.receipts.of_notice(NoticeId("nt_unknown")) is None
        assert story.receipts.of_notice(NoticeId("../../v1/receipts/x")) is None
        assert story.receipts.of_hearing(HearingId("he_unknown")) is None


def test_an_exchange_that_is_not_there_leaves_the_letter_without_a_receipt() -> None:
    story = BankStory().opened().fraud().reported()
    [notice] = story.network.rows("bank-c", SERVED_NOTICES, Condition("account_id", "=", "daniyar"))
    with socket.create_server(("127.0.0.1", 0)) as unheard:
        address = f"http://127.0.0.1:{unheard.getsockname()[1]}"
    story.receipts = ReceiptsOfExchange(address, OTHER)
    file = story.browser("bank-c").sign_in("daniyar").file(f"/app/notices/{notice.notice_id}.pdf")
    assert says(file, t("receipt.none", notice.language))
