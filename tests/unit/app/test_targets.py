"""M10: one exact address or number, by the body that the pack names, for a short time, in a register for everybody."""

from datetime import timedelta
from typing import Any, Final

import pytest

from tarazy.adapters.memory import MemoryStore
from tarazy.app.measure_records import DEADLINES
from tarazy.app.officials_act import LawfulNo, OfficialsAct
from tarazy.app.records import EVENTS
from tarazy.app.store import Condition
from tarazy.app.target_records import TARGETS, Target, targets_in_force
from tarazy.app.targets import (
    ProposeTarget,
    decide_target,
    decision_terms,
    extend_target,
    lapse_targets,
    lift_target,
    propose_target,
    tell_owner,
    withdraw_target,
)
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.deadline import DeadlineStatus
from tarazy.domain.rejection import Rejection
from tarazy.domain.target import TargetKind, TargetStatus, exact_fault
from tarazy.protocol.statement import Act, Terms
from tarazy.values.ids import ParticipantId
from tarazy.values.replacing import replace
from tests.measuring import case_of, registered
from tests.story import FRAUD, robbed

URL: Final = "https://shop.example.kz/pay/card"
PHONE: Final = "+77001112233"
NOTE: Final = "The other pages were read one by one: they belong to the same shop and to nobody else."


class Register:
    """A registered case, an investigator, and a prosecutor."""

    def __init__(self, pack: str = "kz-demo") -> None:
        self.network = network = robbed(lambda _: MemoryStore(), pack=pack)
        network.report("t1")
        self.case_id = case_of(network)
        registered(network, self.case_id)
        network.enrol("prosecutor", "prosecutor", "prosecutor")
        network.enrol("court", "court", "judge")

    def act(self, who: str, act: Act, subject: str, terms: Terms) -> OfficialsAct:
        return OfficialsAct(ParticipantId(who), self.network.statement(who, act, subject, terms))

    def command(self, **changes: Any) -> ProposeTarget:
        command = ProposeTarget(
            case_id=self.case_id,
            kind=TargetKind.url,
            exact=URL,
            others=(),
            others_note="",
            offence_id=FRAUD,
            facts=("site_asks_for_card_data",),
            hours=72,
        )
        return replace(command, **changes)

    def propose(self, who: str = "police", **changes: Any) -> Target | LawfulNo:
        command = self.command(**changes)
        by = self.act(who, Act.propose_target, command.target_id, command.terms())
        return self.network.at(EXCHANGE_ID, lambda tx, now: propose_target(tx, command, by, now))

    def decide(self, target: Target, who: str = "prosecutor", *, is_granted: bool = True) -> Target | LawfulNo:
        by = self.act(who, Act.decide_target, target.target_id, decision_terms(target, is_granted=is_granted))
        return self.network.at(
            EXCHANGE_ID, lambda tx, now: decide_target(tx, target.target_id, by, now, is_granted=is_granted)
        )

    def ordered(self, **changes: Any) -> Target:
        proposed = self.propose(**changes)
        assert isinstance(proposed, Target), proposed
        decided = self.decide(proposed)
        assert isinstance(decided, Target), decided
        return decided

    def in_force(self) -> list[str]:
        return [one.exact for one in self.network.at(EXCHANGE_ID, lambda tx, now: targets_in_force(tx, now.now))]

    def extend(self, target: Target, fact: str) -> Target | LawfulNo:
        by = self.act("prosecutor", Act.extend_target, target.target_id, (("exact", target.exact), ("fact", fact)))
        return self.network.at(EXCHANGE_ID, lambda tx, now: extend_target(tx, target.target_id, fact, by, now))

    def lift(self, target: Target, who: str = "police") -> Target | Rejection:
        by = self.act(who, Act.lift_target, target.target_id, (("exact", target.exact),))
        return self.network.at(EXCHANGE_ID, lambda tx, now: lift_target(tx, target.target_id, by, now))

    def row(self, target: Target) -> Target:
        (row,) = self.network.rows(EXCHANGE_ID, TARGETS, Condition("target_id", "=", target.target_id))
        found: Target = row
        return found


@pytest.fixture
def register() -> Register:
    return Register()


def refused(outcome: Target | LawfulNo) -> Rejection | None:
    return outcome.rejection if isinstance(outcome, LawfulNo) else None


@pytest.mark.parametrize(
    ("kind", "exact"),
    [
        ("url", "10.0.0.0/8"),
        ("url", "AS12345"),
        ("url", "https://10.1.2.3/pay"),
        ("url", "https://*.example.kz/"),
        ("url", "shop.example.kz/pay"),
        ("url", "ftp://shop.example.kz/pay"),
        ("url", "https://user@shop.example.kz/pay"),
        ("url", "https://shop.example.kz:99999/pay"),
        ("url", "https://localhost/pay"),
        ("url", "https://shop.example.kz/pay me"),
        ("phone_number", "+7700111****"),
        ("phone_number", "+77001112233-+77001112299"),
        ("phone_number", "87001112233"),
        ("short_number", "1400-1499"),
        ("short_number", "14"),
    ],
)
def test_a_range_a_network_or_a_wildcard_is_no_target(register: Register, kind: str, exact: str) -> None:
    assert refused(register.propose(kind=TargetKind(kind), exact=exact)) is Rejection.target_not_exact


def test_numbers_for_help_are_never_cut_off() -> None:
    assert exact_fault(TargetKind.short_number, "112") is Rejection.target_is_for_help
    assert exact_fault(TargetKind.short_number, "1414") is None
    assert exact_fault(TargetKind.phone_number, PHONE) is None


@pytest.mark.parametrize("exact", ["https://shop.example.kz", "https://shop.example.kz/"])
def test_a_whole_site_needs_a_list_of_others_and_why(register: Register, exact: str) -> None:
    assert refused(register.propose(exact=exact)) is Rejection.target_hosts_others
    assert isinstance(register.propose(exact=exact, others=("https://shop.example.kz/a",), others_note=NOTE), Target)


def test_others_that_are_named_are_answered_for(register: Register) -> None:
    others = ("https://shop.example.kz/other",)
    assert refused(register.propose(others=others, others_note="no")) is Rejection.target_hosts_others


@pytest.mark.parametrize(
    ("changes", "rejection"),
    [
        ({"hours": 0}, Rejection.target_without_end),
        ({"hours": 14 * 24 + 1}, Rejection.target_without_end),
        ({"kind": TargetKind.phone_number, "exact": PHONE, "hours": 73}, Rejection.target_without_end),
        ({"offence_id": "defamation"}, Rejection.offence_unknown),
        ({"facts": ()}, Rejection.fact_unknown),
        ({"facts": ("says_what_somebody_dislikes",)}, Rejection.fact_unknown),
    ],
)
def test_no_end_no_known_offence_or_no_fact_is_refused(
    register: Register, changes: dict[str, Any], rejection: Rejection
) -> None:
    assert refused(register.propose(**changes)) is rejection


def test_an_offence_outside_the_purpose_is_refused_by_the_gate(register: Register) -> None:
    proposed = register.propose(offence_id="kz-cc-317-1")
    if isinstance(proposed, LawfulNo):
        assert proposed.rejection is Rejection.offence_unknown
        return
    decided = register.decide(proposed)
    assert refused(decided) is Rejection.measure_refused_by_law
    assert register.in_force() == []


def test_a_proposal_restricts_nothing_and_the_packs_body_orders_it(register: Register) -> None:
    proposed = register.propose()
    assert isinstance(proposed, Target)
    assert register.in_force() == []
    assert refused(register.decide(proposed, "police")) is Rejection.officer_not_entitled
    assert refused(register.decide(proposed, "court")) is Rejection.officer_not_entitled
    ordered = register.decide(proposed)
    assert isinstance(ordered, Target)
    assert register.in_force() == [URL]
    assert ordered.in_force_until == register.network.now.plus(timedelta(hours=72))
    assert ordered.norms


def test_bare_kz_refuses_it(register: Register) -> None:
    bare = Register("kz")
    proposed = bare.propose()
    assert isinstance(proposed, Target)
    assert refused(bare.decide(proposed)) is Rejection.measure_refused_by_law
    assert bare.in_force() == []


def test_who_is_no_investigator_proposes_nothing(register: Register) -> None:
    assert refused(register.propose("prosecutor")) is Rejection.officer_not_entitled


def test_a_refused_or_withdrawn_proposal_is_over(register: Register) -> None:
    first = register.propose()
    assert isinstance(first, Target)
    said_no = register.decide(first, is_granted=False)
    assert isinstance(said_no, Target)
    assert said_no.status is TargetStatus.refused
    assert refused(register.decide(first)) is Rejection.target_has_ended
    second = register.propose(exact=PHONE, kind=TargetKind.phone_number, facts=("named_in_signed_reports",))
    assert isinstance(second, Target)
    by = register.act("police", Act.withdraw_target, second.target_id, (("exact", PHONE),))
    taken = register.network.at(EXCHANGE_ID, lambda tx, now: withdraw_target(tx, second.target_id, by, now))
    assert isinstance(taken, Target)
    assert taken.status is TargetStatus.withdrawn
    assert register.in_force() == []


def test_it_ends_by_itself_before_anything_has_run(register: Register) -> None:
    target = register.ordered()
    register.network.now = register.network.now.plus(timedelta(hours=72))
    assert register.in_force() == []
    assert register.lift(target) is Rejection.target_has_ended
    assert register.network.at(EXCHANGE_ID, lapse_targets) == 1
    assert register.row(target).status is TargetStatus.lapsed


def test_it_is_lifted_at_once_by_either_body(register: Register) -> None:
    target = register.ordered()
    assert register.lift(target, "court") is Rejection.officer_not_entitled
    lifted = register.lift(target, "prosecutor")
    assert isinstance(lifted, Target)
    assert (register.in_force(), lifted.lifted_at) == ([], register.network.now)


def test_a_number_is_not_extended_and_a_site_up_to_fourteen_days(register: Register) -> None:
    number = register.ordered(kind=TargetKind.phone_number, exact=PHONE, facts=("named_in_signed_reports",))
    register.network.now = register.network.now.plus(timedelta(hours=1))
    assert refused(register.extend(number, "number_poses_as_institution")) is Rejection.target_without_end
    site = register.ordered(hours=14 * 24)
    begun = register.network.now
    register.network.now = begun.plus(timedelta(hours=70))
    assert refused(register.extend(site, "nothing")) is Rejection.measure_refused_by_law
    longer = register.extend(site, "site_copies_institution")
    assert isinstance(longer, Target)
    assert longer.in_force_until == begun.plus(timedelta(hours=142))
    assert longer.latest_end == begun.plus(timedelta(days=14))


def test_the_owner_is_owed_word_at_once_and_it_is_kept(register: Register) -> None:
    target = register.ordered()
    (due,) = register.network.rows(EXCHANGE_ID, DEADLINES, Condition("subject_id", "=", target.target_id))
    assert due.duty == "tell_holder"
    by = register.act("police", Act.tell_owner, target.target_id, (("exact", URL),))
    told = register.network.at(EXCHANGE_ID, lambda tx, now: tell_owner(tx, target.target_id, by, now))
    assert isinstance(told, Target)
    (met,) = register.network.rows(EXCHANGE_ID, DEADLINES, Condition("subject_id", "=", target.target_id))
    assert met.status is DeadlineStatus.met


def test_no_event_names_the_address_or_the_number(register: Register) -> None:
    register.lift(register.ordered())
    events = register.network.rows(EXCHANGE_ID, EVENTS)
    assert {"target_proposed", "target_ordered", "target_lifted"} <= {event.kind for event in events}
    assert not [event for event in events if URL in event.details.values()]


def test_a_statement_over_another_target_does_not_stand(register: Register) -> None:
    command = register.command()
    by = register.act("police", Act.propose_target, command.target_id, register.command(exact=URL + "2").terms())
    outcome = register.network.at(EXCHANGE_ID, lambda tx, now: propose_target(tx, command, by, now))
    assert refused(outcome) is Rejection.statement_does_not_stand
