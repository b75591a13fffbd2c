"""The programs of a simulated network: one exchange and its banks, put together as in service but on memory stores."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from random import Random
from typing import Final

from tarazy.adapters.keys import Keyring, Trust, derived_entropy, new_keyring
from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.packs import load_pack
from tarazy.agent.desk import OfficerAtDesk
from tarazy.agent.ending import account_of_report
from tarazy.agent.program import Agent
from tarazy.app.asking import SHADOW_LEVEL
from tarazy.app.peer import Peer, SettingAt
from tarazy.app.records import OFFICERS, PARTICIPANTS, Officer, Participant
from tarazy.app.store import Transaction
from tarazy.bootstrap import EXCHANGE_ID, agent_of, exchange_peer, setting_for
from tarazy.simulation.agenda import Agenda, LocalClock
from tarazy.simulation.closing_law import closing_pack
from tarazy.simulation.faults import Dice, FaultyStore
from tarazy.simulation.options import Options
from tarazy.simulation.simulated_core import Habits, SimulatedCore
from tarazy.values.ids import AccountId, OfficerId, ParticipantId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

PACK: Final = "kz-demo"
LEVEL: Final = "L2"
POLICE: Final = ParticipantId("police")
COURT: Final = ParticipantId("court")
PROSECUTION: Final = ParticipantId("prosecution")
KINDS: Final = {EXCHANGE_ID: "exchange", POLICE: "police", COURT: "court", PROSECUTION: "prosecutor"}
"""As what participants have joined that are no banks."""
OFFICER: Final = OfficerId("officer-1")
COLLEAGUE: Final = OfficerId("officer-2")
"""Who confirms at the police what the other has entered from a paper, and who reviews at a bank."""
THIRD: Final = OfficerId("officer-3")
STAFF: Final = {
    EXCHANGE_ID: (OFFICER,),
    POLICE: (OFFICER, COLLEAGUE, THIRD),
    COURT: (OFFICER, COLLEAGUE, THIRD),
    PROSECUTION: (OFFICER,),
}
"""Who acts for participants that are no banks; a bank has two analysts."""
OF_BANK: Final = (OFFICER, COLLEAGUE)
JUDGES: Final = (COLLEAGUE, THIRD)
"""The investigating judges of the court, beside the judge who decides upon refunds."""
INVESTIGATORS: Final = (OFFICER, COLLEAGUE, THIRD)
"""Those of the police. The first two ask for measures; a paper is read by two who have not asked for it."""
ROLES: Final = {
    (POLICE, OFFICER): "investigator",
    (POLICE, COLLEAGUE): "investigator",
    (POLICE, THIRD): "investigator",
    (COURT, OFFICER): "judge",
    (COURT, COLLEAGUE): "investigating_judge",
    (COURT, THIRD): "investigating_judge",
    (PROSECUTION, OFFICER): "prosecutor",
}
HABIT_SHARE: Final = 0.6
"""The share of the banks that have a bad habit, where the options have it at all."""
Woken = Callable[[ParticipantId, str], None]


@dataclass(slots=True)
class Program:
    """One program: its end of the conversation, its disc, its clock, and until when it is down."""

    name: ParticipantId
    peer: Peer
    store: FaultyStore
    clock: LocalClock
    keyring: Keyring
    down_until: Instant

    @property
    def disc(self) -> MemoryStore:
        """What survives the program."""
        return self.store.disc

    def is_up(self, now: Instant) -> bool:
        """Return whether the program runs at a true moment."""
        return now >= self.down_until

    @property
    def officer(self) -> OfficerAtDesk:
        """Who acts for this participant."""
        return self.officer_of(OFFICER)

    def officer_of(self, officer_id: OfficerId) -> OfficerAtDesk:
        """Return one of this participant's officers."""
        return OfficerAtDesk(officer_id, self.keyring.officers[officer_id].signer())


@dataclass(slots=True)
class Bank:
    """A bank: its agent and its core."""

    program: Program
    agent: Agent
    core: SimulatedCore
    accounts: list[AccountId] = field(default_factory=list)

    @property
    def name(self) -> ParticipantId:
        """Which participant this is."""
        return self.program.name


@dataclass(slots=True)
class Network:
    """The exchange and the banks."""

    exchange: Program
    banks: dict[ParticipantId, Bank]
    trust: Trust
    police: Program
    """The investigators: they have no agent, and sign for what is done at the exchange."""
    court: Program
    """The judges, who have none either."""
    prosecution: Program
    shadows: frozenset[ParticipantId]
    """The banks at which nothing is held and nobody is told: what would have been is only counted."""
    gone: set[ParticipantId] = field(default_factory=set)
    """The banks that nothing reaches any more, and from which nothing comes."""

    def program(self, name: ParticipantId) -> Program:
        """Return a program by the name of its participant."""
        return self.exchange if name == EXCHANGE_ID else self.banks[name].program


class _Builder:
    """What every program of one network is made with."""

    def __init__(self, options: Options, agenda: Agenda, dice: Dice, random: Random, woken: Woken) -> None:
        names = [*KINDS, *(ParticipantId(f"bank-{letter}") for letter in "abcdef"[: options.banks])]
        self.rings = {name: _keyring(name) for name in names}
        self.shadows = frozenset(names[len(names) - options.shadow_banks :])
        self.participants = [_participant(ring, self._level(name), agenda.now) for name, ring in self.rings.items()]
        self.officers = [_officer(ring, officer_id) for ring in self.rings.values() for officer_id in ring.officers]
        self.trust = Trust(self.participants, self.officers)
        self.pack = closing_pack() if options.closings else load_pack(PACK)
        self.options, self.agenda, self.dice, self.random, self.woken = options, agenda, dice, random, woken

    def setting(self, name: ParticipantId) -> SettingAt:
        """Return a program's circumstances."""
        return setting_for(self.rings[name], self.trust, self.pack, derived_entropy(f"salt/{name}".encode()))

    def disc(self, name: ParticipantId) -> MemoryStore:
        """Return a disc that tells the world whom it has woken."""
        return MemoryStore(lambda channel: self.woken(name, channel))

    def store(self, name: ParticipantId, disc: MemoryStore) -> FaultyStore:
        """Return a store under which a program can die."""
        return FaultyStore(name, disc, self.dice, self.options.store_faults)

    def program(self, name: ParticipantId, peer: Peer, store: FaultyStore) -> Program:
        """Return a program with a clock of its own."""
        offset = timedelta(seconds=self.random.randint(-self.options.skew, self.options.skew))
        drift = self.random.randint(-self.options.drift_millionths, self.options.drift_millionths)
        return Program(name, peer, store, LocalClock(self.agenda, offset, drift), self.rings[name], self.agenda.now)

    def bank(self, name: ParticipantId) -> Bank:
        """Return a bank whose core has some of the habits of the options."""
        disc = self.disc(name)
        habits = Habits(
            away=self._habit(self.options.core_faults),
            reserves_less=self._habit(self.options.core_reserves_less),
            late_entries=self._habit(self.options.late_entries),
            short_credits=self._habit(self.options.short_credits),
        )

        core = SimulatedCore(self.disc(name), name, account_of_report, habits, self.dice, self.random)
        store = self.store(name, disc)
        agent = agent_of(store, self.setting(name), core)
        return Bank(self.program(name, agent.peer, store), agent, core)

    def _level(self, name: ParticipantId) -> str:
        return SHADOW_LEVEL if name in self.shadows else LEVEL

    def _habit(self, permille: int) -> int:
        return permille if self.random.random() < HABIT_SHARE else 0


def network_of(options: Options, agenda: Agenda, dice: Dice, random: Random, woken: Woken) -> Network:
    """Put a network together; every program knows every participant and their officers."""
    builder = _Builder(options, agenda, dice, random, woken)
    disc = builder.disc(EXCHANGE_ID)
    disc.run(lambda tx: _introduce(tx, builder.participants, builder.officers))
    store = builder.store(EXCHANGE_ID, disc)
    exchange = builder.program(EXCHANGE_ID, exchange_peer(store, builder.setting(EXCHANGE_ID)), store)
    police = replace(exchange, name=POLICE, keyring=builder.rings[POLICE])
    banks = {name: builder.bank(name) for name in builder.rings if name not in KINDS}
    court = replace(exchange, name=COURT, keyring=builder.rings[COURT])
    prosecution = replace(exchange, name=PROSECUTION, keyring=builder.rings[PROSECUTION])
    return Network(exchange, banks, builder.trust, police, court, prosecution, builder.shadows)


@cache
def _keyring(name: ParticipantId) -> Keyring:
    """Return the same keys in every run: making them is slow, and nothing hangs on them."""
    officers = STAFF.get(name, OF_BANK)
    return new_keyring(name, list(officers), derived_entropy(f"simulation/{name}".encode()))


def _participant(ring: Keyring, level: str, now: Instant) -> Participant:
    return Participant(
        participant_id=ring.participant_id,
        kind=KINDS.get(ring.participant_id, "bank"),
        name=ring.participant_id,
        url="",
        level=level,
        signing_key=ring.signing.public.hex(),
        sealing_key=ring.sealing_public.hex(),
        is_active=True,
        joined_at=now,
    )


def _officer(ring: Keyring, officer_id: OfficerId) -> Officer:
    return Officer(
        participant_id=ring.participant_id,
        officer_id=officer_id,
        role=ROLES.get((ring.participant_id, officer_id), "analyst"),
        signing_key=ring.officers[officer_id].public.hex(),
        is_active=True,
    )


def _introduce(tx: Transaction, participants: Iterable[Participant], officers: Iterable[Officer]) -> None:
    for participant in participants:
        tx.add(PARTICIPANTS, participant)
    for officer in officers:
        tx.add(OFFICERS, officer)
