"""Decisions on paper that come to the bank itself: one that lets go of held money binds from its receipt.

One officer enters what stands on the paper, another of the same bank has it before them too and signs the same; with
the second signature the money is let go. A paper that holds, or holds for longer, is not taken here: it goes the way of
the motion, where its author, its law and its end are examined.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from tarazy.agent.answering import is_live, still_held_minor
from tarazy.agent.ending import Change, end_hold, locked_hold, narrow_hold, with_lines
from tarazy.agent.measure_records import HOLD_MEASURES
from tarazy.agent.measures import carrier_of
from tarazy.agent.paper_records import RELEASE_PAPERS, ReleasePaper
from tarazy.agent.records import AgentHold
from tarazy.agent.signing import OfficerAtDesk
from tarazy.app.messages import queue
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.measure import MeasureEnd
from tarazy.domain.notice import NoticeReason
from tarazy.domain.rejection import Rejection
from tarazy.protocol.paper_bodies import PaperTold
from tarazy.protocol.statement import Act, Statement, are_reasons, sign_statement
from tarazy.texts.links import links_in
from tarazy.values.ids import HoldId, PaperId, ParticipantId
from tarazy.values.replacing import replace

NAME_LENGTH_MAX: Final = 120
SHOWN_MAX: Final = 100
ENDS: Final = {"court": HoldEnd.by_court, "authority": HoldEnd.by_authority}
"""Whose paper it can be, and what the holder reads of why their money was let go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterPaper:
    """What stands on a paper: whose it is, its number and day, and how much of a hold it leaves (0: nothing)."""

    paper_id: PaperId
    hold_id: HoldId
    by: str
    forum: str
    decision_no: str
    decided_on: date
    keep_minor: int
    reasons: str


def enter_paper(
    tx: Transaction, command: EnterPaper, officer: OfficerAtDesk, setting: Setting
) -> ReleasePaper | Rejection:
    """Enter a paper that lets go of held money. Nothing follows from it until another officer confirms it."""
    before = tx.lock(RELEASE_PAPERS, {(command.paper_id,)}).get((command.paper_id,))
    if before is not None:
        return before if _told(before).terms() == _terms_of(command) else Rejection.paper_malformed
    hold = locked_hold(tx, command.hold_id)
    rejection = _cannot_be(hold, command, setting)
    if rejection is not None or hold is None:
        return rejection or Rejection.hold_unknown
    paper = ReleasePaper(
        paper_id=command.paper_id,
        hold_id=hold.hold_id,
        measure_id=carrier_of(hold),
        by=command.by,
        forum=command.forum.strip(),
        decision_no=command.decision_no.strip(),
        decided_on=command.decided_on,
        keep_minor=command.keep_minor,
        entered_by=officer.officer_id,
        entered_at=setting.now,
        statement="",
        reasons=command.reasons,
        confirmed_by=None,
        confirmed_at=None,
        second_statement=None,
    )
    paper = replace(paper, statement=_signed(paper, officer, command.reasons, setting))
    tx.add(RELEASE_PAPERS, paper)
    return paper


def confirm_paper(
    tx: Transaction,
    paper_id: PaperId,
    reasons: str,
    officer: OfficerAtDesk,
    exchange: ParticipantId,
    setting: Setting,
) -> ReleasePaper | Rejection:
    """Confirm a paper as its second reader: what it lets go of is let go of in this very transaction."""
    paper = tx.lock(RELEASE_PAPERS, {(paper_id,)}).get((paper_id,))
    if paper is None:
        return Rejection.paper_unknown
    if paper.confirmed_at is not None:
        return Rejection.paper_is_confirmed
    if paper.entered_by == officer.officer_id:
        return Rejection.paper_needs_another_officer
    if not are_reasons(reasons):
        return Rejection.reasons_missing
    hold = locked_hold(tx, paper.hold_id)
    if hold is None or not is_live(hold, setting.now):
        return Rejection.hold_has_ended
    if paper.keep_minor >= still_held_minor(hold) and paper.keep_minor:
        return Rejection.paper_holds_or_extends
    confirmed = replace(
        paper,
        measure_id=carrier_of(hold),
        confirmed_by=officer.officer_id,
        confirmed_at=setting.now,
        second_statement=_signed(paper, officer, reasons, setting),
    )
    tx.put(RELEASE_PAPERS, confirmed)
    queue(tx, setting.envelope(exchange, _told(confirmed), paper_id), setting)
    with_lines(tx, [hold], exchange, setting, _carried_out(confirmed))
    return confirmed


def _cannot_be(hold: AgentHold | None, command: EnterPaper, setting: Setting) -> Rejection | None:
    """Return why nothing can follow from a paper: its words, its day, its hold, or that it does not let go."""
    if hold is None:
        return Rejection.hold_unknown
    if not is_live(hold, setting.now):
        return Rejection.hold_has_ended
    if not are_reasons(command.reasons):
        return Rejection.reasons_missing
    is_past = command.decided_on <= setting.pack.data.calendar.local_day(setting.now)
    is_written = all(_is_name(text) for text in (command.forum, command.decision_no, command.paper_id))
    if command.by not in ENDS or not is_past or not is_written or command.keep_minor < 0:
        return Rejection.paper_malformed
    if command.keep_minor and hold.status is not HoldStatus.placed:
        return Rejection.hold_not_placed
    is_less = command.keep_minor == 0 or command.keep_minor < still_held_minor(hold)
    return None if is_less else Rejection.paper_holds_or_extends


def _is_name(text: str) -> bool:
    return 0 < len(text.strip()) <= NAME_LENGTH_MAX and text.isprintable() and not links_in(text)


def _carried_out(paper: ReleasePaper) -> Change:
    """Let go as the paper says. No officer of this bank has decided it: they have only read it."""

    def change(tx: Transaction, hold: AgentHold, setting: Setting) -> None:
        if paper.keep_minor:
            narrow_hold(tx, hold, paper.keep_minor, setting, why=NoticeReason.narrowed_by_authority)
            return
        if hold.carried_by is not None:
            carried = tx.get(HOLD_MEASURES, hold.hold_id, hold.carried_by)
            assert carried is not None
            tx.put(HOLD_MEASURES, replace(carried, end=MeasureEnd.lifted_by_authority, ended_at=setting.now))
        end_hold(tx, hold, HoldStatus.released, ENDS[paper.by], setting)

    return change


def _signed(paper: ReleasePaper, officer: OfficerAtDesk, reasons: str, setting: Setting) -> str:
    statement = Statement(
        act=Act.enter_paper,
        subject_id=paper.paper_id,
        officer_id=officer.officer_id,
        participant_id=setting.me,
        at=setting.now,
        reasons=reasons,
        terms=_told(paper).terms(),
    )
    return sign_statement(statement, officer.sign)


def _told(paper: ReleasePaper) -> PaperTold:
    """Return what the exchange is told of a paper."""
    return PaperTold(
        paper_id=paper.paper_id,
        hold_id=paper.hold_id,
        measure_id=paper.measure_id,
        by=paper.by,
        forum=paper.forum,
        decision_no=paper.decision_no,
        decided_on=paper.decided_on,
        keep_minor=paper.keep_minor,
        statements=tuple(text for text in (paper.statement, paper.second_statement) if text),
        confirmed_at=paper.confirmed_at or paper.entered_at,
    )


def _terms_of(command: EnterPaper) -> tuple[tuple[str, str], ...]:
    return (
        ("hold_id", command.hold_id),
        ("by", command.by),
        ("forum", command.forum.strip()),
        ("decision_no", command.decision_no.strip()),
        ("decided_on", command.decided_on.isoformat()),
        ("keep_minor", str(command.keep_minor)),
    )


def papers_on(tx: Transaction, hold_ids: Sequence[HoldId]) -> list[ReleasePaper]:
    """Return the papers upon some holds, newest first."""
    about = Condition("hold_id", "in", list(hold_ids))
    return tx.find(RELEASE_PAPERS, about, order=("entered_at",), descending=True, limit=SHOWN_MAX) if hold_ids else []


def papers_waiting(tx: Transaction) -> list[ReleasePaper]:
    """Return the papers that wait for their second reader, oldest first."""
    return tx.find(RELEASE_PAPERS, Condition("confirmed_at", "is_null"), order=("entered_at",), limit=SHOWN_MAX)
