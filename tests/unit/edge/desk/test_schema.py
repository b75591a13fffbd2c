"""What people say to their bank in the app has tables as they are declared."""

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
from tests.story_people import START
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
