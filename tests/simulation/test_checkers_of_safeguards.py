"""The checkers of hearings, papers and registers are seen to fail: one fault planted for each promise."""

from datetime import timedelta
from typing import Any, Final

import pytest

from tarazy.agent import hearing as local_hearing
from tarazy.agent import hearing_notices
from tarazy.agent import paper as local_paper
from tarazy.agent.hearing_records import LOCAL_HEARINGS
from tarazy.agent.paper_records import RELEASE_PAPERS
from tarazy.app import calling_back, hearing, locking, officials_act, paper, refunding, sharings, targets
from tarazy.app.exchange import EXCHANGE_HANDLERS
from tarazy.app.hearing_records import HEARINGS
from tarazy.app.measure_records import MEASURE_DECISIONS
from tarazy.app.messages import Handled
from tarazy.app.paper_records import PAPER_DECISIONS
from tarazy.app.refund_records import REFUNDS
from tarazy.app.sharing_records import SHARINGS
from tarazy.app.target_records import TARGETS
from tarazy.domain.hearing import HearingState, Standing
from tarazy.domain.sharing import FellFor, SharingStatus
from tarazy.domain.target import TargetStatus
from tarazy.law.assessment import ActorRole
from tarazy.protocol.statement import Act, read_kept_statement
from tarazy.simulation import paper_readers
from tarazy.simulation.checkers.finding import rows
from tarazy.simulation.judges import Court
from tarazy.simulation.paper_readers import PaperReaders
from tarazy.simulation.registrars import Registrars
from tarazy.simulation.run import Simulation, SimulationResult
from tarazy.values.replacing import replace
from tests.simulation.test_checkers import seen
from tests.simulation.test_checkers_of_law import first_to_fail as first_of

Patch = pytest.MonkeyPatch
HEARD: Final = (175, 27, 155, 114, 88, 2)
"""Seeds in which holders are asked, and investigators order refunds by a resolution."""
READ: Final = (175, 155, 63, 69)
"""Seeds in which papers are entered and confirmed."""
REGISTERED: Final = (2, 83, 88, 175)
"""Seeds in which targets are restricted and data sent abroad."""
CALLED_BACK: Final = (275, 175, 155)
"""Seeds in which something that data abroad stood on is found unlawful."""
BESIDE: Final = (331,)
"""Seeds in which data abroad stand in a case in which something else is found unlawful."""


def first_to_fail(seeds: tuple[int, ...]) -> SimulationResult:
    return first_of(seeds)


def test_in_these_worlds_receivers_agree_object_and_are_absent() -> None:
    """A world in which nobody is asked, or nobody paid, would keep every promise and prove nothing."""
    states: set[HearingState] = set()
    lanes: list[bool] = []
    for seed in HEARD:
        simulation = Simulation(seed)
        simulation.live()
        disc = simulation.world.network.exchange.disc
        states |= {one.state for one in rows(disc, HEARINGS)}
        lanes += [one.is_unheard for one in rows(disc, REFUNDS) if one.lane == "investigator"]
    assert states >= {HearingState.agreed, HearingState.objected, HearingState.absent, HearingState.over}
    assert lanes, "nobody was paid by an investigator's resolution"


def test_in_these_worlds_papers_bind_and_let_go() -> None:
    bound = let_go = unconfirmed = 0
    for seed in READ:
        simulation = Simulation(seed)
        simulation.live()
        network = simulation.world.network
        at_police = rows(network.exchange.disc, PAPER_DECISIONS)
        bound += sum(one.is_in_full for one in at_police)
        unconfirmed += sum(not one.is_in_full for one in at_police)
        for bank in network.banks.values():
            let_go += sum(one.confirmed_at is not None for one in rows(bank.program.disc, RELEASE_PAPERS))
    assert min(bound, let_go, unconfirmed) > 0


def test_in_these_worlds_registers_are_kept_to_the_end() -> None:
    restricted: set[TargetStatus] = set()
    abroad: set[SharingStatus] = set()
    for seed in REGISTERED:
        simulation = Simulation(seed)
        simulation.live()
        disc = simulation.world.network.exchange.disc
        restricted |= {one.status for one in rows(disc, TARGETS)}
        abroad |= {one.status for one in rows(disc, SHARINGS)}
    assert restricted >= {TargetStatus.lapsed, TargetStatus.lifted, TargetStatus.refused}
    assert abroad >= {SharingStatus.recalled, SharingStatus.expired, SharingStatus.erased, SharingStatus.refused}


def test_in_these_worlds_data_abroad_fall_with_what_was_unlawful() -> None:
    fell: set[FellFor | None] = set()
    for seed in CALLED_BACK:
        simulation = Simulation(seed)
        simulation.live()
        fell |= {one.fell_for for one in rows(simulation.world.network.exchange.disc, SHARINGS)}
    assert fell >= set(FellFor)


# --- hearings


def test_a_refund_that_nobody_was_heard_about_is_seen(monkeypatch: Patch) -> None:
    """The gate is told that everybody has agreed."""
    everybody = Standing(is_closed=True, objects=False)
    monkeypatch.setattr(refunding, "heard_upon", lambda *_: everybody)
    result = first_to_fail(HEARD)
    seen(result, "heard:")
    assert "never asked" in result.told or "has not agreed" in result.told


def test_a_bank_that_pays_although_its_holder_has_objected_is_seen(monkeypatch: Patch) -> None:
    """Neither the exchange nor the bank hears who says no."""
    everybody = Standing(is_closed=True, objects=False)
    monkeypatch.setattr(refunding, "heard_upon", lambda *_: everybody)
    monkeypatch.setattr(local_hearing, "_must_be_heard", lambda *_: False)
    monkeypatch.setattr("tarazy.simulation.checkers.heard.HeardAtExchange.check", lambda _: None)
    result = first_to_fail(HEARD)
    seen(result, "heard:")
    assert "paid, and its holder" in result.told


def test_a_holder_who_is_not_told_is_seen(monkeypatch: Patch) -> None:
    """The bank says that it has told them; no notice was ever written."""
    monkeypatch.setattr(hearing_notices, "_serve", lambda *_: None)
    result = first_to_fail(HEARD)
    seen(result, "heard:")
    assert "no notice" in result.told


def test_a_notice_about_another_sum_is_seen(monkeypatch: Patch) -> None:
    facts = hearing_notices.hearing_facts
    monkeypatch.setattr(
        hearing_notices,
        "hearing_facts",
        lambda one, *rest: facts(replace(one, amount_minor=one.amount_minor + 1), *rest),
    )
    result = first_to_fail(HEARD)
    seen(result, "heard:")
    assert "its notice names" in result.told


def test_a_holder_with_too_little_time_is_seen(monkeypatch: Patch) -> None:
    """The days are counted in hours of a clock, and not as working days."""
    monkeypatch.setattr(local_hearing, "answer_until", lambda _, __, now: now.plus(timedelta(days=2)))
    monkeypatch.setattr(hearing, "answer_until", lambda _, __, now: now.plus(timedelta(days=2)))
    result = first_to_fail(HEARD)
    seen(result, "heard:")
    assert "by law" in result.told


def test_a_holder_who_is_found_absent_with_the_second_notice_is_seen(monkeypatch: Patch) -> None:
    def at_once(tx: Any, one: Any, exchange: Any, setting: Any) -> Any:
        told = told_now(tx, one, exchange, setting)
        if told.state is HearingState.told_again:
            told = replace(told, next_at=setting.now)
            tx.put(LOCAL_HEARINGS, told)
        return told

    told_now = local_hearing.told_now
    monkeypatch.setattr(hearing_notices, "told_now", at_once)
    result = first_to_fail(HEARD)
    seen(result, "heard:")
    assert "absent" in result.told


def test_an_answer_that_the_exchange_does_not_keep_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setitem(EXCHANGE_HANDLERS, "hearing_answered", lambda _, envelopes, __: [Handled() for _ in envelopes])
    result = first_to_fail(HEARD)
    seen(result, "heard:")
    assert "at the exchange" in result.told


def test_a_second_demand_while_the_holder_may_still_answer_is_seen(monkeypatch: Patch) -> None:
    def closed(tx: Any, division: Any) -> Standing:
        return heard(tx, division)._replace(is_closed=True)

    heard = refunding.heard_upon
    monkeypatch.setattr(refunding, "heard_upon", closed)
    result = first_to_fail(HEARD)
    seen(result, "heard:")


# --- papers


def test_a_paper_that_binds_with_one_reader_is_seen(monkeypatch: Patch) -> None:
    """What is entered is carried out at once."""

    def at_once(tx: Any, command: Any, setting: Any) -> Any:
        entered = enter(tx, command, setting)
        if isinstance(entered, paper.PaperDecision):
            alone = paper.DecideMotion(
                signed=command.signed,
                lines=command.lines,
                reasons=command.reasons,
                participant_id=command.participant_id,
            )
            paper.decide_motion(tx, alone, setting)
        return entered

    enter = paper.enter_paper_decision
    monkeypatch.setattr("tarazy.simulation.paper_readers.enter_paper_decision", at_once)
    monkeypatch.setattr("tarazy.app.deciding.deciders_of", _whoever)
    monkeypatch.setattr(PaperReaders, "_judged", lambda *_: "done")
    seen(first_to_fail(READ), "papers:", "authority:")


def _whoever(signed: Any, key_of: Any) -> Any:
    """Return the one who has signed, for two."""
    [text] = signed.statements
    return (read_kept_statement(text, Act.decide_motion, signed.decision_id, key_of),) * 2


def test_a_paper_read_by_who_asked_for_it_is_seen(monkeypatch: Patch) -> None:
    """I11: the investigator who has filed the motion says what the judge has written upon it."""

    def with_author(self: Court, author: Any, *rest: Any, on_paper: bool) -> Any:
        program, officers = signers(self, author, *rest, on_paper=on_paper)
        return (program, (author, officers[0])) if on_paper else (program, officers)

    signers = Court._signers
    monkeypatch.setattr(Court, "_signers", with_author)
    monkeypatch.setattr(Court, "_judged", lambda *_, **__: "done")
    monkeypatch.setattr("tarazy.app.deciding.same_hands", lambda *_: None)
    result = first_of()
    seen(result, "papers:")
    assert "who has asked for it" in result.told


def test_a_paper_that_binds_later_is_seen(monkeypatch: Patch) -> None:
    def later(tx: Any, command: Any, setting: Any) -> Any:
        decided = decide(tx, command, setting)
        if isinstance(decided, paper.MeasureDecision):
            since = replace(decided, received_at=decided.received_at.plus(timedelta(days=1)))
            tx.put(MEASURE_DECISIONS, since)
        return decided

    decide = paper.decide_motion
    monkeypatch.setattr(paper, "decide_motion", later)
    seen(first_to_fail(READ), "papers:")


def test_a_paper_that_lets_go_of_nothing_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(local_paper, "end_hold", lambda *_: None)
    result = first_to_fail(READ)
    seen(result, "papers:")
    assert "lets go" in result.told


def test_a_paper_that_is_confirmed_by_who_has_entered_it_is_seen(monkeypatch: Patch) -> None:
    """One analyst in the part of two."""

    def anybody(tx: Any, paper_id: Any, reasons: str, officer: Any, *rest: Any) -> Any:
        one = tx.get(RELEASE_PAPERS, paper_id)
        if one is not None and one.confirmed_at is None:
            tx.put(RELEASE_PAPERS, replace(one, entered_by="somebody"))
        return confirm(tx, paper_id, reasons, officer, *rest)

    confirm = local_paper.confirm_paper
    monkeypatch.setattr(paper_readers, "COLLEAGUE", paper_readers.OFFICER)
    monkeypatch.setattr("tarazy.simulation.paper_readers.confirm_paper", anybody)
    monkeypatch.setattr(PaperReaders, "_judged", lambda *_: "done")
    result = first_to_fail(READ)
    seen(result, "papers:", "messages:")


def test_a_paper_that_the_exchange_does_not_follow_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setitem(EXCHANGE_HANDLERS, "paper_told", lambda _, envelopes, __: [Handled() for _ in envelopes])
    result = first_to_fail(READ)
    seen(result, "papers:")
    assert "the exchange knows of it" in result.told


# --- registers


def test_a_restriction_beyond_its_longest_time_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(targets, "first_hours", lambda target: target.hours)
    monkeypatch.setattr(targets, "LONGEST_HOURS", dict.fromkeys(targets.TargetKind, 40 * 24))
    monkeypatch.setattr(targets, "assess_target", _longer(targets.assess_target))
    monkeypatch.setattr(Registrars, "_judged", lambda *_: "done")
    seen(first_to_fail(REGISTERED), "registers:")


def _longer(assess: Any) -> Any:
    def longer(*rest: Any) -> Any:
        found = assess(*rest)
        return (
            found if found.expires_at is None else replace(found, expires_at=found.expires_at.plus(timedelta(days=30)))
        )

    return longer


def test_a_restriction_that_stays_in_the_register_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr("tarazy.app.target_records.is_in_force", lambda *_: True)
    monkeypatch.setattr(
        "tarazy.simulation.checkers.registers.targets_in_force", lambda tx, _: tx.find(TARGETS, targets.STANDS)
    )
    result = first_to_fail(REGISTERED)
    seen(result, "registers:")
    assert "the register shows" in result.told


def test_a_restriction_that_nobody_ends_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr("tarazy.app.timing.lapse_targets", lambda *_: 0)
    result = first_to_fail(REGISTERED)
    seen(result, "registers:")
    assert "has no end" in result.told


def test_a_decision_of_a_body_that_has_no_say_is_seen(monkeypatch: Patch) -> None:
    def everybody(tx: Any, participant_id: str, *rest: Any) -> ActorRole:
        return ActorRole.prosecutor if participant_id == "court" else capacity(tx, participant_id, *rest)

    capacity = officials_act.officers_capacity
    monkeypatch.setattr(officials_act, "officers_capacity", everybody)
    monkeypatch.setattr(Registrars, "_judged", lambda *_: "done")
    result = first_to_fail(REGISTERED)
    seen(result, "registers:")
    assert "ed by court" in result.told


def test_an_owner_whom_nobody_must_tell_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(targets, "open_deadline", lambda *_: None)
    result = first_to_fail(REGISTERED)
    seen(result, "registers:")
    assert "nobody owes it" in result.told


def test_an_extension_for_nothing_new_is_seen(monkeypatch: Patch) -> None:
    def again(tx: Any, target: Any, actor: Any, setting: Any, new: Any = ()) -> Any:
        return assess(tx, target, actor, setting, new or ("named_in_signed_reports",))

    assess = targets.assess_target
    monkeypatch.setattr(targets, "assess_target", again)
    monkeypatch.setattr(Registrars, "_judged", lambda *_: "done")
    result = first_to_fail(REGISTERED)
    seen(result, "registers:")
    assert "nothing is known that was not" in result.told


def test_names_that_go_abroad_without_a_treaty_are_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(sharings, "content_fault", lambda *_, **__: None)
    monkeypatch.setattr(Registrars, "_judged", lambda *_: "done")
    seen(first_to_fail(REGISTERED), "registers:")


def test_what_stays_abroad_beyond_its_end_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr("tarazy.app.timing.expire_sharings", lambda *_: 0)
    result = first_to_fail(REGISTERED)
    seen(result, "registers:")
    assert "stays abroad" in result.told


def test_a_recall_that_nobody_must_confirm_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(sharings, "_owe", lambda *_: None)
    result = first_to_fail(REGISTERED)
    seen(result, "registers:")
    assert "owes" in result.told


def test_data_that_stay_abroad_although_what_they_came_of_is_locked_are_seen(monkeypatch: Patch) -> None:
    """I6: what was found unlawful is locked, and what went abroad of it stays there."""
    monkeypatch.setattr(locking, "call_back", lambda *_: [])
    result = first_to_fail(CALLED_BACK)
    seen(result, "registers:")
    assert "is locked" in result.told
    assert "stands, and" in result.told


def test_what_came_back_for_unlawful_data_and_stays_open_is_seen(monkeypatch: Patch) -> None:
    def in_silence(*rest: Any) -> list[Any]:
        back(*rest)
        return []

    back = locking.call_back
    monkeypatch.setattr(locking, "call_back", in_silence)
    result = first_to_fail(CALLED_BACK)
    seen(result, "registers:")
    assert "what came back for it is not locked" in result.told


def test_a_recall_that_no_event_tells_of_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(calling_back, "record_sharing", lambda *_, **__: None)
    result = first_to_fail(CALLED_BACK)
    seen(result, "registers:")
    assert "0 events say so" in result.told


def test_data_that_are_called_back_for_nothing_are_seen(monkeypatch: Patch) -> None:
    """Everything of the case falls with what is unlawful, whatever it stands on."""

    def whatever(_: Any, __: Any, locks: Any, ___: Any) -> calling_back.Fall:
        return calling_back.Fall(FellFor.material_locked, next(iter(locks.values())))

    monkeypatch.setattr(calling_back, "_fall_of", whatever)
    result = first_to_fail(BESIDE)
    seen(result, "registers:")
    assert "nothing of it is locked" in result.told


def test_facts_of_a_case_that_go_abroad_unnamed_are_seen(monkeypatch: Patch) -> None:
    monkeypatch.setattr(sharings, "open_facts", lambda *_: [])
    result = first_to_fail((63,))
    seen(result, "registers:")
    assert "was sent, and is not named" in result.told


def test_an_address_in_the_log_is_seen(monkeypatch: Patch) -> None:
    def named(tx: Any, setting: Any, kind: str, target: Any, **details: str) -> None:
        kept(tx, setting, kind, target, **details, address=target.exact)

    kept = targets._record
    monkeypatch.setattr(targets, "_record", named)
    result = first_to_fail(REGISTERED)
    seen(result, "registers:")
    assert "stands in the log" in result.told
