"""What an officer writes in an act upon holds: read from the form, kept as it was typed, signed as it was read."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from msgspec import structs

from tarazy.app.lawgate import AIM
from tarazy.app.measure_records import Words
from tarazy.app.queries.drafts import Draft, DraftView, LinePreview, Proposal, milder_than
from tarazy.app.records import Case
from tarazy.app.schedules import SignedAct, words_digest
from tarazy.app.setting import Setting
from tarazy.domain.hands import Hand
from tarazy.domain.motion import MotionAsk
from tarazy.edge.console.person import Person, Signatory
from tarazy.edge.pages.entered import read_local, read_sum
from tarazy.edge.pages.form_page import Unread
from tarazy.edge.pages.forms import Form
from tarazy.law.assessment import ActorRole, Measure
from tarazy.law.ground import Pack
from tarazy.protocol.schedule import SALT_LENGTH, ScheduleLine, SignedSchedule, line_id_of
from tarazy.protocol.statement import Act
from tarazy.values.ids import ID_LENGTH_MAX, HoldId, MotionId, OfficerId, ParticipantId
from tarazy.values.instant import Instant

LINES_PER_ACT_MAX: Final = 40
"""As many holds as one page offers: each has up to four fields, and a form has at most 200. More are a second act."""
WORDS_MAX: Final = 800
ANSWER_MAX: Final = 400
"""Letters in an answer to a milder measure. With all its fields full, in Cyrillic, a form is still read."""
ID_BYTES: Final = 16
ASKS: Final = ("begin", "authorise", "close", "extend")
MEASURE_OF: Final = {"begin": Measure.M5, "authorise": Measure.M9, "close": Measure.M8}
EXTENDABLE: Final = (Measure.M9, Measure.M5, Measure.M8)
_NOBODY: Final = Hand(ParticipantId(""), OfficerId(""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a page is for: which act, with which measure."""

    ask: str
    measure: Measure

    @property
    def act(self) -> Act:
        """What is signed."""
        return Act.begin_measure if self.ask == "begin" else Act.file_motion

    @property
    def motion_ask(self) -> MotionAsk:
        """What an authority is asked."""
        return MotionAsk.extend if self.ask == "extend" else MotionAsk.authorise


def asks_of(pack: Pack, now: Instant) -> tuple[str, ...]:
    """Return what can be asked for under a law: whole accounts only where it has a rule for them today."""
    closes = pack.ground(Measure.M8, None, pack.data.calendar.local_day(now)) is not None
    return tuple(one for one in ASKS if one != "close" or closes)


def asked_of(form: Form, setting: Setting) -> Asked:
    """Return what a form or an address asks for; what cannot be asked for begins a measure."""
    asks = asks_of(setting.pack, setting.now)
    ask = form.text("ask") if form.text("ask") in asks else asks[0]
    named = form.text("measure")
    other = Measure(named) if named in EXTENDABLE else Measure.M9
    return Asked(ask=ask, measure=MEASURE_OF.get(ask, other))


def words_of(form: Form, rungs: tuple[Measure, ...]) -> Words:
    """Return an author's reasons as they were typed, none longer than is kept."""
    return Words(
        aim=form.text("aim") or AIM,
        suitability=form.text("suitability")[:WORDS_MAX],
        impact=form.text("impact")[:WORDS_MAX],
        hiding_risk=form.text("hiding_risk")[:WORDS_MAX],
        alternatives=tuple((rung.value, form.text(f"milder-{rung}")[:ANSWER_MAX]) for rung in rungs),
        exculpatory=form.text("exculpatory")[:WORDS_MAX],
    )


def ticked(form: Form) -> tuple[HoldId, ...]:
    """Return the holds that were ticked, each once."""
    return tuple(dict.fromkeys(HoldId(one) for one in form.all("hold")[:LINES_PER_ACT_MAX]))


def draft_of(form: Form, asked: Asked, case: Case, offence_id: str, person: Person, setting: Setting) -> Draft:
    """Return what is being written; a sum or an end that cannot be read counts as the most that may be asked.

    ``offence_id`` is that of the case's first report: it counts until the officer names another.
    """
    pack, now = setting.pack, setting.now
    proposals: dict[HoldId, Proposal] = {}
    for hold_id in ticked(form):
        proposal = _proposal(form, hold_id, case.currency, pack)
        if proposal is not None and proposal.until > now:
            proposals[hold_id] = proposal
    signatory = person.signatory
    return Draft(
        case_id=case.case_id,
        measure=asked.measure,
        is_urgent=asked.ask == "begin",
        offence_ids=_offences(form, offence_id, pack),
        words=words_of(form, milder_than(asked.measure, pack, now)),
        proposals=proposals,
        capacity=person.acts_as or ActorRole.other,
        hand=_NOBODY if signatory is None else Hand(signatory.participant_id, signatory.officer_id),
        extends=asked.motion_ask if asked.ask == "extend" else None,
    )


def _proposal(form: Form, hold_id: HoldId, currency: str, pack: Pack) -> Proposal | None:
    cap = read_sum(form.text(f"sum-{hold_id}"), currency)
    until = read_local(form.text(f"until-{hold_id}"), pack.data.calendar.zone)
    return None if cap is None or until is None else Proposal(cap, until)


def _offences(form: Form, of_report: str, pack: Pack) -> tuple[str, ...]:
    """Return the offences that are named: one, and perhaps another that carries the measure if the first falls."""
    named = dict.fromkeys((form.text("offence") or of_report, form.text("offence_besides")))
    return tuple(one for one in named if one in pack.data.offences) or ("",)


def whole_minute(until: Instant) -> Instant:
    """Return the minute in which a moment lies: what is shown in a field is what is signed."""
    return until.plus(-timedelta(seconds=until.utc.second, microseconds=until.utc.microsecond))


def unreadable(form: Form, view: DraftView, draft: Draft) -> Unread | None:
    """Return what stops an act before anybody signs: no line is ticked, or one cannot be read."""
    chosen = ticked(form)
    known = {line.hold.hold_id for line in view.lines}
    if not chosen:
        return Unread("console.motion.no_line")
    if not set(chosen) <= known:
        return Unread("console.motion.line_gone")
    if any(hold_id not in draft.proposals for hold_id in chosen):
        return Unread("console.motion.line_unread")
    if not draft.offence_ids[0]:
        return Unread("console.motion.no_offence")
    return None


def new_id(setting: Setting) -> MotionId:
    """Return an id for an act that is being written; the same act sent twice is the same act."""
    return MotionId(f"mo_{setting.entropy(ID_BYTES).hex()}")


def id_of(form: Form, setting: Setting) -> MotionId:
    """Return the id with which a page was opened."""
    return MotionId(form.text("schedule_id")[:ID_LENGTH_MAX]) or new_id(setting)


def signed_act(
    form: Form, asked: Asked, view: DraftView, draft: Draft, signatory: Signatory, setting: Setting
) -> SignedAct:
    """Return the act with every line that was ticked, signed by whoever sits at the console."""
    schedule_id = id_of(form, setting)
    lines = tuple(
        _line(line, schedule_id, draft, setting) for line in view.lines if line.hold.hold_id in draft.proposals
    )
    schedule = SignedSchedule(
        schedule_id=schedule_id,
        act=asked.act,
        case_id=draft.case_id,
        measure=draft.measure,
        registration=view.case.registration or "",
        offence_ids=draft.offence_ids,
        words=words_digest(draft.words),
        digests=tuple(one.digest for one in lines),
        statement="",
    )
    # Every bank reads the statement: all reasons stand under it by their hash alone.
    statement = signatory.statement(asked.act, schedule_id, "", setting.now, schedule.terms())
    return SignedAct(
        signed=structs.replace(schedule, statement=statement),
        lines=lines,
        words=draft.words,
        participant_id=signatory.participant_id,
    )


def _line(line: LinePreview, schedule_id: MotionId, draft: Draft, setting: Setting) -> ScheduleLine:
    proposal = draft.proposals[line.hold.hold_id]
    return ScheduleLine(
        line_id=line_id_of(schedule_id, line.hold.hold_id),
        hold_id=line.hold.hold_id,
        participant_id=line.hold.participant_id,
        currency=line.hold.currency,
        cap_minor=proposal.cap_minor,
        until=proposal.until,
        salt=setting.entropy(SALT_LENGTH // 2).hex(),
    )
