"""The plot: who pays whom how much, and where money leaves. Sums are minor units; nobody and nothing here exists.

Aigul and Lyudmila are deceived by the same callers. What becomes of their money follows from the order of the rows and
from the rule that the oldest money goes first; the comments say what it comes to, and a test counts it anew.
"""

from dataclasses import dataclass
from typing import Final

from tarazy.domain.entry import ExitKind
from tarazy.edge.demonstration.world import BANKS, TENGE
from tarazy.values.ids import AccountId, ParticipantId, TransferRef

BANK_OF: Final = {person.account_id: bank.participant_id for bank in BANKS for person in bank.people}

AIGUL: Final = AccountId("a-aigul")
LYUDMILA: Final = AccountId("a-lyudmila")
MARAT: Final = AccountId("a-marat")
FUND: Final = AccountId("a-fund")
TIMUR: Final = AccountId("b-timur")
OLGA: Final = AccountId("b-olga")
RUSLAN: Final = AccountId("s-ruslan")
GULNAR: Final = AccountId("s-gulnar")
DANIYAR: Final = AccountId("e-daniyar")
ARMAN: Final = AccountId("t-arman")
SAULE: Final = AccountId("t-saule")
VIKTOR: Final = AccountId("k-viktor")
BOLAT: Final = AccountId("k-bolat")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A payment from one account to another."""

    key: str
    payer: AccountId
    payee: AccountId
    amount_minor: int
    is_protected: bool = False

    @property
    def ref(self) -> TransferRef:
        """What both banks call it."""
        return TransferRef(f"story-{self.key}")

    @property
    def payer_bank(self) -> ParticipantId:
        """Where it is debited."""
        return BANK_OF[self.payer]

    @property
    def payee_bank(self) -> ParticipantId:
        """Where it is credited."""
        return BANK_OF[self.payee]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """Money that leaves the system, out of an account whose last entry has this number before it."""

    account: AccountId
    amount_minor: int
    exit_kind: ExitKind


def _pay(key: str, payer: AccountId, payee: AccountId, tenge: int, *, is_protected: bool = False) -> Transfer:
    return Transfer(key=key, payer=payer, payee=payee, amount_minor=tenge * TENGE, is_protected=is_protected)


def _spend(account: AccountId, tenge: int, exit_kind: ExitKind) -> Spending:
    return Spending(account=account, amount_minor=tenge * TENGE, exit_kind=exit_kind)


ORDINARY: Final = (
    _pay("rent", OLGA, GULNAR, 60_000),
    _pay("lesson", MARAT, OLGA, 12_000),
    _pay("pension", FUND, SAULE, 80_000, is_protected=True),
)
"""What flows on any day."""

THEFT: Final = _pay("theft", AIGUL, TIMUR, 900_000)
SECOND_THEFT: Final = _pay("theft-2", LYUDMILA, TIMUR, 300_000)

ONWARD: Final[tuple[Transfer | Spending, ...]] = (
    _pay("to-ruslan", TIMUR, RUSLAN, 430_000),  # 30,000 of Timur's own, 400,000 of Aigul's
    _pay("to-arman", TIMUR, ARMAN, 350_000),  # Aigul's
    _pay("to-viktor", TIMUR, VIKTOR, 250_000),  # 150,000 of Aigul's, 100,000 of Lyudmila's; 200,000 of hers stay
    _spend(RUSLAN, 142_000, ExitKind.cash),  # 12,000 of his own, 30,000 of Timur's, 100,000 of Aigul's
    _pay("ride", RUSLAN, DANIYAR, 40_000),  # Aigul's: a long ride, paid honestly to one who knows nothing
    _spend(RUSLAN, 60_000, ExitKind.card),  # Aigul's; 200,000 stay
    _pay("to-bolat", ARMAN, BOLAT, 205_000),  # 55,000 of Arman's own, 150,000 of Aigul's
    _pay("phone", ARMAN, SAULE, 90_000),  # Aigul's, for a telephone that Saule sold; 110,000 stay
    _spend(SAULE, 95_000, ExitKind.card),  # her 5,000, her pension, 10,000 of Aigul's: 80,000 of those are left
    _spend(VIKTOR, 108_000, ExitKind.cash),  # 8,000 of his own, 100,000 of Aigul's
)

THIRD_THEFT: Final = _pay("theft-3", MARAT, TIMUR, 90_000)
"""Another fraud, on the same day, while one bank is away."""
ONWARD_THIRD: Final = (_pay("third-on", TIMUR, VIKTOR, 30_000),)

GROCERIES_MINOR: Final = 18_500 * TENGE
PIECE_OF_DANIYAR_MINOR: Final = 40_000 * TENGE
