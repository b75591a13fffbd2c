"""Registers (M10, M11): what is restricted is decided by another body, over in time, and its owner is told.

What goes abroad has a ground, an end and another hand, and is owed back until its recipient has confirmed it; what
stood on something that is locked is called back by then, once, and nothing else is (I6). The
longest times stand here once more. Signatures are verified anew. No address and no number is in an event.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from tarazy.adapters.keys import Trust
from tarazy.app.measure_records import CASE_FACTS, DEADLINES, MATERIAL_LOCKS, Deadline
from tarazy.app.records import EVENTS
from tarazy.app.sharing_records import SHARINGS, Sharing, travelling_record
from tarazy.app.store import Condition
from tarazy.app.target_records import TARGETS, Target, targets_in_force
from tarazy.domain.deadline import DeadlineStatus
from tarazy.domain.sharing import SharingStatus
from tarazy.domain.target import TargetKind, TargetStatus
from tarazy.law.assessment import ActorRole
from tarazy.protocol import jws
from tarazy.protocol.statement import Statement
from tarazy.protocol.wire import from_json
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.checkers.papers import Signer, signer_of
from tarazy.simulation.programs import Program
from tarazy.values.instant import Instant

NAME: Final = "registers"
LONGEST: Final = {
    TargetKind.url: timedelta(days=14),
    TargetKind.phone_number: timedelta(hours=72),
    TargetKind.short_number: timedelta(hours=72),
}
FIRST: Final = timedelta(hours=72)
ABROAD_LONGEST: Final = timedelta(days=30)
"""The times of the law pack with which everything here runs."""
LOOKED_WITHIN: Final = timedelta(hours=10)
"""The exchange's timer runs every other hour; the program can have been down before."""
OF_PERSONS: Final = frozenset({"name", "document_number", "transfer_details", "facts_of_case"})
CALLED_BACK: Final = frozenset({SharingStatus.recalled, SharingStatus.expired})
STANDING: Final = frozenset({SharingStatus.proposed, SharingStatus.sent, SharingStatus.expired})
OWED: Final = frozenset({DeadlineStatus.open, DeadlineStatus.missed})


class RegistersChecker:
    """Looks at the restrictions and at what went abroad, after each transaction of the exchange."""

    def __init__(self, exchange: Program, trust: Trust) -> None:
        self._exchange, self._trust = exchange, trust
        self._targets: dict[str, Target] = {}
        self._sharings: dict[str, Sharing] = {}

    def check(self) -> None:
        """Check what has changed since the last time, and what is in force now."""
        disc, now = self._exchange.disc, self._exchange.clock.now()
        targets, sharings = rows(disc, TARGETS), rows(disc, SHARINGS)
        if not targets and not sharings:
            return
        self._check_register(targets, now)
        for target in targets:
            if self._targets.get(target.target_id) is not target:
                self._check_target(target, self._targets.get(target.target_id))
                self._targets[target.target_id] = target
        for sharing in sharings:
            if self._sharings.get(sharing.sharing_id) is not sharing:
                self._sharings[sharing.sharing_id] = sharing
                self._check_sharing(sharing)
            if sharing.status is SharingStatus.sent:
                end = _end_of(sharing)
                is_late = end < now.plus(-LOOKED_WITHIN)
                demand(NAME, not is_late, f"{sharing.sharing_id}: stays abroad beyond {end.text()}")

        self._check_fallen(sharings)

    def check_quiet(self) -> None:
        """Check, when nothing is under way, that persons are told or somebody owes that, and what the log says."""
        disc = self._exchange.disc
        deadlines = rows(disc, DEADLINES)
        for sharing in rows(disc, SHARINGS):
            if sharing.sent_at is not None and sharing.told_subject_at is None:
                _demand_known(deadlines, "tell_holder", sharing.sharing_id, f"{sharing.sharing_id}: nobody was told")
        exact = {one.exact for one in rows(disc, TARGETS)}
        for event in rows(disc, EVENTS):
            told = exact & {str(value) for value in event.details.values()}
            demand(NAME, not told, f"{event.kind} {event.event_id}: an address or a number stands in the log")

    def _check_register(self, targets: Sequence[Target], now: Instant) -> None:
        """What the public reads is what is in force, counted anew from the rows alone."""
        shown = {one.target_id for one in self._exchange.disc.run(lambda tx: targets_in_force(tx, now))}
        active = {
            one.target_id
            for one in targets
            if one.ordered_at is not None
            and one.in_force_until is not None
            and one.ordered_at <= now < one.in_force_until
            and one.lifted_at is None
        }
        demand(NAME, shown == active, f"the register shows {sorted(shown)}, in force are {sorted(active)}")
        long_ago = now.plus(-LOOKED_WITHIN)
        for one in targets:
            is_late = one.status is TargetStatus.in_force and one.in_force_until is not None
            is_late = is_late and one.in_force_until is not None and one.in_force_until < long_ago
            demand(NAME, not is_late, f"{one.target_id}: has no end, although its time is over")

    def _check_target(self, target: Target, before: Target | None) -> None:
        where = f"{target.target_id} ({target.kind}, {target.status})"
        author = self._author(target.proposal, "propose_target", target.target_id, where)
        demand(NAME, author.capacity is ActorRole.investigator, f"{where}: proposed by {author.capacity}")
        demand(NAME, bool(target.facts and target.offence_id and target.reasons), f"{where}: rests on nothing")
        if target.ordered_at is None or target.in_force_until is None:
            return
        decider = self._author(target.decision or "", "decide_target", target.target_id, where)
        demand(NAME, decider.capacity is ActorRole.prosecutor, f"{where}: decided by {decider.capacity}")
        demand(NAME, _hand(decider) != _hand(author), f"{where}: decided by its author")
        demand(NAME, bool(target.norms and target.pack), f"{where}: restricted without a norm")
        if target.told_owner_at is None:
            _demand_known(rows(self._exchange.disc, DEADLINES), "tell_holder", target.target_id, f"{where}: not told")
        latest = target.ordered_at.plus(LONGEST[target.kind])
        demand(
            NAME,
            target.in_force_until <= latest,
            f"{where}: until {target.in_force_until.text()}, by law {latest.text()}",
        )
        if target.extensions == 0:
            first = target.ordered_at.plus(min(FIRST, timedelta(hours=target.hours)))
            demand(NAME, target.in_force_until <= first, f"{where}: until {target.in_force_until.text()} at first")
        if before is not None and target.extensions > before.extensions:
            demand(NAME, set(target.facts) > set(before.facts), f"{where}: extended, and nothing is known that was not")
            before_end = before.in_force_until
            in_time = before_end is not None and self._exchange.clock.now() < before_end
            demand(NAME, in_time, f"{where}: extended when it was over")

    def _check_sharing(self, sharing: Sharing) -> None:
        where = f"{sharing.sharing_id} ({sharing.status})"
        author = self._author(sharing.proposal, "propose_sharing", sharing.sharing_id, where)
        demand(NAME, author.capacity is ActorRole.investigator, f"{where}: proposed by {author.capacity}")
        if sharing.sent_at is None:
            return
        decider = self._author(sharing.decision or "", "decide_sharing", sharing.sharing_id, where)
        demand(NAME, decider.capacity is ActorRole.prosecutor, f"{where}: authorised by {decider.capacity}")
        demand(NAME, _hand(decider) != _hand(author), f"{where}: authorised by its author")
        named = set(sharing.data) & OF_PERSONS
        demand(NAME, not named or bool(sharing.treaty_code), f"{where}: {sorted(named)} sent without a treaty")
        is_grounded = bool(sharing.norms and sharing.purpose and sharing.offence_id and sharing.handling_code)
        demand(NAME, is_grounded, f"{where}: sent without a ground")
        marked = len(sharing.accuracy_marks) == len(sharing.assertion_kinds) == len(sharing.data)
        demand(NAME, marked, f"{where}: sent without saying how far it is known")
        risks = [risk for risk, answer in sharing.risks if answer == "present"]
        demand(NAME, not risks, f"{where}: sent although {risks} stands")
        latest = sharing.sent_at.plus(min(ABROAD_LONGEST, timedelta(hours=sharing.hours)))
        demand(NAME, _end_of(sharing) <= latest, f"{where}: may stay until {_end_of(sharing).text()}")
        travels = travelling_record(sharing) or ""
        ends = sharing.expires_at is not None and f'"erase_by":"{sharing.expires_at.text()}"' in travels
        demand(NAME, ends, f"{where}: its end does not travel with it")
        self._check_owed(sharing, where)
        if "facts_of_case" in sharing.data:
            self._check_facts_named(sharing)

    def _check_owed(self, sharing: Sharing, where: str) -> None:
        """What was called back, is over or was corrected is owed until the recipient has confirmed it."""
        of_it = Condition("subject_id", "=", sharing.sharing_id)
        owed = {one.duty for one in rows(self._exchange.disc, DEADLINES, of_it) if one.status in OWED}
        if sharing.status in CALLED_BACK:
            demand(NAME, "confirm_erasure" in owed, f"{where}: nobody owes the word that it is erased")
        if sharing.status is SharingStatus.erased:
            demand(NAME, sharing.erasure_confirmed_at is not None, f"{where}: erased, and nobody has confirmed it")
        is_corrected = sharing.corrected_at is not None and sharing.correction_acknowledged_at is None
        if is_corrected and sharing.status is not SharingStatus.erased:
            demand(NAME, "acknowledge_correction" in owed, f"{where}: nobody owes the word that it is corrected")

    def _check_fallen(self, sharings: Sequence[Sharing]) -> None:
        """What stands on something locked does not stand after the transaction that locked it."""
        disc = self._exchange.disc
        locks = {one.subject_id: one for one in rows(disc, MATERIAL_LOCKS)} if sharings else {}
        if not locks:
            return
        recalls = Counter(one.subject_id for one in rows(disc, EVENTS, Condition("kind", "=", "sharing_recalled")))
        for one in sharings:
            where = f"{one.sharing_id} ({one.status})"
            came_of, rests_on = set(one.came_of) & locks.keys(), set(one.rests_on) & locks.keys()
            is_touched = bool(came_of or rests_on)
            demand(NAME, is_touched or one.fell_for is None, f"{where}: fell, and nothing of it is locked")
            was_refused = one.status is SharingStatus.refused and one.decided_officer_id is not None
            if not is_touched or was_refused:
                continue
            demand(NAME, one.status not in STANDING, f"{where}: stands, and {sorted(came_of | rests_on)} is locked")
            demand(NAME, one.fell_for is not None, f"{where}: its end does not say what it fell with")
            demand(NAME, one.fell_with in locks, f"{where}: fell with {one.fell_with}, which is not locked")
            if one.sent_at is not None:
                demand(NAME, one.sharing_id in locks, f"{where}: fell, and what came back for it is not locked")
            if one.recalled_at is not None:
                times = recalls[one.sharing_id]
                demand(NAME, times == 1, f"{where}: called back once, and {times} events say so")

    def _check_facts_named(self, sharing: Sharing) -> None:
        """Where facts of the case were sent, each that was open then is among what the data came of."""
        locks = {one.subject_id: one for one in rows(self._exchange.disc, MATERIAL_LOCKS)}
        of_it = Condition("subject_id", "=", sharing.sharing_id)
        [sent] = rows(self._exchange.disc, EVENTS, Condition("kind", "=", "sharing_sent"), of_it)
        # A fact counts where it was added to the case in which this was authorised: cases join later.
        added = Condition("kind", "=", "fact_added"), Condition("case_id", "=", sent.case_id)
        before = {one.subject_id for one in rows(self._exchange.disc, EVENTS, *added) if one.at < sent.at}
        for fact in rows(self._exchange.disc, CASE_FACTS):
            ends = [locks[key].locked_at for key in (fact.fact_id, fact.source) if key in locks]
            was_open = fact.fact_id in before and all(sent.at < end for end in ends)
            is_named = fact.fact_id in sharing.came_of or not was_open
            demand(NAME, is_named, f"{sharing.sharing_id}: {fact.fact_id} was sent, and is not named")

    def _author(self, text: str, act: str, subject_id: str, where: str) -> Signer:
        """Return who has signed an act upon this very subject; its terms were compared when it was taken."""
        said = from_json(jws.read(text).payload, Statement)
        signer = signer_of(text, act, subject_id, said.terms, self._trust)
        demand(NAME, signer is not None and bool(said.reasons), f"{where}: {act} was signed by nobody")
        assert signer is not None
        return signer


def _hand(signer: Signer) -> tuple[str, str]:
    return signer.participant_id, signer.officer_id


def _end_of(sharing: Sharing) -> Instant:
    assert sharing.expires_at is not None, "what was sent has an end"
    return sharing.expires_at


def _demand_known(deadlines: Sequence[Deadline], duty: str, subject_id: str, what: str) -> None:
    known = any((one.duty, one.subject_id) == (duty, subject_id) for one in deadlines)
    demand(NAME, known, f"{what}, and nobody owes it")
