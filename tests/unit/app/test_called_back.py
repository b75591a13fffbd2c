"""I6 across a border: what stood on something unlawful is called back in the moment in which that is locked."""

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Final

import pytest

from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.postgres.embedded import EmbeddedServer
from tarazy.adapters.postgres.migrations import migrate
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.app.appeal_records import Appeal
from tarazy.app.going_along import measures_go_along
from tarazy.app.locking import lock_material, of_measure
from tarazy.app.measure_records import DEADLINES, MATERIAL_LOCKS, Motion
from tarazy.app.records import EVENTS, Event
from tarazy.app.sharing_records import SHARINGS, Sharing, travelling_record
from tarazy.app.sharings import decide_sharing, expire_sharings
from tarazy.app.store import Condition, Transaction
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealOutcome
from tarazy.domain.deadline import DeadlineStatus
from tarazy.domain.measure import MeasureEnd, MeasureStatus
from tarazy.domain.motion import LineDecision
from tarazy.domain.rejection import Rejection
from tarazy.domain.sharing import FellFor, SharingStatus
from tarazy.law.assessment import AssertionKind, Fact
from tarazy.protocol.statement import Act
from tarazy.values.ids import CaseId
from tarazy.values.replacing import replace
from tests.contract.acting import SOMEBODY_WAITS, WAIT_SECONDS_MAX, until
from tests.measuring import ask, begin, case_of, court, decide, fact_from, grants, measures, registered
from tests.postgres import fresh_database
from tests.story import StoreFor, robbed
from tests.story_reading import bank_hold
from tests.unit.app.test_appeals import appealed, decided_here, reviewed
from tests.unit.app.test_found_locked import carried_by_a_judge, filed, resting_on
from tests.unit.app.test_sharings import Border, why

UNLAWFUL: Final = AppealOutcome.measure_unlawful


class Abroad(Border):
    """A case with an investigator's measure upon the mule's money, and data of it that go abroad."""

    def __init__(self, store_for: StoreFor) -> None:
        network = robbed(store_for)
        network.report("t1")
        registered(network, case_of(network))
        begin(network, case_of(network))
        network.settle()
        super().__init__(network=network)
        self.first = measures(network)[0].measure_id
        self._appeal: Appeal | None = None

    def found_unlawful(self) -> None:
        """Let the prosecutor find the investigator's measure unlawful."""
        reviewed(self.network, self._appeal or appealed(self.network), UNLAWFUL)
        self.network.settle()

    def appealed_before(self) -> None:
        """Let the holder appeal before a judge carries the measure on."""
        self._appeal = appealed(self.network)

    def said(self, kind: str) -> list[Event]:
        """Return the events of a kind."""
        return list(self.network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", kind)))

    @property
    def locked(self) -> set[str]:
        """What is locked."""
        return {one.subject_id for one in self.network.rows(EXCHANGE_ID, MATERIAL_LOCKS)}


@pytest.fixture
def abroad(store_for: StoreFor) -> Abroad:
    return Abroad(store_for)


def test_data_that_came_of_an_unlawful_measure_are_called_back_at_once(abroad: Abroad) -> None:
    one = abroad.sent(came_of=(abroad.first,))
    abroad.found_unlawful()
    row = abroad.row(one)
    assert (row.status, row.fell_for, row.fell_with) == (
        SharingStatus.recalled,
        FellFor.material_locked,
        abroad.first,
    )
    [told], [locked] = (
        abroad.said("sharing_recalled"),
        [event for event in abroad.said("material_locked") if event.subject_id == abroad.first],
    )
    assert (told.details["why"], told.details["because"]) == ("material_locked", abroad.first)
    assert told.at == locked.at == row.recalled_at, "in the same transaction"
    of_it = Condition("subject_id", "=", one.sharing_id), Condition("duty", "=", "confirm_erasure")
    [due] = abroad.network.rows(EXCHANGE_ID, DEADLINES, *of_it)
    assert (due.status, due.owner_participant_id, due.if_missed) == (DeadlineStatus.open, "police", "alerts")
    travels = json.loads(travelling_record(row) or "")
    assert (travels["is_recalled"], travels["is_inadmissible"]) == (True, True)
    assert isinstance(abroad.do("erase", one), Sharing)
    assert abroad.due(one, "confirm_erasure") is DeadlineStatus.met


def test_what_an_authority_refused_as_unlawful_calls_back_as_well(abroad: Abroad) -> None:
    one = abroad.sent(came_of=(abroad.first,))
    motion = ask(abroad.network, abroad.case_id)
    assert isinstance(motion, Motion)
    court(abroad.network)
    decide(abroad.network, motion, grants(abroad.network, motion, [LineDecision.struck], unlawful=True))
    assert abroad.row(one).status is SharingStatus.recalled


def test_what_was_only_proposed_is_refused_and_authorised_by_nobody(abroad: Abroad) -> None:
    one = abroad.propose(came_of=(abroad.first,))
    assert isinstance(one, Sharing)
    abroad.found_unlawful()
    row = abroad.row(one)
    assert (row.status, row.fell_for) == (SharingStatus.refused, FellFor.material_locked)
    assert why(abroad.decide(one)) is Rejection.sharing_has_ended
    [told] = abroad.said("sharing_refused")
    assert told.details["because"] == abroad.first
    assert one.sharing_id not in abroad.locked, "nothing came of what was never sent"


def test_what_was_proposed_in_the_very_moment_is_not_authorised(abroad: Abroad) -> None:
    one = abroad.propose(came_of=(abroad.first,))
    assert isinstance(one, Sharing)
    abroad.found_unlawful()
    abroad.network.at(EXCHANGE_ID, lambda tx, _: tx.put(SHARINGS, one))  # its transaction ended a moment later
    assert why(abroad.decide(one)) is Rejection.source_not_open


def test_facts_of_a_case_name_themselves(abroad: Abroad) -> None:
    fact_from(abroad.network, abroad.first)
    fact_from(abroad.network, "paper 7 of the case", "fa-2")
    facts = {"data": ("facts_of_case",), "assertion_kinds": ("fact",), "accuracy_marks": ("reported",)}
    one = abroad.sent(**facts)
    assert one.came_of == ("fa-1", "fa-2")
    abroad.found_unlawful()
    assert abroad.row(one).fell_for is FellFor.material_locked


def test_on_other_lawful_grounds_it_stands_and_on_those_alone(abroad: Abroad) -> None:
    fact_from(abroad.network, "paper 7 of the case", "fa-2")
    both, alone = abroad.sent(rests_on=(abroad.first, "fa-2")), abroad.sent(rests_on=(abroad.first,))
    abroad.found_unlawful()
    assert (abroad.row(both).status, abroad.row(both).rests_on) == (SharingStatus.sent, ("fa-2",))
    assert (abroad.row(alone).status, abroad.row(alone).fell_for) == (SharingStatus.recalled, FellFor.ground_locked)
    [anew] = abroad.said("sharing_reexamined")
    assert (anew.subject_id, anew.details["because"]) == (both.sharing_id, abroad.first)


def test_a_proposal_on_other_lawful_grounds_may_still_be_authorised(abroad: Abroad) -> None:
    fact_from(abroad.network, "paper 7 of the case", "fa-2")
    one = abroad.propose(rests_on=(abroad.first, "fa-2"))
    assert isinstance(one, Sharing)
    abroad.found_unlawful()
    sent = abroad.decide(one)
    assert isinstance(sent, Sharing)
    assert (sent.status, sent.rests_on) == (SharingStatus.sent, ("fa-2",))


def test_what_the_law_does_not_carry_on_the_rest_falls(abroad: Abroad) -> None:
    fact_from(abroad.network, "paper 7 of the case", "fa-2")
    one = abroad.sent(rests_on=(abroad.first, "fa-2"))
    no_offence = replace(one, offence_id="an-offence-of-the-past")
    abroad.network.at(EXCHANGE_ID, lambda tx, _: tx.put(SHARINGS, no_offence))
    abroad.found_unlawful()
    assert abroad.row(one).fell_for is FellFor.ground_locked


def test_what_came_of_nothing_unlawful_stays(abroad: Abroad) -> None:
    fact_from(abroad.network, "paper 7 of the case", "fa-2")
    lawful = [abroad.sent(), abroad.sent(hours=24, came_of=("fa-2",), rests_on=("fa-2",))]
    abroad.found_unlawful()
    assert [abroad.row(one).status for one in lawful] == [SharingStatus.sent] * 2
    assert abroad.said("sharing_recalled") == abroad.said("sharing_reexamined") == []


def test_after_it_is_locked_nothing_new_comes_of_it(abroad: Abroad) -> None:
    fact_from(abroad.network, abroad.first)
    abroad.found_unlawful()
    for named in (abroad.first, "fa-1"):
        assert why(abroad.propose(came_of=(named,))) is Rejection.source_not_open
        assert why(abroad.propose(rests_on=(named,))) is Rejection.source_not_open


def test_a_banks_unlawful_pause_calls_back_too(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.report("t1")
    registered(network, case_of(network))
    border = Border(network=network)
    one = border.sent(came_of=(bank_hold(network, "mule").hold_id,))
    decided_here(network, appealed(network), UNLAWFUL)
    assert (border.row(one).status, border.row(one).fell_for) == (SharingStatus.recalled, FellFor.material_locked)


def test_what_falls_later_on_locked_facts_calls_back_what_came_of_it(abroad: Abroad) -> None:
    network = abroad.network
    fact_from(network, abroad.first)
    abroad.appealed_before()
    carried_by_a_judge(network)
    [second] = measures(network, "M9")
    one = abroad.sent(came_of=(second.measure_id,))
    resting_on(network, second, Fact(kind=AssertionKind.fact, code="account_opened_lately", source=abroad.first))
    abroad.found_unlawful()
    [second] = measures(network, "M9")
    assert second.end is MeasureEnd.facts_locked
    assert (abroad.row(one).status, abroad.row(one).fell_with) == (SharingStatus.recalled, second.measure_id)


def test_what_came_back_for_it_is_locked_with_it_and_so_is_what_rests_on_that(abroad: Abroad) -> None:
    network = abroad.network
    abroad.appealed_before()
    filed(network)
    one = abroad.sent(came_of=(abroad.first,))
    fact_from(network, one.sharing_id, "fa-3")
    other = abroad.sent(hours=24, came_of=("fa-3",))
    [waiting] = measures(network, "M9")
    resting_on(network, waiting, Fact(kind=AssertionKind.fact, code="account_opened_lately", source=one.sharing_id))
    abroad.found_unlawful()
    assert {one.sharing_id, "fa-3", other.sharing_id} <= abroad.locked
    assert (abroad.row(other).status, abroad.row(other).fell_with) == (SharingStatus.recalled, one.sharing_id)
    [waiting] = measures(network, "M9")
    assert (waiting.status, waiting.end) == (MeasureStatus.lifted, MeasureEnd.facts_locked)


def test_it_falls_once(abroad: Abroad) -> None:
    one = abroad.sent(came_of=(abroad.first,))
    abroad.found_unlawful()
    row, [first] = abroad.row(one), measures(abroad.network)
    abroad.network.now = abroad.network.now.plus(timedelta(hours=1))
    end = MeasureEnd.overturned_on_appeal
    abroad.network.at(EXCHANGE_ID, lambda tx, now: lock_material(tx, of_measure(first), end, now))
    assert abroad.row(one) == row
    assert len(abroad.said("sharing_recalled")) == 1
    assert len(abroad.network.rows(EXCHANGE_ID, DEADLINES, Condition("duty", "=", "confirm_erasure"))) == 1


def test_after_its_end_it_is_called_back_and_the_time_to_erase_runs_on(abroad: Abroad) -> None:
    one = abroad.sent(came_of=(abroad.first,), hours=1)
    abroad.network.now = abroad.network.now.plus(timedelta(hours=2))
    assert abroad.network.at(EXCHANGE_ID, expire_sharings) == 1
    [due] = abroad.network.rows(EXCHANGE_ID, DEADLINES, Condition("duty", "=", "confirm_erasure"))
    abroad.network.now = abroad.network.now.plus(timedelta(hours=1))
    abroad.found_unlawful()
    assert abroad.row(one).status is SharingStatus.recalled
    assert abroad.network.rows(EXCHANGE_ID, DEADLINES, Condition("duty", "=", "confirm_erasure")) == [due]


@pytest.mark.parametrize("act", ["recall", "erase"])
def test_what_was_called_back_or_erased_before_bears_the_mark(abroad: Abroad, act: str) -> None:
    one = abroad.sent(came_of=(abroad.first,))
    fact_from(abroad.network, one.sharing_id, "fa-3")
    before: Any = abroad.do(act, one)
    abroad.found_unlawful()
    after = abroad.row(one)
    assert (after.status, after.recalled_at, after.recall_reasons) == (
        before.status,
        before.recalled_at,
        before.recall_reasons,
    )
    assert after.fell_for is FellFor.material_locked
    assert "fa-3" in abroad.locked, "nobody keeps what came back by calling back first"
    assert len(abroad.said("sharing_recalled")) == (act == "recall")


def test_in_the_case_that_its_case_joined_it_is_called_back_too(abroad: Abroad) -> None:
    one, other = abroad.sent(came_of=(abroad.first,)), CaseId("ca_other")
    appeal = appealed(abroad.network)
    abroad.network.at(EXCHANGE_ID, lambda tx, _: measures_go_along(tx, abroad.case_id, other))
    [first] = measures(abroad.network)
    end = MeasureEnd.overturned_on_appeal
    abroad.network.at(EXCHANGE_ID, lambda tx, now: lock_material(tx, of_measure(first), end, now))
    assert (appeal.case_id, abroad.row(one).case_id) == (abroad.case_id, other)
    assert abroad.row(one).status is SharingStatus.recalled


@pytest.fixture
def exchange(postgres_server: EmbeddedServer) -> Iterator[tuple[PostgresStore, str]]:
    """An exchange's database that several may use at once."""
    with fresh_database(postgres_server) as url:
        migrate(url, "exchange")
        store = PostgresStore(url, connections_max=3)
        yield store, url
        store.close()


@pytest.mark.postgres
def test_what_is_authorised_while_it_is_being_locked_does_not_stay_abroad(exchange: tuple[PostgresStore, str]) -> None:
    """The one who locks waits for the one who authorises, and then sees what was sent."""
    store, url = exchange
    abroad = Abroad(lambda name: store if name == EXCHANGE_ID else MemoryStore())
    one = abroad.propose(came_of=(abroad.first,))
    assert isinstance(one, Sharing)
    [first] = measures(abroad.network)
    terms, setting = (("to_body", one.to_body), ("granted", "yes")), abroad.network.setting(EXCHANGE_ID)
    by, end = abroad.by("prosecutor", Act.decide_sharing, one.sharing_id, terms), MeasureEnd.overturned_on_appeal
    with ThreadPoolExecutor(1) as others:

        def authorised(tx: Transaction) -> Future[int]:
            assert isinstance(decide_sharing(tx, one.sharing_id, by, setting, is_granted=True), Sharing)
            locking = others.submit(store.run, lambda beside: lock_material(beside, of_measure(first), end, setting))
            until(url, SOMEBODY_WAITS)
            return locking

        store.run(authorised).result(WAIT_SECONDS_MAX)
    row = abroad.row(one)
    assert row.sent_at is not None
    assert (row.status, row.fell_for) == (SharingStatus.recalled, FellFor.material_locked)
