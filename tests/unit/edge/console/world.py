"""A small world for the pages of the console: an exchange with cases, officials with keys, a clock that stands."""

from dataclasses import dataclass

from litestar import Litestar

from tarazy.adapters.catalogue import load_catalogue
from tarazy.adapters.keys import Keyring, derived_entropy, new_keyring
from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.packs import load_pack
from tarazy.app.eventing import record
from tarazy.app.records import CASES, OFFICERS, PARTICIPANTS, PIECES, Officer, Participant
from tarazy.app.sequencing import LogSigner, sequence_events
from tarazy.app.store import Condition, Store, Transaction
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.entry import AccountKind, ExitKind
from tarazy.edge.console import console_routes
from tarazy.edge.context import ExchangeContext
from tarazy.edge.pages import static_routes
from tarazy.edge.portal import portal_routes
from tarazy.edge.public import public_routes
from tarazy.law.ground import Pack
from tarazy.values.ids import CaseId, OfficerId, ParticipantId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace
from tests.story import Network, StoreFor, keyring

POLICE = ParticipantId("police")
PROSECUTORS = ParticipantId("prosecutors")
COURT = ParticipantId("court")
REGULATOR = ParticipantId("regulator")
AUTHORITIES = {POLICE: "police", PROSECUTORS: "prosecutor", COURT: "court", REGULATOR: "supervisor"}
OFFICIALS = {
    POLICE: tuple((f"investigator-{number}", "investigator") for number in (1, 2, 3)),
    PROSECUTORS: (("prosecutor-1", "prosecutor"),),
    COURT: (
        ("judge-1", "judge"),
        ("investigating_judge-1", "investigating_judge"),
        ("regional_judge-1", "regional_judge"),
    ),
    REGULATOR: (("supervisor-1", "supervisor"),),
}
FAN = 40
NAMES = {"bank-a": "Алатау Банк", "bank-b": "Сарыарқа Банк", "bank-c": "Есіл Банк", "bank-d": "Тянь-Шань Банк"}


class StoryClock:
    """Shows the story's time."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def now(self) -> Instant:
        return self._network.now


@dataclass
class World:
    """The network, the exchange's program, and its cases (those that joined others aside), oldest first."""

    network: Network
    context: ExchangeContext
    signer: LogSigner

    def cases(self) -> list[CaseId]:
        alone = Condition("joined_case_id", "is_null")
        rows = self.network.rows(EXCHANGE_ID, CASES, alone, order=("opened_at", "case_id"))
        return [case.case_id for case in rows]

    def sequence(self) -> None:
        while sequence_events(self.network.exchange.store, self.signer):
            pass

    def app(self) -> Litestar:
        citizens = (*public_routes(self.context), *portal_routes(self.context))
        return Litestar([*static_routes(), *console_routes(self.context), *citizens])


def officials() -> dict[ParticipantId, Keyring]:
    return {
        member: new_keyring(member, [OfficerId(name) for name, _ in people], derived_entropy(member.encode()))
        for member, people in OFFICIALS.items()
    }


def in_memory(_: str) -> Store:
    return MemoryStore()


def world_of(pack: str | Pack = "kz-demo", base_path: str = "", store_for: StoreFor = in_memory) -> World:
    """Return a world without cases."""
    network = Network(store_for, banks=tuple(NAMES), pack=pack)
    rings = officials()
    network.exchange.store.run(lambda tx: _join(tx, rings, network.now))
    participants = network.rows(EXCHANGE_ID, PARTICIPANTS)
    network.trust.replace(participants, network.rows(EXCHANGE_ID, OFFICERS))
    signing = keyring(EXCHANGE_ID).signing
    signer = LogSigner("log.tarazy.test", signing.signer(), signing.public)
    law = load_pack(pack) if isinstance(pack, str) else pack
    context = ExchangeContext(
        peer=network.exchange,
        clock=StoryClock(network),
        pack=law,
        catalogue=load_catalogue(),
        participants={one.participant_id: one for one in participants},
        officers=rings if law.is_demonstration else {},
        log_signer=signer,
        is_demonstration=law.is_demonstration,
        base_path=base_path,
    )
    return World(network, context, signer)


def _join(tx: Transaction, rings: dict[ParticipantId, Keyring], now: Instant) -> None:
    for row in tx.find(PARTICIPANTS):
        tx.put(PARTICIPANTS, replace(row, name=NAMES.get(row.participant_id, row.name)))
    for member, ring in rings.items():
        joined = Participant(
            participant_id=member,
            kind=AUTHORITIES[member],
            name="Департамент полиции" if member == POLICE else member,
            url="",
            level="L2",
            signing_key=ring.signing.public.hex(),
            sealing_key=ring.sealing_public.hex(),
            is_active=True,
            joined_at=now,
        )
        tx.add(PARTICIPANTS, joined)
        for name, role in OFFICIALS[member]:
            officer_id = OfficerId(name)
            key = ring.officers[officer_id].public.hex()
            tx.add(
                OFFICERS,
                Officer(participant_id=member, officer_id=officer_id, role=role, signing_key=key, is_active=True),
            )


def told_world(pack: str | Pack = "kz-demo", base_path: str = "", store_for: StoreFor = in_memory) -> World:
    """Return a world with cases of every look: through four banks, waiting, wide, refunded in part."""
    world = world_of(pack, base_path, store_for)
    _through_four_banks(world.network)
    _two_victims(world.network)
    _waiting(world.network)
    world.sequence()
    return world


def _through_four_banks(network: Network) -> None:
    """13 pieces: split, cash, a pooled account, protected money, a piece that is dust; one answer was refused."""
    network.open("bank-a", aigul=800_000_00)
    network.open("bank-b", first=50_000_00, shop_b=0)
    network.open("bank-c", second=572_000_00, third=0, fourth=0)
    network.open("bank-d", fifth=12_000_00, sixth=0)
    network.open("bank-d", kind=AccountKind.pooled, wallet=0)
    network.pay("t1", "aigul", "first", 500_000_00)
    network.settle()
    for ref, payer, payee, amount in (
        ("t2", "first", "second", 90_000_00),
        ("t3", "first", "third", 300_000_00),
        ("t4", "first", "fourth", 60_000_00),
        ("t5", "third", "fifth", 120_000_00),
        ("t6", "third", "sixth", 80_000_50),
        ("t7", "fourth", "wallet", 45_000_00),
        ("t8", "fifth", "shop_b", 30_000_00),
        ("t9", "sixth", "shop_b", 15_000_00),
        ("t10", "sixth", "fourth", 20_000_00),
    ):
        network.pay(ref, payer, payee, amount)
        network.settle()
    network.spend("third", 40_000_00, ExitKind.cash)
    network.spend("sixth", 9_000_00, ExitKind.crypto)
    network.settle()
    network.report("t1")
    network.at(EXCHANGE_ID, _refuse_an_answer)


def _refuse_an_answer(tx, setting):
    piece = max((one for one in tx.find(PIECES) if one.stop is None), key=lambda one: one.depth, default=None)
    if piece is None:
        return
    place = f"body.shares: the answer ends at {piece.to_minor - 1_000_00}, the piece at {piece.to_minor}"
    tx.put(PIECES, replace(piece, fault=f"answer_does_not_add_up: {place}"))
    record(
        tx,
        setting,
        "answer_refused",
        piece.participant_id,
        piece.piece_id,
        case_id=piece.case_id,
        reason="answer_does_not_add_up",
        place=place,
    )


def _two_victims(network: Network) -> None:
    """Two victims of one incident pay into one account; part of it is held, the rest is cash."""
    network.wait(minutes=3)
    network.open("bank-a", berik=300_000_00)
    network.open("bank-c", dana=200_000_00)
    network.open("bank-d", seventh=0)
    network.pay("u1", "berik", "seventh", 250_000_00)
    network.pay("u2", "dana", "seventh", 125_000_00)
    network.settle()
    network.spend("seventh", 100_000_00)
    network.settle()
    network.report("u1", incident="in-two")
    network.report("u2", incident="in-two")


def _waiting(network: Network) -> None:
    """A bank that is away: the exchange waits and says so."""
    network.wait(minutes=4)
    network.open("bank-a", serik=90_000_00)
    network.open("bank-b", eighth=0)
    network.pay("w1", "serik", "eighth", 75_000_00)
    network.settle()
    network.banks["bank-b"].is_away = True
    network.report("w1")


def wide_world(pieces: int) -> World:
    """Return a world with one case of many pieces."""
    world = world_of()
    network = world.network
    network.open("bank-a", victim=9_000_000_00)
    network.open("bank-b", hub=0)
    network.pay("v0", "victim", "hub", 5_000_000_00)
    network.settle()
    names = tuple(NAMES)
    for number in range(pieces - 1):
        network.open(names[number % 4], **{f"p{number}": 0})
    network.settle()
    for number in range(pieces - 1):
        payer = "hub" if number < FAN else f"p{number - FAN}"
        network.pay(f"v{number + 1}", payer, f"p{number}", (120_000_00 - number * 137_00) // (1 + number // FAN) ** 2)
        network.settle()
    network.report("v0")
    world.sequence()
    return world
