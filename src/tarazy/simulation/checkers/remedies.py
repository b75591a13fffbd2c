"""Remedies (I10): whoever's money is held can appeal, on every road, in time; and what was decided is carried out.

The forums of each measure stand here as the law of this world names them. An appeal is never turned away, keeps the
moment at which it was made, and is answered or followed by what silence means.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from tarazy.agent.appeals import LOCAL_APPEALS
from tarazy.agent.notices import NoticeOffice
from tarazy.agent.records import HOLDS, SERVED_NOTICES, ServedNotice
from tarazy.app.appeal_records import APPEALS, CODE_PRESENTATIONS, Appeal
from tarazy.app.measure_records import CASE_MEASURES
from tarazy.app.messages import OUTBOX
from tarazy.app.store import Condition
from tarazy.domain.appeal import OPEN_APPEALS, AppealOutcome, AppealStatus, SilenceEffect
from tarazy.domain.hold import HoldStatus
from tarazy.domain.notice import NoticeKind
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.programs import Bank, Network, Program
from tarazy.simulation.world import World
from tarazy.texts.catalogue import Language
from tarazy.values.ids import AppealId, ParticipantId

NAME: Final = "remedies"
FORUMS: Final = {
    "M4b": ("law.forum.bank", "law.forum.regulator"),
    "M5": ("law.forum.prosecutor", "law.forum.investigating_judge"),
    "M8": ("law.forum.regional_court",),
    "M9": ("law.forum.regional_court",),
}
ADVERSE: Final = {
    NoticeKind.hold_placed: "M4b",
    NoticeKind.hold_confirmed: "M4b",
}
LIVE: Final = frozenset({HoldStatus.requested, HoldStatus.placed})
LETS_GO: Final = frozenset({AppealOutcome.measure_overturned, AppealOutcome.measure_unlawful})
LOOKED_WITHIN: Final = timedelta(hours=10)
HEARD_WITHIN: Final = timedelta(hours=8)
"""So long at the most it takes until a bank that is cut off or down has heard of a decision."""
LAW: Final = "law."


class RemediesChecker:
    """Looks at appeals, at both ends."""

    def __init__(self, world: World, offices: Mapping[ParticipantId, NoticeOffice]) -> None:
        self._world, self._offices = world, offices
        self._network: Network = world.network
        self._seen: set[str] = set()

    def check(self) -> None:
        """Check that each new appeal is at the forum that its measure has."""
        disc = self._network.exchange.disc
        self._check_in_time(rows(disc, APPEALS))
        new = [one for one in rows(disc, APPEALS) if one.appeal_id not in self._seen]
        if not new:
            return
        kinds = {str(one.measure_id): one.measure for one in rows(disc, CASE_MEASURES)}
        for appeal in new:
            self._seen.add(appeal.appeal_id)
            forums = FORUMS[kinds.get(appeal.measure_id, "M4b")]
            where = f"{appeal.appeal_id} against {appeal.measure_id}"
            is_there = appeal.forum_no < len(forums) and appeal.forum == forums[appeal.forum_no]
            demand(NAME, is_there, f"{where}: at {appeal.forum} ({appeal.forum_no}), its forums are {forums}")

    def _check_in_time(self, appeals: Sequence[Appeal]) -> None:
        """Check that what was decided long ago, for this world, is carried out at its bank."""
        long_ago = self._network.exchange.clock.now().plus(-HEARD_WITHIN)
        decided = {one.appeal_id: one for one in appeals if one.decided_at is not None and one.decided_at < long_ago}
        for name in {one.participant_id for one in decided.values()} - self._network.gone:
            self._check_carried_out(self._network.banks[name], decided)

    def check_bank(self, bank: Bank) -> None:
        """Check that a notice of what holds somebody's money names where to complain."""
        for notice in rows(bank.program.disc, SERVED_NOTICES):
            if notice.notice_id not in self._seen:
                self._seen.add(notice.notice_id)
                self._check_notice(bank, notice)

    def _check_notice(self, bank: Bank, notice: ServedNotice) -> None:
        kinds = {one.measure_id: one.measure for one in rows(self._network.exchange.disc, CASE_MEASURES)}
        measure = kinds.get(notice.measure_id) if notice.measure_id else ADVERSE.get(NoticeKind(notice.notice_kind))
        if measure is None:
            return
        catalogue, language = self._offices[bank.name].catalogue, Language(notice.language)
        forum = catalogue.text(f"notice.{FORUMS[measure][0].removeprefix(LAW)}", language)
        is_named = any(forum.lower() in paragraph.lower() for paragraph in notice.paragraphs)
        demand(NAME, is_named, f"{notice.notice_kind} of {notice.hold_id} ({measure}): does not name {forum}")

    def check_quiet(self) -> None:
        """Check, when nothing is under way, that every appeal has come, was answered, and was carried out."""
        exchange = self._network.exchange
        appeals = {one.appeal_id: one for one in rows(exchange.disc, APPEALS)}
        for bank in self._network.banks.values():
            if bank.name not in self._network.gone:
                self._check_lodged(bank, appeals)
                self._check_carried_out(bank, appeals)
        self._check_codes(exchange, appeals)
        long_ago = exchange.clock.now().plus(-LOOKED_WITHIN)
        for appeal in appeals.values():
            is_late = appeal.due_at is not None and appeal.due_at < long_ago
            where = f"{appeal.appeal_id} against {appeal.measure_id} ({appeal.status})"
            demand(NAME, not is_late or appeal.status not in OPEN_APPEALS, f"{where}: nobody has answered")

    def _check_lodged(self, bank: Bank, appeals: Mapping[AppealId, Appeal]) -> None:
        skew = self._world.options.skew_allowed
        turned_away = {
            one.refusal
            for one in rows(bank.program.disc, OUTBOX, Condition("kind", "=", "appeal_lodged"))
            if one.refusal
        }
        demand(NAME, turned_away <= {"no_forum_left"}, f"{bank.name}: appeals were turned away: {turned_away}")
        for local in rows(bank.program.disc, LOCAL_APPEALS):
            appeal = appeals.get(local.appeal_id)
            where = f"{local.appeal_id} at {bank.name}"
            went_on = local.before_appeal_id is not None
            demand(NAME, appeal is not None or went_on, f"{where}: never reached its forum")
            if appeal is not None:
                is_told = appeal.is_identified or local.completed_at is None or appeal.status not in OPEN_APPEALS
                demand(NAME, is_told, f"{where}: completed at its bank, and nobody who decides has heard of it")
                off = abs(appeal.filed_at.since(local.filed_at))
                kept = f"{where}: made at {local.filed_at.text()}, kept as of {appeal.filed_at.text()}"
                demand(NAME, off <= skew, kept)

    def _check_codes(self, exchange: Program, appeals: Mapping[AppealId, Appeal]) -> None:
        """A code that opened a notice keeps the moment at which it was shown."""
        skew = self._world.options.skew_allowed
        for shown in rows(exchange.disc, CODE_PRESENTATIONS):
            if shown.participant_id in self._network.gone:
                continue
            where = f"{shown.presentation_id} for {shown.participant_id}"
            demand(NAME, shown.is_answered, f"{where}: a code was shown, and nobody has said whether it opens anything")
            if shown.appeal_id is not None:
                appeal = appeals.get(shown.appeal_id)
                in_time = appeal is not None and appeal.filed_at <= shown.filed_at.plus(skew)
                demand(NAME, in_time, f"{where}: shown at {shown.filed_at.text()}, and its appeal is {appeal}")

    def _check_carried_out(self, bank: Bank, appeals: Mapping[AppealId, Appeal]) -> None:
        holds = {one.hold_id: one for one in rows(bank.program.disc, HOLDS)}
        for appeal in appeals.values():
            hold = holds.get(appeal.hold_id)
            if hold is None or hold.status not in LIVE or (hold.carried_by or hold.hold_id) != appeal.measure_id:
                continue
            where = f"{hold.hold_id} at {bank.name} after {appeal.appeal_id} ({appeal.outcome or appeal.status})"
            silent = appeal.decided_at is not None and appeal.outcome is None
            released = silent and appeal.on_silence is SilenceEffect.releases
            is_over = appeal.outcome in LETS_GO or (released and appeal.status is not AppealStatus.withdrawn)
            demand(NAME, not is_over, f"{where}: {hold.held_minor} still held")
            if appeal.outcome is AppealOutcome.measure_narrowed:
                demand(NAME, hold.held_minor <= appeal.keep_minor, f"{where}: {hold.held_minor} of {appeal.keep_minor}")
