"""What an assistant writes down for somebody stands under their signature, read back, and the exchange checks that."""

from typing import Any

import msgspec
import pytest

from tarazy.agent.appeals import LOCAL_APPEALS, NOT_TAKEN, LodgeAppeal, lodge_appeal
from tarazy.agent.completing import CompleteAppeal, complete_appeal
from tarazy.app.appeal_records import APPEALS
from tarazy.app.messages import OUTBOX
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import ASSISTED, AppealRoad, AppealStatus, Appellant
from tarazy.domain.rejection import Rejection
from tarazy.protocol import jws
from tarazy.protocol.appeal_bodies import AppealLodged
from tarazy.protocol.statement import Act, Statement
from tarazy.protocol.wire import from_json
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace
from tests.story import Network, StoreFor, robbed
from tests.story_people import COLLEAGUE, OFFICER
from tests.story_reading import bank_hold
from tests.unit.app.speaking import envelope_of, tell


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    network = robbed(store_for)
    network.report("t1")
    return network


def said(network: Network, road: AppealRoad = AppealRoad.phone) -> LodgeAppeal:
    return LodgeAppeal(
        hold_id=bank_hold(network, "mule").hold_id,
        appellant=Appellant.holder,
        road=road,
        is_identified=True,
        grounds=("good_faith",),
        words="It is my salary.",
        was_read_back=True,
    )


def lodge(network: Network, command: LodgeAppeal, *, is_signed: bool = True) -> object:
    by = network.officer("bank-b", COLLEAGUE) if is_signed else None
    return network.at("bank-b", lambda tx, now: lodge_appeal(tx, command, EXCHANGE_ID, now, by=by))


def sent(network: Network) -> AppealLodged:
    [row] = network.rows("bank-b", OUTBOX, Condition("kind", "=", "appeal_lodged"))
    body = envelope_of(row.text).body
    assert isinstance(body, AppealLodged)
    return body


@pytest.mark.parametrize("road", sorted(ASSISTED))
def test_it_is_kept_with_the_assistants_statement_and_without_reasons_of_theirs(
    network: Network, road: AppealRoad
) -> None:
    lodge(network, said(network, road))
    network.settle()
    [appeal] = network.rows(EXCHANGE_ID, APPEALS)
    assert appeal.lodged_statement is not None
    statement = from_json(jws.read(appeal.lodged_statement).payload, Statement)
    assert (statement.act, statement.officer_id, statement.subject_id) == (
        Act.lodge_appeal,
        COLLEAGUE,
        appeal.appeal_id,
    )
    assert ("was_read_back", "yes") in statement.terms
    assert "salary" not in repr(statement)
    [local] = network.rows("bank-b", LOCAL_APPEALS)
    assert local.entered_by == COLLEAGUE


def test_nothing_goes_on_that_was_not_read_back(network: Network) -> None:
    unread = replace(said(network), was_read_back=False)
    assert lodge(network, unread) is Rejection.appeal_not_read_back
    assert network.rows("bank-b", LOCAL_APPEALS) == []


@pytest.mark.parametrize("road", sorted(ASSISTED))
def test_nobody_writes_down_without_a_name(network: Network, road: AppealRoad) -> None:
    assert lodge(network, said(network, road), is_signed=False) is Rejection.officer_not_entitled


def test_whoever_appeals_in_the_app_needs_nobodys_signature_and_nobody_signs_for_them(network: Network) -> None:
    own = replace(said(network, AppealRoad.app), was_read_back=False)
    assert lodge(network, own) is Rejection.officer_not_entitled
    assert not isinstance(lodge(network, own, is_signed=False), Rejection)
    network.settle()
    [appeal] = network.rows(EXCHANGE_ID, APPEALS)
    assert appeal.lodged_statement is None


def changed(body: AppealLodged, **change: Any) -> AppealLodged:
    return msgspec.structs.replace(body, **change)


@pytest.mark.parametrize(
    "change",
    [
        {"statement": ""},
        {"learned_at": Instant.parse("2026-11-22T05:00:00Z")},
        {"before_appeal_id": "ap_none"},
        {"grounds": ()},
        {"appellant": "counsel"},
        {"road": "branch"},
        {"is_identified": False},
        {"sealed_words": "c2VhbGVkIGFnYWlu"},
        {"road": "app"},
    ],
)
def test_the_exchange_takes_nothing_that_was_not_signed_so(network: Network, change: dict[str, Any]) -> None:
    lodge(network, said(network))
    body = changed(sent(network), **change)
    assert tell(network, "bank-b", body, "ms-changed-appeal").refusal == Rejection.statement_does_not_stand
    assert network.rows(EXCHANGE_ID, APPEALS) == []


def test_the_exchange_takes_nothing_that_was_not_read_back(network: Network) -> None:
    lodge(network, said(network))
    unread = changed(sent(network), was_read_back=False)
    text = network.statement("bank-b", Act.lodge_appeal, unread.appeal_id, unread.terms(), reasons="")
    result = tell(network, "bank-b", changed(unread, statement=text), "ms-unread-appeal")
    assert result.refusal == Rejection.appeal_not_read_back


def test_what_another_bank_has_signed_is_nothing(network: Network) -> None:
    lodge(network, said(network))
    body = sent(network)
    theirs = network.statement("bank-c", Act.lodge_appeal, body.appeal_id, body.terms(), officer=OFFICER, reasons="")
    result = tell(network, "bank-b", changed(body, statement=theirs), "ms-their-appeal")
    assert result.refusal == Rejection.statement_does_not_stand


def test_what_was_signed_for_another_appeal_or_act_is_nothing(network: Network) -> None:
    lodge(network, said(network))
    body = sent(network)
    for act, subject in ((Act.lodge_appeal, "ap_other"), (Act.decide_appeal, body.appeal_id)):
        text = network.statement("bank-b", act, subject, body.terms())
        result = tell(network, "bank-b", changed(body, statement=text), f"ms-other-{subject}")
        assert result.refusal == Rejection.statement_does_not_stand


def wrongly_signed(network: Network, command: LodgeAppeal) -> object:
    """The bank's own program does not see that the key is another's: only the exchange does."""
    by = network.officer("bank-c", COLLEAGUE)
    done = network.at("bank-b", lambda tx, now: lodge_appeal(tx, command, EXCHANGE_ID, now, by=by))
    network.settle()
    return done


def test_what_the_exchange_has_not_taken_is_known_at_the_bank_and_sent_anew(network: Network) -> None:
    wrongly_signed(network, said(network))
    [local] = network.rows("bank-b", LOCAL_APPEALS)
    assert (local.state, local.not_taken_why) == (NOT_TAKEN, Rejection.statement_does_not_stand)
    assert network.rows(EXCHANGE_ID, APPEALS) == []
    assert not isinstance(lodge(network, said(network)), Rejection)
    network.settle()
    [appeal] = network.rows(EXCHANGE_ID, APPEALS)
    states = {one.appeal_id: one.state for one in network.rows("bank-b", LOCAL_APPEALS)}
    assert states == {local.appeal_id: NOT_TAKEN, appeal.appeal_id: AppealStatus.admitted}


def test_a_completion_that_was_not_taken_leaves_the_appeal_as_it_was_begun(network: Network) -> None:
    begun = replace(said(network, AppealRoad.code), is_identified=False, was_read_back=False)
    lodge(network, begun, is_signed=False)
    network.settle()
    [local] = network.rows("bank-b", LOCAL_APPEALS)
    command = CompleteAppeal(
        appeal_id=local.appeal_id,
        hold_id=local.hold_id,
        appellant=Appellant.holder,
        road=AppealRoad.branch,
        grounds=(),
        words="",
        was_read_back=True,
    )
    for bank in ("bank-c", "bank-b"):
        by = network.officer(bank, COLLEAGUE)
        network.at("bank-b", lambda tx, now, by=by: complete_appeal(tx, command, EXCHANGE_ID, now, by=by))
        network.wait(minutes=1)
        [local] = network.rows("bank-b", LOCAL_APPEALS)
        assert local.is_identified is (bank == "bank-b")
        assert (local.completed_at is None) is (bank == "bank-c")
        assert local.not_taken_why is None
