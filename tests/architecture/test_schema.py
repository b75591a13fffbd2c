"""The hand-written schema and the declared tables say the same, and the lines can be spread over many servers."""

import psycopg
import pytest

from tarazy.adapters.postgres.declared import schema_differences
from tarazy.adapters.postgres.migrations import migrate
from tarazy.adapters.sign_in_tables import SIGN_IN_TABLES
from tarazy.agent.appeals import LOCAL_APPEALS
from tarazy.agent.citizen_requests import CITIZEN_REQUESTS as CITIZEN_REQUESTS_AT_AGENT
from tarazy.agent.claim_records import CLAIM_TABLES
from tarazy.agent.confirming import REFUSED_CONFIRMATIONS
from tarazy.agent.consent import RETURN_OFFERS
from tarazy.agent.deferring import KEPT_DEFERRALS
from tarazy.agent.hearing_records import HEARING_TABLES
from tarazy.agent.holder_flags import HOLDER_FLAGS
from tarazy.agent.joining import ASKED_JOINS
from tarazy.agent.measure_records import HOLD_MEASURES
from tarazy.agent.paper_records import RELEASE_PAPERS
from tarazy.agent.pause_appeals import PAUSE_APPEALS
from tarazy.agent.pause_notices import PAUSE_NOTICES
from tarazy.agent.pause_records import PAUSE_ACTS, PAYMENT_PAUSES
from tarazy.agent.records import AGENT_TABLES, CONSUMPTIONS, CREDITS, HOLD_SEGMENTS
from tarazy.agent.reference_core import CORE_TABLES
from tarazy.agent.replies import HOLDER_REPLIES
from tarazy.agent.report_news import REPORT_NEWS, REPORT_NOTICES
from tarazy.agent.requests import CUSTOMER_REQUESTS
from tarazy.agent.trace_notices import TRACE_NOTICES
from tarazy.app.appeal_records import APPEAL_TABLES
from tarazy.app.citizen_requests import CITIZEN_REQUESTS
from tarazy.app.deferring import DEFERRALS
from tarazy.app.figures import FIGURES_TABLES
from tarazy.app.going_along import OF_A_CASE
from tarazy.app.hearing_records import HEARINGS
from tarazy.app.log_reading import LOG_POSITIONS
from tarazy.app.measure_records import MEASURE_TABLES
from tarazy.app.paper_records import PAPER_DECISIONS
from tarazy.app.records import EXCHANGE_TABLES
from tarazy.app.reexamining import EXAMINATIONS
from tarazy.app.sequencing import LOG_HEADS, LOG_NODES
from tarazy.app.sharing_records import SHARINGS
from tarazy.app.target_records import TARGETS
from tarazy.app.warning_victims import REPORTERS_TOLD


@pytest.mark.postgres_versions
def test_the_agents_schema_is_what_its_tables_declare(database_url: str) -> None:
    migrate(database_url, "agent")
    with psycopg.connect(database_url) as connection:
        assert (
            schema_differences(
                connection,
                (
                    *AGENT_TABLES,
                    *CORE_TABLES,
                    *SIGN_IN_TABLES,
                    CUSTOMER_REQUESTS,
                    CITIZEN_REQUESTS_AT_AGENT,
                    HOLDER_REPLIES,
                    RETURN_OFFERS,
                    REFUSED_CONFIRMATIONS,
                    REPORT_NEWS,
                    REPORT_NOTICES,
                    ASKED_JOINS,
                    HOLD_MEASURES,
                    LOCAL_APPEALS,
                    *CLAIM_TABLES,
                    *HEARING_TABLES,
                    RELEASE_PAPERS,
                    KEPT_DEFERRALS,
                    HOLDER_FLAGS,
                    TRACE_NOTICES,
                    PAYMENT_PAUSES,
                    PAUSE_ACTS,
                    PAUSE_NOTICES,
                    PAUSE_APPEALS,
                ),
            )
            == []
        )


@pytest.mark.postgres_versions
def test_the_exchanges_schema_is_what_its_tables_declare(database_url: str) -> None:
    migrate(database_url, "exchange")
    with psycopg.connect(database_url) as connection:
        assert (
            schema_differences(
                connection,
                (
                    *EXCHANGE_TABLES,
                    *SIGN_IN_TABLES,
                    *SIGN_IN_TABLES,
                    *MEASURE_TABLES,
                    *APPEAL_TABLES,
                    DEFERRALS,
                    EXAMINATIONS,
                    HEARINGS,
                    PAPER_DECISIONS,
                    *FIGURES_TABLES,
                    LOG_POSITIONS,
                    REPORTERS_TOLD,
                    TARGETS,
                    SHARINGS,
                    LOG_HEADS,
                    LOG_NODES,
                    CITIZEN_REQUESTS,
                ),
            )
            == []
        )


def test_migrating_again_changes_nothing(database_url: str) -> None:
    first = migrate(database_url, "exchange")
    assert first
    assert migrate(database_url, "exchange") == []


def test_every_unique_rule_of_a_line_begins_with_the_account(database_url: str) -> None:
    """Citus spreads a table by a column that is in each of its unique keys; no foreign key may cross."""
    migrate(database_url, "agent")
    tables = [CREDITS.name, CONSUMPTIONS.name, HOLD_SEGMENTS.name, "accounts"]
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            """
            SELECT t.relname, a.attname FROM pg_index i
            JOIN pg_class t ON t.oid = i.indrelid
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
            WHERE i.indisunique AND t.relname = ANY(%s)
            """,
            (tables,),
        ).fetchall()
        foreign = connection.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'f'").fetchone()
    assert {name for name, _ in rows} == set(tables)
    assert {column for _, column in rows} == {"account_id"}
    assert foreign == (0,)


LOOKED_AFTER = {"cases", "reports", "join_requests", "tracings", "pieces", "case_holds", "authorisations", "hearings"}
"""What a join of cases (`app.joining`) takes over itself."""
AS_IT_WAS = {"events", "refunds", "refund_parts", "case_figures"}
"""What is kept as it was decided or recorded, or is counted anew."""


def test_whatever_is_of_a_case_goes_along_when_the_case_joins_another(database_url: str) -> None:
    migrate(database_url, "exchange")
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT table_name FROM information_schema.columns WHERE column_name = 'case_id'")
        of_a_case = {name for (name,) in rows.fetchall()}
    assert of_a_case - {table.name for table in OF_A_CASE} - LOOKED_AFTER - AS_IT_WAS == set()
    assert {table.name for table in OF_A_CASE} <= of_a_case
