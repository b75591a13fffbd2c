"""How the facts of a case are put into words: the sentence that adds up, kinds, officers, norms, refused answers."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from tarazy.app.queries.case import People
from tarazy.app.queries.equation import Equation, Term, TermKind
from tarazy.domain.rejection import Rejection
from tarazy.edge.pages.reader import Reader
from tarazy.law.assessment import NormVersion
from tarazy.law.ground import Pack
from tarazy.protocol.authorisation import Authorisation
from tarazy.values.ids import NormId, OfficerId, ParticipantId
from tarazy.values.instant import Instant

KINDS_WITH_DETAIL: Final = frozenset({TermKind.exited, TermKind.stopped, TermKind.waiting})


def term_name(term: Term, reader: Reader) -> str:
    """Return what a summand is called: its kind where it has one, else its state."""
    if term.detail is not None and term.kind in KINDS_WITH_DETAIL:
        return reader.t(f"console.{term.kind}.{term.detail}")
    return reader.t(f"console.term.{term.kind}")


def sentence(equation: Equation, reader: Reader) -> str:
    """Return the equation as one sentence, kinds in brackets where a state has any."""
    parts = []
    for kind in dict.fromkeys(term.kind for term in equation.terms):
        total = reader.money(equation.of(kind), equation.currency)
        text = reader.t(f"console.said.{kind}", sum=total)
        details = [term for term in equation.terms if term.kind is kind and kind in KINDS_WITH_DETAIL]
        if details:
            text += f" ({', '.join(_detail(term, len(details), equation.currency, reader) for term in details)})"
        parts.append(text)
    stolen = reader.money(equation.stolen_minor, equation.currency)
    return reader.t("console.said.all", stolen=stolen, parts="; ".join(parts))


def _detail(term: Term, count: int, currency: str, reader: Reader) -> str:
    name = term_name(term, reader)
    return name if count == 1 else f"{name} — {reader.money(term.amount_minor, currency)}"


def officer(people: People, participant_id: ParticipantId, officer_id: OfficerId, reader: Reader) -> str:
    """Return an officer's id with the role: the exchange knows no name."""
    role = people.role(participant_id, officer_id)
    code = f"console.role.{role}"
    if not role or not reader.has(code):
        return officer_id
    return f"{officer_id} ({reader.t(code)})"


def decision(decided: Authorisation, reader: Reader) -> str:
    """Return who has decided, under which number, on which day, and up to which sum, on one line."""
    return reader.t(
        "console.authorisation.line",
        forum=decided.forum,
        number=decided.decision_no,
        day=reader.date(decided.decided_on),
        sum=reader.money(decided.amount_minor, decided.currency),
    )


def norms(pack: Pack, norm_ids: Iterable[NormId], at: Instant) -> list[NormVersion]:
    """Return the versions of norms that were in force on the local day of ``at``."""
    day = pack.data.calendar.local_day(at)
    found = (pack.norm_on(norm_id, day) for norm_id in norm_ids)
    return [version for version in found if version is not None]


class Refused(NamedTuple):
    """Why an answer was refused: the rejection, and what in the answer did not add up."""

    rejection: str
    why: str


_NOT_ANSWERED: Final = re.compile(r"units from (\d+) are answered (never|twice)")
_ENDS_EARLY: Final = re.compile(r"the answer ends at (\d+), the piece at (\d+)")
_EMPTY: Final = re.compile(r"an empty or turned stretch \[(\d+), (\d+)\)")

_FAULTS: Final = (
    ("more is held than", "over_terms"),
    ("nothing may be held", "no_hold"),
    ("hold_status:", "status"),
    (".kind:", "kind"),
    (".detail:", "detail"),
    (".onward_from:", "onward"),
    (".sealed_ref:", "where"),
    ("led elsewhere", "elsewhere"),
    ("more is refunded", "over_ordered"),
    ("body.payments", "payment"),
)
"""What a place says, and the text that says the same to people."""
_WHOLE: Final = frozenset({"body.shares", "body.order_id"})
"""Places at which the rejection itself says all."""


def refused_answer(fault: str, currency: str, reader: Reader) -> Refused:
    """Put into words what the exchange noted of an answer that it refused: a rejection, a colon, the place."""
    code, _, place = fault.partition(": ")
    known = code in Rejection.__members__
    rejection = reader.t(f"console.rejection.{code}") if known and reader.has(f"console.rejection.{code}") else code
    return Refused(rejection, _what(place, currency, reader))


def _what(place: str, currency: str, reader: Reader) -> str:
    if found := _NOT_ANSWERED.search(place):
        return reader.t(f"console.fault.units_{found[2]}", place=reader.money(int(found[1]), currency))
    if found := _ENDS_EARLY.search(place):
        ends, asked = (reader.money(int(number), currency) for number in found.groups())
        return reader.t("console.fault.ends", ends=ends, asked=asked)
    if found := _EMPTY.search(place):
        start, end = (reader.money(int(number), currency) for number in found.groups())
        return reader.t("console.fault.empty", start=start, end=end)
    known = next((name for part, name in _FAULTS if part in place), None)
    if known is not None:
        return reader.t(f"console.fault.{known}")
    return "" if place in _WHOLE else reader.t("console.fault.place", place=place.partition(":")[0])
