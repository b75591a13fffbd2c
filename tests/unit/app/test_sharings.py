"""M11: data across a border go under a treaty, with an end and a code that travel along, and can be called back."""

import json
from datetime import timedelta
from typing import Any, Final

import pytest

from tarazy.adapters.memory import MemoryStore
from tarazy.app.deadlines import miss_overdue
from tarazy.app.measure_records import DEADLINES
from tarazy.app.officials_act import LawfulNo, OfficialsAct
from tarazy.app.records import EVENTS
from tarazy.app.sharing_records import SHARINGS, Sharing, travelling_record
from tarazy.app.sharings import (
    ProposeSharing,
    acknowledge_correction,
    confirm_erasure,
    correct_sharing,
    decide_sharing,
    expire_sharings,
    propose_sharing,
    recall_sharing,
    tell_subject,
)
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.deadline import DeadlineStatus
from tarazy.domain.rejection import Rejection
from tarazy.domain.sharing import RISKS, SharingStatus
from tarazy.protocol.statement import Act
from tarazy.values.ids import ParticipantId
from tarazy.values.replacing import replace
from tests.measuring import case_of, registered
from tests.story import FRAUD, Network, robbed

SAFE: Final = tuple((risk, "none") for risk in RISKS)
PLAIN: Final = {
    "recall": (Act.recall_sharing, recall_sharing),
    "erase": (Act.confirm_erasure, confirm_erasure),
    "acknowledge": (Act.acknowledge_correction, acknowledge_correction),
    "tell": (Act.tell_subject, tell_subject),
}
OUTCOME = Sharing | LawfulNo | Rejection


def reported(pack: str) -> Network:
    network = robbed(lambda _: MemoryStore(), pack=pack)
    network.report("t1")
    registered(network, case_of(network))
    return network


class Border:
    """A registered case, an investigator, a prosecutor and a court; a case of one's own may be given."""

    def __init__(self, pack: str = "kz-demo", network: Network | None = None) -> None:
        self.network: Network = network or reported(pack)
        self.case_id = case_of(self.network)
        self.network.enrol("prosecutor", "prosecutor", "prosecutor")
        self.network.enrol("court", "court", "judge")

    def command(self, **changes: Any) -> ProposeSharing:
        command = ProposeSharing(
            case_id=self.case_id,
            to_body="Financial police of Elbonia (invented)",
            country="Elbonia",
            treaty_code="mutual_assistance_treaty",
            purpose="To learn whether the money is still on that account.",
            offence_id=FRAUD,
            data=("account_number", "name"),
            person_roles=("payee_named",),
            assertion_kinds=("fact", "allegation"),
            accuracy_marks=("confirmed_by_institution", "reported"),
            risks=SAFE,
            rests_on=(),
            came_of=(),
            handling_code="this_case_only",
            onward=False,
            hours=30 * 24,
        )
        return replace(command, **changes)

    def by(self, who: str, act: Act, subject: str, terms: tuple[tuple[str, str], ...] = ()) -> OfficialsAct:
        return OfficialsAct(ParticipantId(who), self.network.statement(who, act, subject, terms))

    def propose(self, who: str = "police", **changes: Any) -> Sharing | LawfulNo:
        command = self.command(**changes)
        by = self.by(who, Act.propose_sharing, command.sharing_id, command.terms())
        return self.network.at(EXCHANGE_ID, lambda tx, now: propose_sharing(tx, command, by, now))

    def decide(self, one: Sharing, who: str = "prosecutor", *, is_granted: bool = True) -> Sharing | LawfulNo:
        terms = (("to_body", one.to_body), ("granted", "yes" if is_granted else "no"))
        by, key = self.by(who, Act.decide_sharing, one.sharing_id, terms), one.sharing_id
        return self.network.at(EXCHANGE_ID, lambda tx, now: decide_sharing(tx, key, by, now, is_granted=is_granted))

    def sent(self, **changes: Any) -> Sharing:
        proposed = self.propose(**changes)
        assert isinstance(proposed, Sharing), proposed
        sent = self.decide(proposed)
        assert isinstance(sent, Sharing), sent
        return sent

    def do(self, name: str, one: Sharing, who: str = "police") -> Sharing | Rejection:
        act, use_case = PLAIN[name]
        by, key = self.by(who, act, one.sharing_id), one.sharing_id
        return self.network.at(EXCHANGE_ID, lambda tx, now: use_case(tx, key, by, now))

    def correct(self, one: Sharing, text: str = "The account belongs to another person.") -> Sharing | Rejection:
        by, key = self.by("police", Act.correct_sharing, one.sharing_id, (("correction", text),)), one.sharing_id
        return self.network.at(EXCHANGE_ID, lambda tx, now: correct_sharing(tx, key, text, by, now))

    def row(self, one: Sharing) -> Sharing:
        (row,) = self.network.rows(EXCHANGE_ID, SHARINGS, Condition("sharing_id", "=", one.sharing_id))
        found: Sharing = row
        return found

    def due(self, one: Sharing, duty: str) -> DeadlineStatus | None:
        of_it = Condition("subject_id", "=", one.sharing_id)
        rows = self.network.rows(EXCHANGE_ID, DEADLINES, of_it, Condition("duty", "=", duty), order=("starts_at",))
        return DeadlineStatus(rows[-1].status) if rows else None


@pytest.fixture
def border() -> Border:
    return Border()


def why(outcome: OUTCOME) -> Rejection | None:
    if isinstance(outcome, LawfulNo):
        return outcome.rejection
    return outcome if isinstance(outcome, Rejection) else None


@pytest.mark.parametrize(
    ("changes", "rejection"),
    [
        ({"treaty_code": ""}, Rejection.identifiers_only),
        (
            {
                "treaty_code": "",
                "data": ("account_number",),
                "assertion_kinds": ("fact",),
                "accuracy_marks": ("reported",),
            },
            Rejection.identifiers_only,
        ),
        ({"treaty_code": "a handshake"}, Rejection.sharing_malformed),
        ({"person_roles": ()}, Rejection.role_not_named),
        ({"person_roles": ("culprit",)}, Rejection.sharing_malformed),
        ({"accuracy_marks": ("reported",)}, Rejection.accuracy_not_marked),
        ({"assertion_kinds": ("fact", "rumour")}, Rejection.accuracy_not_marked),
        ({"risks": SAFE[:2]}, Rejection.risk_not_answered),
        ({"risks": (*SAFE[:2], (RISKS[2], ""))}, Rejection.risk_not_answered),
        ({"risks": (*SAFE[:2], (RISKS[2], "present"))}, Rejection.risk_stands),
        ({"onward": True}, Rejection.onward_not_agreed),
        ({"handling_code": "anything"}, Rejection.sharing_malformed),
        ({"hours": 0}, Rejection.sharing_malformed),
        ({"offence_id": "defamation"}, Rejection.offence_unknown),
    ],
)
def test_what_no_law_could_permit_is_not_even_proposed(
    border: Border, changes: dict[str, Any], rejection: Rejection
) -> None:
    assert why(border.propose(**changes)) is rejection


def test_identifiers_alone_go_without_a_treaty(border: Border) -> None:
    bare = {"data": ("account_number",), "assertion_kinds": ("fact",), "accuracy_marks": ("reported",)}
    assert border.sent(treaty_code="", person_roles=(), **bare).status is SharingStatus.sent


def test_nothing_goes_before_the_packs_body_has_authorised_it(border: Border) -> None:
    proposed = border.propose()
    assert isinstance(proposed, Sharing)
    assert travelling_record(proposed) is None
    assert why(border.decide(proposed, "police")) is Rejection.officer_not_entitled
    assert why(border.decide(proposed, "court")) is Rejection.officer_not_entitled
    sent = border.decide(proposed)
    assert isinstance(sent, Sharing)
    assert sent.expires_at == border.network.now.plus(timedelta(days=30))


def test_who_is_no_investigator_proposes_nothing(border: Border) -> None:
    assert why(border.propose("prosecutor")) is Rejection.officer_not_entitled


def test_beyond_the_laws_time_and_under_bare_kz_the_gate_refuses(border: Border) -> None:
    long = border.propose(hours=31 * 24)
    assert isinstance(long, Sharing)
    assert why(border.decide(long)) is Rejection.measure_refused_by_law
    bare = Border("kz")
    proposed = bare.propose()
    assert isinstance(proposed, Sharing)
    assert why(bare.decide(proposed)) is Rejection.measure_refused_by_law


def test_the_end_and_the_handling_code_travel_with_the_record(border: Border) -> None:
    sent = border.sent()
    assert sent.expires_at is not None
    record = json.loads(travelling_record(sent) or "")
    assert (record["handling_code"], record["erase_by"]) == ("this_case_only", sent.expires_at.text())
    assert record["accuracy_marks"] == ["confirmed_by_institution", "reported"]
    recalled = border.do("recall", sent)
    assert isinstance(recalled, Sharing)
    assert json.loads(travelling_record(recalled) or "")["is_recalled"] is True


def test_a_recall_is_over_when_the_erasure_is_confirmed_and_missed_when_it_is_not(border: Border) -> None:
    sent = border.sent()
    assert isinstance(border.do("recall", sent), Sharing)
    assert border.due(sent, "confirm_erasure") is DeadlineStatus.open
    border.network.now = border.network.now.plus(timedelta(hours=73))
    border.network.at(EXCHANGE_ID, miss_overdue)
    assert border.due(sent, "confirm_erasure") is DeadlineStatus.missed
    erased = border.do("erase", sent)
    assert isinstance(erased, Sharing)
    assert (erased.status, border.due(sent, "confirm_erasure")) == (SharingStatus.erased, DeadlineStatus.met)


def test_a_correction_must_be_acknowledged(border: Border) -> None:
    sent = border.sent()
    assert why(border.do("acknowledge", sent)) is Rejection.sharing_has_ended
    assert isinstance(border.correct(sent), Sharing)
    assert border.due(sent, "acknowledge_correction") is DeadlineStatus.open
    assert isinstance(border.do("acknowledge", sent), Sharing)
    assert border.due(sent, "acknowledge_correction") is DeadlineStatus.met
    again = border.correct(sent, "The sum was another one.")
    assert isinstance(again, Sharing)
    assert again.correction_acknowledged_at is None


def test_at_its_end_the_recipient_owes_the_erasure(border: Border) -> None:
    sent = border.sent()
    border.network.now = border.network.now.plus(timedelta(days=30))
    assert border.network.at(EXCHANGE_ID, expire_sharings) == 1
    assert (border.row(sent).status, border.due(sent, "confirm_erasure")) == (SharingStatus.expired, "open")
    assert why(border.do("recall", sent)) is Rejection.sharing_has_ended


def test_the_person_is_told_and_another_body_does_nothing(border: Border) -> None:
    sent = border.sent()
    assert why(border.do("tell", sent, "court")) is Rejection.officer_not_entitled
    assert border.due(sent, "tell_holder") is DeadlineStatus.open
    assert isinstance(border.do("tell", sent), Sharing)
    assert border.due(sent, "tell_holder") is DeadlineStatus.met


def test_what_is_not_of_the_case_is_named_by_nobody(border: Border) -> None:
    assert why(border.propose(came_of=("ms_of_another_case",))) is Rejection.source_not_open
    assert why(border.propose(rests_on=("ms_of_another_case",))) is Rejection.source_not_open


def test_no_event_says_to_whom_or_for_what(border: Border) -> None:
    border.do("recall", border.sent())
    said = [text for event in border.network.rows(EXCHANGE_ID, EVENTS) for text in event.details.values()]
    assert not [text for text in said if "Elbonia" in text or "account" in text]
