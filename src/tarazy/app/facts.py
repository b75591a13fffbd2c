"""Adding a fact to a case beside those of its reports: for the measure or for whoever it touches, with its source.

A fact that speaks for the holder is asked for in the same place and kept in the same form as any other: nobody has to
look for it, and no motion can be signed that does not answer it.
"""

from dataclasses import dataclass
from typing import Final

from tarazy.app.capacity import officers_capacity
from tarazy.app.eventing import record
from tarazy.app.measure_records import CASE_FACTS, CaseFact
from tarazy.app.records import CASES
from tarazy.app.setting import Setting
from tarazy.app.statements import Signed, signed_statement
from tarazy.app.store import Condition, Transaction
from tarazy.domain.facts import FACTS
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import ActorRole, AssertionKind
from tarazy.protocol.statement import Act, Terms
from tarazy.values.ids import CaseId, ParticipantId

FOR_MEASURE: Final = (
    *FACTS,
    "money_passed_on_at_once",
    "account_opened_lately",
    "explanation_contradicted",
)
"""What can speak for a measure. Those of reports have texts ``desk.fact.…``, all others ``console.fact.…``."""
FOR_HOLDER: Final = (
    "goods_or_services_given",
    "known_to_payer",
    "usual_for_account",
    "own_money_shown",
    "deceived_too",
    "came_forward",
    "account_used_by_another",
    "needed_for_living",
)
"""What can speak for whoever the measure touches; each has a text ``console.fact.…``."""
GRADES: Final = ("reported", "confirmed_by_institution", "decided_by_court")
"""How far a fact is made certain, the least first."""
SOURCE_LENGTH_MAX: Final = 120
SOURCE_LENGTH_MIN: Final = 3
FACTS_MAX: Final = 200
"""As many as one case can have: whoever decides must be able to read them all."""
_MAY_ADD: Final = frozenset(
    {ActorRole.investigator, ActorRole.prosecutor, ActorRole.investigating_judge, ActorRole.court}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddFact:
    """An officer of an authority puts a fact into a case, and signs that. ``source`` says from what it is known.

    No name stands in it.
    """

    fact_id: str
    case_id: CaseId
    kind: str
    code: str
    source: str
    grade: str
    is_for_holder: bool
    participant_id: ParticipantId
    statement: str

    def terms(self) -> Terms:
        """Return what the officer has signed: everything that the fact says."""
        return (
            ("case_id", self.case_id),
            ("kind", self.kind),
            ("code", self.code),
            ("source", self.source),
            ("grade", self.grade),
            ("for_holder", "yes" if self.is_for_holder else "no"),
        )


def add_fact(tx: Transaction, command: AddFact, setting: Setting) -> CaseFact | Rejection:
    """Keep a fact. The same fact sent again is the same fact; an id with another content is refused."""
    case = tx.lock(CASES, {(command.case_id,)}).get((command.case_id,))
    if case is None:
        return Rejection.case_unknown
    signed = Signed(command.statement, Act.state_fact, command.fact_id, command.participant_id, command.terms())
    statement = signed_statement(signed, setting)
    if isinstance(statement, Rejection):
        return statement
    if officers_capacity(tx, command.participant_id, statement.officer_id, command.case_id) not in _MAY_ADD:
        return Rejection.officer_not_entitled
    if not _is_known(command):
        return Rejection.fact_unknown
    known = tx.get(CASE_FACTS, command.fact_id)
    if known is not None:
        is_same = (known.case_id, known.code, known.source) == (command.case_id, command.code, command.source)
        return known if is_same else Rejection.fact_unknown
    if len(tx.find(CASE_FACTS, Condition("case_id", "=", command.case_id))) >= FACTS_MAX:
        return Rejection.fact_unknown
    fact = CaseFact(
        fact_id=command.fact_id,
        case_id=command.case_id,
        kind=command.kind,
        code=command.code,
        source=command.source,
        grade=command.grade,
        is_for_holder=command.is_for_holder,
        participant_id=command.participant_id,
        officer_id=statement.officer_id,
        statement=command.statement,
        added_at=setting.now,
    )
    tx.add(CASE_FACTS, fact)
    record(
        tx,
        setting,
        "fact_added",
        command.participant_id,
        command.fact_id,
        case_id=command.case_id,
        officer=statement.officer_id,
        fact_kind=command.kind,
        code=command.code,
        grade=command.grade,
        for_holder="yes" if command.is_for_holder else "no",
    )
    return fact


def _is_known(command: AddFact) -> bool:
    """Return whether everything is of its vocabulary, and the source is said: without one nothing counts."""
    codes = FOR_HOLDER if command.is_for_holder else FOR_MEASURE
    length = len(" ".join(command.source.split()))
    return (
        command.kind in AssertionKind.__members__
        and command.code in codes
        and command.grade in GRADES
        and SOURCE_LENGTH_MIN <= length <= SOURCE_LENGTH_MAX
    )
