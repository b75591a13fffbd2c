"""Where an appeal stands, in sentences: who decides, until when, what silence means, and what was decided."""

from datetime import timedelta
from typing import Final

from tarazy.agent.appeal_queries import AppealShown, ForumAhead, WayOn
from tarazy.agent.appeals import NOT_TAKEN, OPEN_STATES
from tarazy.agent.records import AgentHold
from tarazy.domain.appeal import AppealOutcome, AppealStatus, SilenceEffect
from tarazy.domain.rejection import Rejection
from tarazy.edge.pages.reader import Reader

_LAST_MOMENT_OF_A_DAY: Final = timedelta(seconds=-1)
"""The end of a day is the first moment of the next: what people call that day is the one before it."""


def who_decides(ahead: ForumAhead | None, reader: Reader) -> str:
    """Return what the forum of an appeal is called; where this bank's law names none, that the exchange finds it."""
    return reader.t("app.appeal.forum_found" if ahead is None else ahead.forum)


def answer_by(ahead: ForumAhead | None, reader: Reader) -> str:
    """Return by when an appeal that is sent now must be answered."""
    if ahead is None or ahead.due_at is None:
        return reader.t("app.appeal.no_due")
    return reader.t("app.appeal.due_if_now", due=reader.moment(ahead.due_at))


def last_day(ahead: ForumAhead | None, reader: Reader) -> str:
    """Return the last day for appealing. It is no bar: that is said beside it."""
    if ahead is None or ahead.last_at is None:
        return reader.t("app.appeal.any_time")
    if ahead.last_is_day:
        return reader.t("app.appeal.last", last=reader.day(ahead.last_at.plus(_LAST_MOMENT_OF_A_DAY)))
    return reader.t("app.appeal.last", last=reader.moment(ahead.last_at))


def if_silent(silence: SilenceEffect, next_forum: str | None, reader: Reader) -> str:
    """Return what follows where nobody answers in time."""
    if silence is SilenceEffect.releases:
        return reader.t("app.appeal.silence.releases")
    if next_forum is None:
        return reader.t("app.appeal.silence.last")
    return reader.t("app.appeal.silence.next_forum", forum=reader.t(next_forum))


def way_on(way: WayOn | None, reader: Reader) -> list[str]:
    """Return where to go on from an answer: the next forum and the last day for it. Empty where nothing is answered."""
    if way is None:
        return []
    if way.last.state in OPEN_STATES:
        there = reader.t("app.appeal.forum_found" if way.last.forum is None else way.last.forum)
        return [reader.t("app.appeal.way.gone_on", forum=there)]
    if way.ahead is None:
        return [reader.t("app.appeal.way.last_word"), reader.t("app.appeal.way.anew")]
    said = reader.t("app.appeal.way.next", forum=reader.t(way.ahead.forum))
    last = f"{reader.t('app.appeal.last_day')}: {last_day(way.ahead, reader)}"
    return [said, last, reader.t("app.appeal.way.anew")]


def refusal(why: Rejection, way: WayOn | None, reader: Reader) -> str:
    """Return why what somebody sent was not taken, and where to turn."""
    if why is Rejection.appeal_is_decided and way is not None:
        return " ".join(way_on(way, reader))
    own = f"app.appeal.no.{why}"
    return reader.t(own) if reader.has(own) else reader.t(f"desk.rejection.{why}")


def state_of(shown: AppealShown, hold: AgentHold, reader: Reader) -> list[str]:
    """Return where an appeal stands, in one to three sentences."""
    appeal = shown.appeal
    if appeal.outcome is not None:
        return _decided(shown, hold, reader)
    if shown.is_let_go:
        return [reader.t("app.appeal.state.let_go")]
    if shown.went_on_to is not None:
        said = reader.t("app.appeal.state.went_on", forum=reader.t(shown.went_on_to))
        due = shown.went_on_due
        return [said] if due is None else [said, reader.t("app.appeal.due", due=reader.brief(due))]
    if appeal.state == NOT_TAKEN:
        is_last = appeal.not_taken_why == Rejection.no_forum_left
        return [reader.t("app.appeal.state.last_word" if is_last else "app.appeal.state.not_taken")]
    if not shown.is_open:
        is_known = appeal.state in {AppealStatus.not_admitted, AppealStatus.withdrawn}
        said = reader.t(f"app.appeal.state.{appeal.state if is_known else 'unanswered'}")
        why = appeal.turned_down
        return [said] if why is None else [said, reader.t(f"app.appeal.turned_down.{why}")]
    return _open(shown, reader)


def _open(shown: AppealShown, reader: Reader) -> list[str]:
    appeal = shown.appeal
    if appeal.forum is None:
        said = [reader.t("app.appeal.state.sent"), reader.t("app.appeal.state.kept")]
    else:
        said = [reader.t("app.appeal.state.at", forum=reader.t(appeal.forum))]
    if shown.due_at is None:
        return [*said, reader.t("app.appeal.no_due")]
    due = reader.t("app.appeal.due", due=reader.brief(shown.due_at))
    return [*said, due, if_silent(shown.silence, shown.next_forum, reader)]


def _decided(shown: AppealShown, hold: AgentHold, reader: Reader) -> list[str]:
    appeal = shown.appeal
    assert appeal.outcome is not None
    kept = reader.money(appeal.keep_minor, hold.currency)
    said = [reader.t(f"app.appeal.outcome.{appeal.outcome}", sum=kept)]
    is_final = appeal.outcome is AppealOutcome.measure_stands and appeal.next_forum is None
    return [*said, reader.t("app.appeal.state.last_word")] if is_final else said
