"""What an officer signed is what is done: other figures, unknown facts and empty reasons are rejected with a place."""

from datetime import timedelta

import msgspec
import pytest

from tarazy.app.records import CASE_HOLDS, MANDATES, REPORTS
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.case import ReportStatus
from tarazy.domain.facts import FACTS
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import (
    HoldConfirmed,
    HoldLetGo,
    MandateSigned,
    ReportFiled,
    ReportWithdrawn,
    ReturnOffered,
    SignedBody,
)
from tarazy.protocol.hold_bodies import RETURN_CHECKS
from tarazy.protocol.message import Result
from tarazy.protocol.report_bodies import CALL_BACK_CHECKS
from tarazy.protocol.statement import Act
from tarazy.values.ids import IncidentId, MandateId, NormId, ParticipantId, SealedRef
from tests.story import Network, StoreFor, robbed
from tests.story_reading import case_hold, everything_but_refusals, report
from tests.unit.app.speaking import envelope_of, reported, signed_anew, tell, waiting_report

HOUR = timedelta(hours=1)
NO_REASONS = ["", "looks bad", " " * 40, "\n\t " * 20, f"for{' ' * 40}it"]


def good_report(network: Network) -> ReportFiled:
    body = envelope_of(waiting_report(network)).body
    assert isinstance(body, ReportFiled)
    return body


def same_but_for(network: Network, body: ReportFiled) -> dict[str, object]:
    """Return another value for each thing that a report says, each of which would be fine if it were signed."""
    return {
        "incident_id": IncidentId("in-other"),
        "payee_participant_id": ParticipantId("bank-c"),
        "sealed_ref": SealedRef(network.trust.seal(ParticipantId("bank-b"), "t1")),
        "amount_minor": body.amount_minor + 1,
        "claim_minor": body.claim_minor - 1,
        "currency": "USD",
        "booked_at": body.booked_at.plus(-HOUR),
        "offence_id": "kz-cc-190-1",
        "facts": ("payment_not_by_payer",),
        "reports_by_payer": 1,
        "reports_of_pair": 1,
    }


def test_every_term_of_a_report_has_another_value_here(store_for: StoreFor) -> None:
    network = robbed(store_for)
    body = good_report(network)
    assert list(same_but_for(network, body)) == [name for name, _ in body.terms()]


@pytest.mark.parametrize(
    "name", [name for name in ReportFiled.__struct_fields__ if name not in ("report_id", "statement")]
)
def test_nothing_in_a_report_changes_under_its_signature(store_for: StoreFor, name: str) -> None:
    network = robbed(store_for)
    body = good_report(network)
    changed = msgspec.structs.replace(body, **{name: same_but_for(network, body)[name]})
    result = tell(network, "bank-a", changed, "message-1")
    place = f"body.statement.terms: {name} is not as it was signed"
    assert (result.status, result.refusal, result.place) == (
        "rejected",
        Rejection.statement_does_not_stand,
        place,
    )
    assert network.rows(EXCHANGE_ID, REPORTS) == []
    again = tell(network, "bank-a", signed_anew(network, changed), "message-2")
    assert (again.status, again.refusal) == (
        ("rejected", Rejection.incident_unknown) if name == "incident_id" else ("accepted", None)
    )


def test_the_same_report_with_another_thing_in_it_is_not_the_same(store_for: StoreFor) -> None:
    network = robbed(store_for)
    body = good_report(network)
    network.settle()
    others = same_but_for(network, body)
    others.pop("sealed_ref")
    for number, (name, value) in enumerate(others.items()):
        changed = signed_anew(network, msgspec.structs.replace(body, **{name: value}))
        result = tell(network, "bank-a", changed, f"message-{number}")
        assert (name, result.refusal) == (name, Rejection.report_known_with_other_facts)


@pytest.mark.parametrize(
    ("facts", "place"), [(("he_looks_guilty",), 0), ((*FACTS, "Aigul"), len(FACTS)), (("payer_pressed", ""), 1)]
)
def test_a_fact_outside_the_vocabulary_is_rejected(store_for: StoreFor, facts: tuple[str, ...], place: int) -> None:
    network = robbed(store_for)
    result = reported(network, facts=facts)
    assert (result.status, result.refusal, result.place) == ("rejected", Rejection.fact_unknown, f"body.facts[{place}]")
    assert network.rows(EXCHANGE_ID, REPORTS) == []


def test_every_fact_of_the_vocabulary_is_taken(store_for: StoreFor) -> None:
    assert reported(robbed(store_for), facts=FACTS).status == "accepted"


def test_an_offence_that_the_pack_does_not_know_is_rejected(store_for: StoreFor) -> None:
    result = reported(robbed(store_for), offence_id="kz-cc-0")
    assert (result.refusal, result.place) == (Rejection.offence_unknown, "body.offence_id")


# --- the other acts


def mandate(network: Network) -> MandateSigned:
    return MandateSigned(
        mandate_id=MandateId("md-new"),
        statement="",
        measure="M4b",
        norms=(NormId("kz-credited-pause"),),
        currency="KZT",
        ceiling_minor=100,
        hours=2,
        valid_from=network.now,
        valid_to=network.now.plus(24 * HOUR),
    )


class Acts:
    """A network with one hold at bank B, and every act that one of its officers can do, well signed."""

    def __init__(self, store_for: StoreFor) -> None:
        self.network = robbed(store_for)
        self.report_id = self.network.report("t1")
        self.hold = case_hold(self.network, self.report_id)
        self._number = 0

    def act(self, name: str) -> tuple[str, Act, str, SignedBody]:
        """Return who acts, what they do upon what, and the message without its statement."""
        hold_id, report_id = self.hold.hold_id, self.report_id
        new = mandate(self.network)
        acts: dict[str, tuple[str, Act, str, SignedBody]] = {
            "confirm": (
                "bank-b",
                Act.confirm_hold,
                hold_id,
                HoldConfirmed(hold_id=hold_id, statement="", expires_at=self.hold.expires_at_most),
            ),
            "narrow": (
                "bank-b",
                Act.narrow_hold,
                hold_id,
                HoldLetGo(hold_id=hold_id, statement="", keep_minor=200_000),
            ),
            "release": ("bank-b", Act.release_hold, hold_id, HoldLetGo(hold_id=hold_id, statement="", keep_minor=0)),
            "return": (
                "bank-b",
                Act.record_return,
                hold_id,
                ReturnOffered(
                    hold_id=hold_id, for_report_id=None, amount_minor=300_000, checks=RETURN_CHECKS, statement=""
                ),
            ),
            "withdraw": (
                "bank-a",
                Act.withdraw_report,
                report_id,
                ReportWithdrawn(report_id=report_id, is_refuted=False, checks=CALL_BACK_CHECKS, statement=""),
            ),
            "refute": (
                "bank-a",
                Act.refute_report,
                report_id,
                ReportWithdrawn(report_id=report_id, is_refuted=True, checks=(), statement=""),
            ),
            "mandate": ("bank-b", Act.sign_mandate, new.mandate_id, new),
        }
        return acts[name]

    def do(self, name: str, changes: dict[str, object] | None = None, *, reasons: str | None = None) -> Result:
        """Sign the act, change the message afterwards, and tell the exchange."""
        bank, act, subject, body = self.act(name)
        statement = self.network.statement(bank, act, subject, body.terms(), reasons=reasons)
        self._number += 1
        said = msgspec.structs.replace(body, statement=statement, **(changes or {}))
        return tell(self.network, bank, said, f"message-{self._number}")


ACTS = ["confirm", "narrow", "release", "return", "withdraw", "refute", "mandate"]


@pytest.mark.parametrize("name", ACTS)
def test_an_act_that_is_signed_as_it_is_said_is_taken(store_for: StoreFor, name: str) -> None:
    assert Acts(store_for).do(name).status == "accepted"


CHANGES: list[tuple[str, str, object]] = [
    ("narrow", "keep_minor", 200_001),
    ("narrow", "keep_minor", 0),
    ("release", "keep_minor", 1),
    ("return", "amount_minor", 299_999),
    ("return", "checks", (*RETURN_CHECKS, "more")),
    ("withdraw", "checks", (*CALL_BACK_CHECKS, "more")),
    ("withdraw", "is_refuted", True),
    ("refute", "is_refuted", False),
    ("mandate", "measure", "M5"),
    ("mandate", "norms", ()),
    ("mandate", "norms", (NormId("kz-credited-pause"), NormId("kz-other"))),
    ("mandate", "currency", "USD"),
    ("mandate", "ceiling_minor", 101),
    ("mandate", "hours", 3),
    ("mandate", "mandate_id", MandateId("md-bank-b")),
]


@pytest.mark.parametrize(("name", "field", "value"), CHANGES)
def test_no_figure_of_an_act_changes_under_its_signature(
    store_for: StoreFor, name: str, field: str, value: object
) -> None:
    acts = Acts(store_for)
    before = everything_but_refusals(acts.network)[CASE_HOLDS.name]
    mandates = acts.network.rows(EXCHANGE_ID, MANDATES)
    result = acts.do(name, {field: value})
    assert (result.status, result.refusal) == ("rejected", Rejection.statement_does_not_stand)
    assert everything_but_refusals(acts.network)[CASE_HOLDS.name] == before
    assert acts.network.rows(EXCHANGE_ID, MANDATES) == mandates
    assert report(acts.network, acts.report_id).status is ReportStatus.filed


@pytest.mark.parametrize(
    ("name", "field"), [("confirm", "expires_at"), ("mandate", "valid_from"), ("mandate", "valid_to")]
)
def test_no_time_of_an_act_changes_under_its_signature(store_for: StoreFor, name: str, field: str) -> None:
    acts = Acts(store_for)
    signed = getattr(acts.act(name)[3], field)
    result = acts.do(name, {field: signed.plus(-timedelta(microseconds=1))})
    place = f"body.statement.terms: {field} is not as it was signed"
    assert (result.refusal, result.place) == (Rejection.statement_does_not_stand, place)


def test_a_statement_with_more_in_it_than_the_message_says_does_not_stand(store_for: StoreFor) -> None:
    network = robbed(store_for)
    body = good_report(network)
    terms = (*body.terms(), ("claim_minor", "1"))
    statement = network.statement("bank-a", Act.sign_report, body.report_id, terms)
    result = tell(network, "bank-a", msgspec.structs.replace(body, statement=statement), "message-1")
    assert (result.refusal, result.place) == (
        Rejection.statement_does_not_stand,
        "body.statement.terms: too many",
    )


@pytest.mark.parametrize("reasons", NO_REASONS, ids=["none", "short", "spaces", "lines", "wide"])
@pytest.mark.parametrize("name", [name for name in ACTS if name != "return"])
def test_an_act_without_reasons_is_rejected_at_the_exchange(store_for: StoreFor, name: str, reasons: str) -> None:
    result = Acts(store_for).do(name, reasons=reasons)
    assert (result.refusal, result.place) == (Rejection.reasons_missing, "body.statement.reasons")


@pytest.mark.parametrize("reasons", NO_REASONS, ids=["none", "short", "spaces", "lines", "wide"])
def test_a_report_without_reasons_is_rejected_at_the_exchange(store_for: StoreFor, reasons: str) -> None:
    network = robbed(store_for)
    body = good_report(network)
    statement = network.statement("bank-a", Act.sign_report, body.report_id, body.terms(), reasons=reasons)
    result = tell(network, "bank-a", msgspec.structs.replace(body, statement=statement), "message-1")
    assert (result.refusal, result.place) == (Rejection.reasons_missing, "body.statement.reasons")
    assert network.rows(EXCHANGE_ID, REPORTS) == []
