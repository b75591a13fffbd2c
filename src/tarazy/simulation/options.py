"""What a seed decides before anything happens: the size of the world and how much goes wrong in it."""

from dataclasses import dataclass, fields
from datetime import timedelta
from random import Random
from typing import TypedDict

PERMILLE = 1000
LONG_WAIT = timedelta(days=33)
"""After so long every piece that was followed has come to its own end, by every clock."""
MEASURES_WAIT = timedelta(days=4)
"""So long a world with measures lives on in its troubles: motions are filed, decided or missed meanwhile."""
MEASURES_END = timedelta(days=12)
"""So long after that the last measure of any author has come to its end."""
PAUSES_END = timedelta(days=4)
"""So long after the last hour no payment waits any more."""


class _OfMeasures(TypedDict):
    measures: int
    careless_acts: int
    motions_missed: int
    decisions_missed: int
    appeals: int
    reviews_missed: int
    forged_orders: int
    deferrals: int


class _OfSafeguards(TypedDict):
    pauses: int
    targets: int
    sharings: int
    hearings: int
    papers: int


class _DrawnBeside(_OfMeasures, _OfSafeguards):
    closings: int
    stuck_payments: int
    gone_banks: int
    is_gone_for_ever: bool
    overclaims: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of one run. Chances are in thousandths; spans are in seconds unless the name says otherwise."""

    banks: int
    accounts: int
    hours: int
    payments: int
    thefts: int
    stations: int
    """How many accounts stolen money passes at the most."""
    splits: int
    amount_minor_max: int
    skew: int
    drift_millionths: int
    delay: int
    rail_delay: int
    core_delay: int
    lost_requests: int
    lost_replies: int
    doubled_requests: int
    store_faults: int
    core_faults: int
    core_reserves_less: int
    late_entries: int
    short_credits: int
    cuts: int
    lies: int
    shared_incidents: int
    downstream_reports: int
    withdrawals: int
    refunds: int
    send_backs: int
    officers_idle: int
    shadow_banks: int
    notice_delay: int
    log_delay: int
    slow_sequencers: int
    take_backs: int
    stuck_payments: int
    """So many arrive only when the network is healed; then that is after the end of all pieces."""
    overclaims: int
    """So many reports name more than was ever paid."""
    gone_banks: int
    """So many are cut off from some moment on, until every piece has come to its own end."""
    is_gone_for_ever: bool
    """Whether they stay away; otherwise they are back when the network is healed."""
    measures: int
    """In so many cases investigators begin measures or ask for them; in a world without them nobody appeals either."""
    careless_acts: int
    """So many acts of investigators, judges and reviewers are such as the law refuses."""
    motions_missed: int
    decisions_missed: int
    appeals: int
    reviews_missed: int
    forged_orders: int
    """How often somebody with the exchange's own key sends banks orders that nobody has signed."""
    deferrals: int
    pauses: int
    """So many payments are entered that are executed later, and most of them are paused meanwhile."""
    targets: int
    """In so many registered cases an exact address or number is to be restricted."""
    sharings: int
    """In so many registered cases data are to be sent across a border."""
    hearings: int
    """In so many cases the holders are asked, because an investigator wants to pay back by a resolution."""
    papers: int
    """So many motions and holds are decided upon on a paper that one officer enters and another confirms later."""
    closings: int
    """So many motions ask that whole accounts be closed (M8), in a world whose law knows that."""

    @property
    def has_measures(self) -> bool:
        """Whether authorities act upon holds in this world."""
        return self.measures > 0

    @property
    def is_long(self) -> bool:
        """Whether the world lives on until every piece has come to its own end."""
        return bool(self.stuck_payments or self.gone_banks)

    def text(self) -> str:
        """Return all options on one line."""
        return " ".join(f"{field.name}={getattr(self, field.name)}" for field in fields(self))

    @property
    def skew_allowed(self) -> timedelta:
        """How far two clocks of this world can be apart, with their drift over the whole run and its healing."""
        lasts = timedelta(hours=self.hours + 60) + (LONG_WAIT if self.is_long else timedelta(0))
        lasts += MEASURES_WAIT + MEASURES_END if self.has_measures else timedelta(0)
        lasts += PAUSES_END if self.pauses else timedelta(0)
        drifted = self.drift_millionths * int(lasts.total_seconds()) // 1_000_000
        return timedelta(seconds=2 * (self.skew + drifted) + 1)


def options_drawn_from(random: Random) -> Options:
    """Draw every option. Most runs have a few kinds of trouble, some have none, some have all."""
    trouble = random.choice((0, 1, 1, 2, 4))

    def chance(most: int) -> int:
        return random.randint(0, most) * trouble // 4 if random.random() < 0.6 else 0  # noqa: PLR2004 -- most kinds are on

    return Options(
        banks=random.randint(3, 6),
        accounts=random.choice((random.randint(5, 8), random.randint(5, 40))),
        hours=random.randint(10, 40),
        payments=random.randint(10, 60),
        thefts=random.randint(1, 7),
        stations=random.randint(3, 6),
        splits=random.randint(1, 3),
        amount_minor_max=random.choice((500_000, 5_000_000, 50_000_000)),
        skew=random.choice((0, 0, 30, 600)) if trouble else 0,
        drift_millionths=random.choice((0, 50)),
        delay=random.choice((1, 5, 60)),
        rail_delay=random.choice((1, 60, 1800, 7200)),
        core_delay=random.choice((1, 10, 300)),
        lost_requests=chance(300),
        lost_replies=chance(300),
        doubled_requests=chance(300),
        store_faults=chance(60),
        core_faults=chance(200),
        core_reserves_less=chance(300),
        late_entries=chance(300),
        short_credits=chance(200),
        cuts=chance(4),
        lies=chance(8),
        shared_incidents=random.choice((0, 500)),
        downstream_reports=random.choice((0, 300, 900)),
        withdrawals=random.choice((0, 200, 500)),
        refunds=random.choice((0, 500, 1000)),
        send_backs=random.choice((0, 0, 200)),
        officers_idle=random.choice((0, 200, 1000)),
        shadow_banks=random.choice((0, 0, 1, 2)),
        notice_delay=random.choice((1, 1, 300)),
        log_delay=random.choice((1, 1, 60)),
        slow_sequencers=chance(200),
        take_backs=random.choice((0, 500, 900)),
        **_drawn_beside(beside(random)),
    )


def _drawn_beside(dice: Random) -> _DrawnBeside:
    """Draw what came to be an option later, in the order in which it came; new ones are drawn last."""
    return {
        "stuck_payments": dice.choice((0, 0, 0, 300)),
        "gone_banks": dice.choice((0, 0, 0, 0, 0, 1)),
        "is_gone_for_ever": dice.choice((True, False)),
        "overclaims": dice.choice((0, 0, 500)),
        **(measured := _of_measures(dice)),
        **_of_safeguards(dice, has_measures=bool(measured["measures"])),
        "closings": dice.choice((0, 0, 900, 400, 0, 0, 0, 0, 0)) if measured["measures"] else 0,
    }


def _of_measures(dice: Random) -> _OfMeasures:
    """Draw how authorities act; every kind of trouble is drawn also where nobody takes a measure."""
    measures = dice.choice((0, 0, 800, 1000))
    drawn: _OfMeasures = {
        "measures": measures,
        "careless_acts": dice.choice((0, 200, 500)),
        "motions_missed": dice.choice((0, 200, 700)),
        "decisions_missed": dice.choice((0, 200, 700)),
        "appeals": dice.choice((0, 400, 900)),
        "reviews_missed": dice.choice((0, 300, 1000)),
        "forged_orders": dice.choice((0, 0, 6)),
        "deferrals": dice.choice((0, 0, 500)),
    }
    return drawn if measures else {**drawn, "appeals": 0, "forged_orders": 0}


def _of_safeguards(dice: Random, *, has_measures: bool) -> _OfSafeguards:
    """Draw in which worlds payments wait, and what follows from registered cases; most worlds have none of it."""
    is_on = dice.choice((True, False, False))
    drawn: _OfSafeguards = {
        "pauses": dice.choice((0, 4, 12)),
        "targets": dice.choice((0, 500, 1000)),
        "sharings": dice.choice((0, 500, 1000)),
        "hearings": dice.choice((0, 600, 1000)),
        "papers": dice.choice((0, 400, 900)),
    }
    if not is_on:
        return {"pauses": 0, "targets": 0, "sharings": 0, "hearings": 0, "papers": 0}
    return drawn if has_measures else {**drawn, "targets": 0, "sharings": 0, "hearings": 0}


def beside(random: Random) -> Random:
    """Return dice that fall as these would next: what is drawn from them leaves the rest of a seed as it was."""
    copy = Random()  # noqa: S311 -- a simulation is a seed; no secret hangs on it
    copy.setstate(random.getstate())
    return copy


def dice_of(random: Random, who: str) -> Random:
    """Return dice of somebody's own, decided by the same seed: what they throw leaves everybody else's as they were."""
    return Random(f"{beside(random).random()} {who}")  # noqa: S311 -- a simulation is a seed; no secret hangs on it
