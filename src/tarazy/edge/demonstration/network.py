"""Putting the whole demonstration up: database, keys, configuration, processes, invented accounts, mandates."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Final

from tarazy.adapters.clock import DemonstrationClock
from tarazy.adapters.keys import Keyring, Trust, new_keyring, read_keyring, write_keyring
from tarazy.adapters.packs import load_pack
from tarazy.adapters.postgres.migrations import migrate
from tarazy.adapters.postgres.server import DatabaseServer, server_from_environment
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.agent.core_port import OpenedAccount
from tarazy.agent.mandates import keep_mandate
from tarazy.agent.records import HOLDERS, MANDATES, Holder, StandingMandate
from tarazy.agent.reference_core import POOLED_ACCOUNT, ReferenceCore
from tarazy.agent.signing import OfficerAtDesk
from tarazy.app.records import Officer, Participant
from tarazy.app.store import Transaction
from tarazy.bootstrap import EXCHANGE_ID, reference_core, setting_for
from tarazy.edge.config import Config, Network, trust_in, write_json
from tarazy.edge.demonstration.nursery import Nursery
from tarazy.edge.demonstration.processes import Program, free_ports
from tarazy.edge.demonstration.world import AUTHORITY_NAMES, BANKS, CURRENCY, KIND_OF, OFFICIALS, TENGE, Bank
from tarazy.law.assessment import Measure
from tarazy.values.ids import AccountId, MandateId, OfficerId, ParticipantId
from tarazy.values.instant import Instant

PACK: Final = "kz-demo"
MANDATE_HOURS: Final = 24
MANDATE_CEILING_MINOR: Final = 10_000_000 * TENGE
MANDATE_DAYS: Final = 365
MANDATE_REASONS: Final = "Ойдан шығарылған банктің есептелген ақшаны осы шекте өз атынан кідіртуге берген мандаты."
"""Standing mandate of an invented bank for its own pauses of credited money, within this ceiling."""
Say = Callable[[str], None]


class DemonstrationNetwork:
    """An exchange and six demonstration banks, as separate processes on one PostgreSQL, with one clock for all."""

    def __init__(self, home: Path, *, banks: Iterable[Bank] = BANKS, pack: str = PACK) -> None:
        self.home = home
        self.banks = tuple(banks)
        self.pack_id = pack
        self._server: DatabaseServer = server_from_environment(home / "postgres")
        self.clock = DemonstrationClock(home / "clock")
        self._nursery = Nursery(pack, home / "diagnostics" / "nursery.log")
        self.programs: dict[str, Program] = {}
        self.stores: dict[ParticipantId, PostgresStore] = {}
        self.cores: dict[ParticipantId, ReferenceCore] = {}
        self.keyrings: dict[ParticipantId, Keyring] = {}
        self.trust: Trust | None = None

    def start(self, say: Say) -> None:
        """Put everything up; return when every program answers."""
        say("database")
        self._nursery.start()
        self._server.start(say)
        members = [EXCHANGE_ID, *(bank.participant_id for bank in self.banks)]
        with ThreadPoolExecutor(max_workers=4) as pool:
            list(pool.map(self._database, members))
        say("keys and configuration")
        self._configure(members)
        say("programs")
        for program in self.programs.values():
            program.start()
        say("invented accounts and mandates")
        for bank in self.banks:
            self._people(bank)
        say("waiting until every program answers")
        for program in self.programs.values():
            program.wait_until_up()

    def stop(self) -> None:
        """End every program, all at once, then the database."""
        for program in self.programs.values():
            program.ask_to_stop()
        for program in self.programs.values():
            program.stop()
        self._nursery.stop()
        for store in self.stores.values():
            store.close()
        self._server.stop()

    def restart_database(self) -> None:
        """Stop the database under everything that runs, and start it again."""
        self._server.stop()
        self._server.start()

    def url(self, participant_id: ParticipantId) -> str:
        """Return where a participant's program answers."""
        return self.programs[participant_id].url

    def database_url(self, participant_id: ParticipantId) -> str:
        """Return the database of a participant's program."""
        return self._server.url(_database_name(participant_id), _database_name(participant_id))

    def _database(self, participant_id: ParticipantId) -> None:
        name = _database_name(participant_id)
        self._server.create_database(name, name)
        migrate(self.database_url(participant_id), "exchange" if participant_id == EXCHANGE_ID else "agent")

    def _configure(self, members: list[ParticipantId]) -> None:
        ports = dict(zip([*members, ParticipantId("cores")], free_ports(len(members) + 1), strict=True))
        for member in [*members, *OFFICIALS]:
            self.keyrings[member] = self._keyring(member)
        network = self._network(ports)
        self.trust = trust_in(network)
        write_json(self.home / "network.json", network)
        for member in members:
            write_json(self._file(member), self._config(member, ports[member]))
            kind = "exchange" if member == EXCHANGE_ID else "agent"
            self._program(member, kind, (self._file(member),), ports[member])
            self.stores[member] = PostgresStore(self.database_url(member), connections_max=3)
        for bank in self.banks:
            write_json(self.home / f"{bank.participant_id}.profile.json", bank.profile)
            self.cores[bank.participant_id] = reference_core(self.stores[bank.participant_id], bank.participant_id)
        files = tuple(self._file(bank.participant_id) for bank in self.banks)
        self._program("cores", "cores", files, ports[ParticipantId("cores")])

    def _program(self, name: str, kind: str, files: tuple[Path, ...], port: int) -> None:
        diagnostics = self.home / "diagnostics" / f"{name}.log"
        self.programs[name] = Program(name, kind, files, port, diagnostics, self._nursery)

    def _keyring(self, member: ParticipantId) -> Keyring:
        path = self.home / "keys" / f"{member}.json"
        if not path.exists():
            write_keyring(new_keyring(member, self._officers_of(member)), path)
        return read_keyring(path)

    def _officers_of(self, member: ParticipantId) -> list[OfficerId]:
        if member in OFFICIALS:
            return list(OFFICIALS[member])
        return [
            officer.officer_id
            for bank in self.banks
            if bank.participant_id == member
            for officer in bank.profile.officers
        ]

    def _network(self, ports: dict[ParticipantId, int]) -> Network:
        joined = self.clock.now()
        names = AUTHORITY_NAMES | {bank.participant_id: bank.profile.name.en for bank in self.banks}
        participants = tuple(
            Participant(
                participant_id=member,
                kind="exchange" if member == EXCHANGE_ID else KIND_OF.get(member, "bank"),
                name=names.get(member, str(member)),
                url=f"http://127.0.0.1:{ports[member]}" if member in ports else "",
                level="L2",
                signing_key=ring.signing.public.hex(),
                sealing_key=ring.sealing_public.hex(),
                is_active=True,
                joined_at=joined,
            )
            for member, ring in self.keyrings.items()
        )
        officers = tuple(
            Officer(
                participant_id=member,
                officer_id=officer_id,
                role=officer_id.rpartition("-")[0],
                signing_key=key.public.hex(),
                is_active=True,
            )
            for member, ring in self.keyrings.items()
            for officer_id, key in ring.officers.items()
        )
        return Network(participants=participants, officers=officers)

    def _config(self, member: ParticipantId, port: int) -> Config:
        is_exchange = member == EXCHANGE_ID
        return Config(
            participant_id=member,
            database_url=self.database_url(member),
            keyring_file=str(self.home / "keys" / f"{member}.json"),
            network_file=str(self.home / "network.json"),
            pack=self.pack_id,
            host="127.0.0.1",
            port=port,
            clock_file=str(self.home / "clock"),
            officers_keyring_files=tuple(str(self.home / "keys" / f"{one}.json") for one in OFFICIALS if is_exchange),
            bank_file=None if is_exchange else str(self.home / f"{member}.profile.json"),
            base_path="/exchange" if is_exchange else f"/{member}",
        )

    def _file(self, member: ParticipantId) -> Path:
        return self.home / f"{member}.json"

    def _people(self, bank: Bank) -> None:
        """Open the invented accounts, and let the head of the department sign the standing mandate."""
        core, store = self.cores[bank.participant_id], self.stores[bank.participant_id]
        core.open_account(_account(POOLED_ACCOUNT, "pooled", 0))
        for person in bank.people:
            core.open_account(
                _account(person.account_id, person.kind, person.opening_minor), limit_minor=person.limit_minor
            )
        now = self.clock.now()

        def work(tx: Transaction) -> None:
            for person in bank.people:
                holder = Holder(
                    account_id=person.account_id,
                    name=person.name,
                    language=person.language,
                    phone=person.phone,
                    is_demonstration=True,
                )
                tx.put(HOLDERS, holder)
            if tx.get(MANDATES, _mandate_id(bank)) is None:
                self._sign_mandate(tx, bank, now)

        store.run(work)

    def _sign_mandate(self, tx: Transaction, bank: Bank, now: Instant) -> None:
        ring = self.keyrings[bank.participant_id]
        head = bank.profile.officers[-1].officer_id
        mandate = StandingMandate(
            mandate_id=_mandate_id(bank),
            officer_id=head,
            measure=Measure.M4b,
            ceiling_minor=MANDATE_CEILING_MINOR,
            currency=CURRENCY,
            hours=MANDATE_HOURS,
            valid_from=now.plus(-timedelta(days=MANDATE_DAYS)),
            valid_to=now.plus(timedelta(days=MANDATE_DAYS)),
        )
        assert self.trust is not None
        setting = setting_for(ring, self.trust, load_pack(self.pack_id), os.urandom)(now)
        officer = OfficerAtDesk(head, ring.officers[head].signer())
        keep_mandate(tx, mandate, (), MANDATE_REASONS, officer, EXCHANGE_ID, setting)


def _mandate_id(bank: Bank) -> MandateId:
    return MandateId(f"md_{bank.participant_id}_1")


def _database_name(participant_id: ParticipantId) -> str:
    return participant_id.replace("-", "_")


def _account(account_id: str, kind: str, opening_minor: int) -> OpenedAccount:
    return OpenedAccount(
        account_id=AccountId(account_id),
        kind=kind,
        currency=CURRENCY,
        is_natural_person=kind == "personal",
        opening_minor=opening_minor,
    )
