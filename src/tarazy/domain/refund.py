"""Held money goes back: whose it is, how what is truly shared is divided, and which hold pays whom.

Followed first in, first out, a hold lies on units of one report. They go to that report's victim, up to what is still
missed. Only what belongs to several is divided, in proportion to what each still misses then.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tarazy.values.ids import AuthorisationId, CaseId, HoldId, RefundId, ReportId
from tarazy.values.instant import Instant
from tarazy.values.money import split_by_weight
from tarazy.values.replacing import replace


class PartStatus(StrEnum):
    """The life of one payment of a refund: ordered, then paid or failed; word that it was paid still counts."""

    ordered = "ordered"
    paid = "paid"
    failed = "failed"


@dataclass(frozen=True, slots=True)
class Victim:
    """A report that stands, and what its victim still misses. Of equal remainders the earlier report gets the unit."""

    report_id: ReportId
    signed_at: Instant
    missing_minor: int


@dataclass(frozen=True, slots=True)
class Source:
    """What a hold can pay, and to whom its units belong: one report, several that claim them, or (empty) nobody known.

    A source of reports that do not stand pays nobody: its units are to be let go.
    """

    hold_id: HoldId
    amount_minor: int
    claimed_by: frozenset[ReportId]


@dataclass(frozen=True, slots=True)
class SharedPart:
    """One victim's part of money that is shared: ``pot × missing / whole``, and a unit that cannot be divided."""

    pot_minor: int
    missing_minor: int
    whole_minor: int
    share_minor: int


@dataclass(frozen=True, slots=True)
class RefundShare:
    """What one victim misses and what they get: units of their own report first, then parts of what is shared."""

    report_id: ReportId
    missing_minor: int
    own_minor: int
    parts: tuple[SharedPart, ...]
    share_minor: int


@dataclass(frozen=True, slots=True)
class HoldPayment:
    """How much of one hold goes to the victim of one report."""

    hold_id: HoldId
    report_id: ReportId
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Division:
    """Who gets how much, and out of which holds."""

    shares: tuple[RefundShare, ...]
    payments: tuple[HoldPayment, ...]

    @property
    def paid_minor(self) -> int:
        """What is paid in all."""
        return sum(share.share_minor for share in self.shares)

    def paid_of(self, hold_id: HoldId) -> int:
        """Return what one hold pays."""
        return sum(payment.amount_minor for payment in self.payments if payment.hold_id == hold_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundTerms:
    """Everything that a refund decides: what must stand under the signature of the officer who orders it."""

    refund_id: RefundId
    case_id: CaseId
    lane: str
    authorisation_id: AuthorisationId | None
    currency: str
    hearings: tuple[tuple[HoldId, str], ...]
    """What each receiver has said who must be heard."""
    division: Division

    def terms(self) -> tuple[tuple[str, str], ...]:
        """Return the figures as they must stand under the signature, holds, shares and payments one by one."""
        holds = dict.fromkeys(payment.hold_id for payment in self.division.payments)
        return (
            ("refund_id", self.refund_id),
            ("case_id", self.case_id),
            ("lane", self.lane),
            ("authorisation_id", self.authorisation_id or ""),
            ("currency", self.currency),
            ("pot_minor", str(self.division.paid_minor)),
            *(("hold", f"{hold_id} {self.division.paid_of(hold_id)}") for hold_id in holds),
            *(("hearing", f"{hold_id} {said}") for hold_id, said in self.hearings),
            *(("share", f"{share.report_id} {share.share_minor}") for share in self.division.shares),
            *(("payment", f"{one.hold_id} {one.report_id} {one.amount_minor}") for one in self.division.payments),
        )


def divide(victims: Iterable[Victim], sources: Iterable[Source]) -> Division:
    """Divide what holds can pay among the victims of a case.

    First each source of one report pays that report's victim, up to what they miss. Then what several reports claim is
    divided among these, the fewest first, then what nobody in particular claims among all: each time in proportion to
    what is still missed, by largest remainder. What a report's own units have beyond what its victim misses was made
    good out of shared money; the others stand in for it, so it is shared by all.

    Invariants:
        * The shares and the payments add up to the same sum: the lesser of what all miss and of what the sources can
          pay, those aside whose reports do not stand.
        * Nobody gets more than they miss; no source pays more than it has.
        * Own units come first: ``own_minor`` is the lesser of what a victim misses and what their own sources have,
          and a further victim never raises it.
        * The order in which victims and sources are given changes nothing.
    """
    known = sorted(victims, key=lambda one: (one.signed_at, one.report_id))
    reckoning = _Reckoning(tuple(one for one in known if one.missing_minor > 0))
    groups = _grouped(sources, frozenset(one.report_id for one in known), frozenset(reckoning.still))
    for claimants in sorted(filter(None, groups), key=lambda one: (len(one), sorted(one))):
        reckoning.pay(claimants, groups[claimants], is_own=len(claimants) == 1)
    unused, reckoning.unused = reckoning.unused, []
    everybody = frozenset(reckoning.still)
    reckoning.pay(everybody, [*groups.get(frozenset(), []), *unused], is_own=False)
    return reckoning.division()


def formula(share: RefundShare) -> str:
    """Return one victim's division on one line: own units + pot × what they miss / what all miss = their share."""
    terms = [f"{part.pot_minor} × {part.missing_minor} / {part.whole_minor}" for part in share.parts]
    if share.own_minor or not terms:
        terms.insert(0, str(share.own_minor))
    return f"{' + '.join(terms)} = {share.share_minor}"


Claimants = frozenset[ReportId]


def _grouped(sources: Iterable[Source], known: Claimants, missing: Claimants) -> dict[Claimants, list[Source]]:
    """Put sources with the same claimants together; without those whose reports do not stand.

    What only such as miss nothing more claim, and what nobody in particular claims, is everybody's who still misses.
    """
    groups: dict[Claimants, list[Source]] = defaultdict(list)
    for source in sorted(sources, key=lambda one: (one.hold_id, sorted(one.claimed_by), one.amount_minor)):
        assert source.amount_minor >= 0
        if not source.claimed_by or source.claimed_by & known:
            groups[source.claimed_by & missing].append(source)
    return groups


class _Reckoning:
    """The sums while a refund is divided: what each victim still misses, what was paid out of what, what is unused."""

    def __init__(self, victims: Sequence[Victim]) -> None:
        self.victims = victims
        self.still = {one.report_id: one.missing_minor for one in victims}
        self.unused: list[Source] = []
        self._own: dict[ReportId, int] = defaultdict(int)
        self._parts: dict[ReportId, list[SharedPart]] = defaultdict(list)
        self._payments: dict[tuple[HoldId, ReportId], int] = defaultdict(int)

    def pay(self, claimants: Claimants, sources: Sequence[Source], *, is_own: bool) -> None:
        """Pay what sources have to those who claim it, in proportion to what they still miss; keep the rest."""
        missing = {report_id: minor for report_id, minor in self.still.items() if report_id in claimants and minor}
        whole = sum(missing.values())
        pot = min(whole, sum(source.amount_minor for source in sources))
        due = dict(zip(missing, split_by_weight(pot, list(missing.values())), strict=True)) if pot else {}
        for report_id, minor in due.items():
            if is_own:
                self._own[report_id] += minor
            else:
                self._parts[report_id].append(SharedPart(pot, missing[report_id], whole, minor))
            self.still[report_id] -= minor
            assert self.still[report_id] >= 0
        self._take(sources, due)

    def _take(self, sources: Sequence[Source], due: dict[ReportId, int]) -> None:
        """Let sources in order fill what is due in order, each unit once."""
        for source in sources:
            remaining = source.amount_minor
            for report_id, minor in due.items():
                part = min(remaining, minor)
                if part:
                    self._payments[source.hold_id, report_id] += part
                remaining -= part
                due[report_id] = minor - part
            if remaining:
                self.unused.append(replace(source, amount_minor=remaining))
        assert not any(due.values())

    def division(self) -> Division:
        """Return the whole."""
        payments = [HoldPayment(hold_id, report_id, minor) for (hold_id, report_id), minor in self._payments.items()]
        division = Division(
            tuple(self._share(one) for one in self.victims),
            tuple(sorted(payments, key=lambda one: (one.hold_id, one.report_id))),
        )
        assert division.paid_minor == sum(payment.amount_minor for payment in payments)
        return division

    def _share(self, victim: Victim) -> RefundShare:
        own, parts = self._own[victim.report_id], tuple(self._parts[victim.report_id])
        share = own + sum(part.share_minor for part in parts)
        assert share <= victim.missing_minor
        return RefundShare(victim.report_id, victim.missing_minor, own, parts, share)
