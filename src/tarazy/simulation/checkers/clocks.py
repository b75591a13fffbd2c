"""Clocks: every deadline is counted again here, from the moment that opened it, and none stays open when it is over."""

import re
from datetime import timedelta
from typing import Final

from tarazy.app.appeal_records import APPEALS, RECORDED_ERRORS
from tarazy.app.deferring import DEFERRALS
from tarazy.app.measure_records import CASE_MEASURES, DEADLINES, MOTIONS, Deadline
from tarazy.app.records import EVENTS
from tarazy.domain.deadline import DeadlineStatus
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.programs import Program
from tarazy.values.instant import Instant

NAME: Final = "clocks"
SPAN: Final = re.compile(r"(?:(\d+) x )?(\d+) (h|s)")
"""Spans that run by the minute: no other stands in the law of what is simulated here. Another fails the run."""
OF_LAW: Final = {
    "motion_to_judge": timedelta(hours=48),
    "judge_decides": timedelta(hours=24),
    "tell_holder": timedelta(hours=24),
}
FROM_ITS_ACT: Final = {
    "carry_out_release": timedelta(hours=1, minutes=1),
    "review_measure": timedelta(hours=90 * 24),
    "classify_error": timedelta(days=30),
}
"""Duties that run from the act that opens them, whatever that was."""
CLOSED_REVIEWED: Final = timedelta(days=7)
"""A closed account is looked at again so often."""
ANSWERED_WITHIN: Final = {
    "bank": timedelta(hours=24),
    "prosecutor": timedelta(days=3),
    "investigating_judge": timedelta(days=3),
    "regional_court": timedelta(days=3),
}
LATE_RELEASE: Final = "late_release"
LOOKED_WITHIN: Final = timedelta(hours=10)
"""The exchange's timer runs every other hour; the program can have been down before."""
A_SECOND: Final = timedelta(seconds=1)


class ClocksChecker:
    """Looks at the deadlines of the exchange."""

    def __init__(self, exchange: Program) -> None:
        self._exchange = exchange
        self._seen: dict[str, Deadline] = {}

    def check(self) -> None:
        """Count each new deadline again."""
        disc = self._exchange.disc
        new = [one for one in rows(disc, DEADLINES) if one.deadline_id not in self._seen]
        if not new:
            return
        started: dict[str, Instant] = {one.measure_id: one.begins_at for one in rows(disc, CASE_MEASURES)}
        kinds = {str(one.measure_id): one.measure for one in rows(disc, CASE_MEASURES)}
        started |= {one.motion_id: one.filed_at for one in rows(disc, MOTIONS)}
        put_off = {str(one.measure_id) for one in rows(disc, DEFERRALS)}
        appeals = {str(one.appeal_id): one for one in rows(disc, APPEALS)}
        reached = {one.subject_id: one.at for one in rows(disc, EVENTS) if one.kind == "appeal_filed"}
        for deadline in new:
            self._seen[deadline.deadline_id] = deadline
            where = f"{deadline.duty} upon {deadline.subject_id}, due at {deadline.due_at.text()}"
            again = deadline.starts_at.plus(_length(deadline.span))
            demand(NAME, abs(deadline.due_at.since(again)) < A_SECOND, f"{where}: counted again {again.text()}")
            appeal = appeals.get(deadline.subject_id)
            if deadline.duty == "answer_appeal" and appeal is not None:
                by_law = reached[deadline.subject_id].plus(ANSWERED_WITHIN[appeal.decider])
                demand(NAME, deadline.due_at == by_law == appeal.due_at, f"{where}: by law {by_law.text()}")
            if deadline.duty in FROM_ITS_ACT:
                closes = deadline.duty == "review_measure" and kinds.get(deadline.subject_id) == "M8"
                by_law = deadline.starts_at.plus(CLOSED_REVIEWED if closes else FROM_ITS_ACT[deadline.duty])
                demand(NAME, deadline.due_at == by_law, f"{where}: by law {by_law.text()}")
            within = OF_LAW.get(deadline.duty)
            if deadline.duty == "tell_holder" and deadline.subject_id in put_off:
                continue  # `told` and `deferred` say until when that is
            if within is None or (deadline.duty == "tell_holder" and kinds.get(deadline.subject_id) != "M5"):
                continue
            by_law = started[deadline.subject_id].plus(within)
            demand(NAME, deadline.due_at == by_law, f"{where}: by law {by_law.text()}")

    def check_quiet(self) -> None:
        """Check that nothing is open that was due long ago, and that each state has its moments."""
        long_ago = self._exchange.clock.now().plus(-LOOKED_WITHIN)
        for deadline in rows(self._exchange.disc, DEADLINES):
            where = f"{deadline.duty} upon {deadline.subject_id} ({deadline.status})"
            is_open = deadline.status is DeadlineStatus.open
            demand(NAME, not is_open or deadline.due_at > long_ago, f"{where}: due at {deadline.due_at.text()}")
            is_closed = deadline.status in {DeadlineStatus.met, DeadlineStatus.void}
            demand(NAME, is_closed == (deadline.closed_at is not None), f"{where}: closed at {deadline.closed_at}")
        self._check_late_releases()

    def _check_late_releases(self) -> None:
        """Check that what was let go too late is in the error register once, and nothing else as that."""
        late = set()
        for deadline in rows(self._exchange.disc, DEADLINES):
            is_late = deadline.closed_at is not None and deadline.closed_at > deadline.due_at
            is_done_late = deadline.status is DeadlineStatus.met and is_late
            if deadline.duty == "carry_out_release" and (deadline.status is DeadlineStatus.missed or is_done_late):
                late.add(deadline.subject_id)
        noted = [str(one.measure_id) for one in rows(self._exchange.disc, RECORDED_ERRORS) if one.cause == LATE_RELEASE]
        demand(NAME, sorted(noted) == sorted(late), f"let go too late: {sorted(late)}, recorded: {sorted(noted)}")


def _length(span: str) -> timedelta:
    found = SPAN.fullmatch(span)
    demand(NAME, found is not None, f"a span that nobody can count here: {span}")
    assert found is not None
    times, number, unit = found.groups()
    one = timedelta(hours=int(number)) if unit == "h" else timedelta(seconds=int(number))
    return one * int(times or 1)
