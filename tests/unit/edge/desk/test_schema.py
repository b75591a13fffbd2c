"""The pages on PostgreSQL: the tables of what people say in the app, and the same pages from either store."""

import psycopg

from tarazy.adapters.postgres.declared import schema_differences
from tarazy.adapters.postgres.migrations import migrate
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.agent.replies import HOLDER_REPLIES, ReplyChoice, replies_to, reply
from tarazy.agent.requests import (
    CUSTOMER_REQUESTS,
    CustomerRequest,
    SafeContact,
    Told,
    file_request,
    open_requests,
)
from tarazy.values.ids import AccountId, HoldId
from tests.story import StoreFor
from tests.story_people import START
from tests.unit.edge.desk.bank_story import OWN_REASONS, BankStory
from tests.unit.edge.desk.payments import paid


def test_tables_are_what_the_declarations_say(database_url: str) -> None:
    migrate(database_url, "agent")
    with psycopg.connect(database_url) as connection:
        assert schema_differences(connection, (CUSTOMER_REQUESTS, HOLDER_REPLIES)) == []


def test_requests_and_answers_are_read_as_they_were_written(database_url: str) -> None:
    migrate(database_url, "agent")
    store = PostgresStore(database_url, connections_max=2)
    told = (Told.not_my_payment, Told.code_given_away)
    filed = store.run(lambda tx: file_request(tx, paid("t1"), told, SafeContact.call, None, START))
    assert isinstance(filed, CustomerRequest)
    assert store.run(open_requests) == [filed]
    answer = store.run(lambda tx: reply(tx, HoldId("h"), AccountId("a"), ReplyChoice.mine, " mine ", START))
    assert answer is not None
    assert store.run(lambda tx: replies_to(tx, [HoldId("h")])) == [answer]
    store.close()


def test_pages_read_the_same_from_either_store(store_for: StoreFor) -> None:
    story = BankStory(store_for).opened().fraud()
    aigul = story.browser("bank-a").sign_in("aigul")
    aigul.post("/app/deceived/t1", told=["not_my_payment"], contact="call", step="send")
    assert aigul.get("/app/home").says("Your requests", "Before the bank's officer", "Transfer to Balkash Bank")
    assert story.browser("bank-a").sit_down().get("/desk/inbox").says("Customers ask for help", "I did not make")
    story.reported()
    desk = story.browser("bank-c").sit_down()
    assert desk.get("/desk/inbox").says("KZT 360,000.00", "−KZT 100,000.00 cash", "KZT 50,851.00")
    assert desk.post("/desk/payments", who="төлегенов").says("Данияр Төлегенов: outgoing payments")
    hold = story.hold_of("bank-c", "daniyar")
    assert desk.get(f"/desk/holds/{hold.hold_id}").says("held here KZT 60,000.00", "The holder was told of the hold.")
    assert desk.post(f"/desk/holds/{hold.hold_id}/confirm", reasons=OWN_REASONS).says("Confirmed: Данияр Төлегенов")
    assert story.browser("bank-c").sign_in("daniyar").get("/app/home").says("KZT 60,000.00 of your KZT 662,000.00")
