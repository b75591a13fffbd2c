"""How often the same customer has reported before: a report is a strong thing, and can be used as a weapon.

Only the payer's bank knows payer and payee, so it counts and its officer signs the numbers. The law gate refuses what
holds by itself where they are too many; an officer may still look, and an investigator ask.
"""

from datetime import timedelta
from typing import Final, NamedTuple

from tarazy.agent.records import LOCAL_REPORTS
from tarazy.agent.reference_core import Payment
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.values.ids import ReportId

DAYS_DEFAULT: Final = 30
"""How far back is looked where the pack does not say."""
COUNTED_MAX: Final = 1_000


class ReportCounts(NamedTuple):
    """Reports filed before this one: by the same payer, and by the same payer upon the same payee."""

    by_payer: int
    of_pair: int


def payee_of(payment: Payment) -> str:
    """Return whom a payment went to, as this bank knows them."""
    return f"{payment.to_participant}/{payment.to_account}"


def reports_before(tx: Transaction, payment: Payment, report_id: ReportId, setting: Setting) -> ReportCounts:
    """Count the reports of the payer within the time that the pack looks back, also those that were withdrawn."""
    limits = setting.pack.data.general.reports
    days = DAYS_DEFAULT if limits is None else limits.value.per_payer_days
    since = setting.now.plus(-timedelta(days=days))
    rows = tx.find(
        LOCAL_REPORTS,
        Condition("account_id", "=", payment.from_account),
        Condition("signed_at", ">", since),
        limit=COUNTED_MAX,
    )
    others = [row for row in rows if row.report_id != report_id]
    return ReportCounts(len(others), sum(row.payee == payee_of(payment) for row in others))
