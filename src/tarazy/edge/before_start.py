"""What is looked at before a program starts: a configuration that it cannot live with is told in one line.

A database that does not answer is none of it: programs wait for theirs, whichever of the two is started first.
"""

import socket
from pathlib import Path
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tarazy.adapters.keys import read_keyring
from tarazy.adapters.packs import pack_ids
from tarazy.adapters.postgres.migrations import MigrationFault, Program, check_schema
from tarazy.agent.profile import BankProfile
from tarazy.edge.config import Config, ConfigFault, read_network
from tarazy.protocol.wire import WireFault, from_json

PORT_MAX: Final = 65535


def check_before_start(program: Program, config: Config, port: int) -> None:
    """Look at everything that a configuration names. Raises ConfigFault: the field, what is wrong, the remedy."""
    if config.pack not in pack_ids():
        raise ConfigFault(f"pack: expected one of {', '.join(pack_ids())}, found {config.pack!r}")
    _check_joined(config)
    _check_keys(config)
    if program == "agent":
        _check_bank(config)
    _check_database(program, config.database_url)
    check_place(config.host, port)


def check_place(host: str, port: int) -> None:
    """Raise ConfigFault where nobody can listen: an address that is not this machine's, a port that is taken."""
    if not 0 < port <= PORT_MAX:
        raise ConfigFault(f"port: expected from 1 to {PORT_MAX}, found {port}")
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as fault:
        why = f"{host}:{port}: cannot listen there ({fault.strerror}); choose another host or port"
        raise ConfigFault(why) from None


def _check_joined(config: Config) -> None:
    joined = {one.participant_id for one in read_network(Path(config.network_file)).participants}
    if config.participant_id not in joined:
        raise ConfigFault(
            f"participant_id: {config.participant_id} is not joined in {config.network_file}; "
            "tarazy participant join says who is"
        )


def _check_keys(config: Config) -> None:
    place = f"keyring_file: {config.keyring_file}"
    try:
        owner = read_keyring(Path(config.keyring_file)).participant_id
    except OSError as fault:
        raise ConfigFault(f"{place}: cannot be read ({fault.strerror})") from None
    except (ValueError, KeyError, TypeError):
        raise ConfigFault(f"{place}: expected the key file that `tarazy participant add` has written") from None
    if owner != config.participant_id:
        raise ConfigFault(f"{place}: expected the keys of {config.participant_id}, found those of {owner}")


def _check_bank(config: Config) -> None:
    if config.bank_file is None:
        raise ConfigFault("bank_file: expected the file in which the bank says its name, telephone and officers")
    try:
        from_json(Path(config.bank_file).read_bytes(), BankProfile)
    except OSError as fault:
        raise ConfigFault(f"bank_file: {config.bank_file}: cannot be read ({fault.strerror})") from None
    except WireFault as fault:
        raise ConfigFault(f"bank_file: {config.bank_file}: {fault}") from None


def _check_database(program: Program, url: str) -> None:
    try:
        conninfo_to_dict(url)
        check_schema(url, program)
    except psycopg.OperationalError:
        return
    except psycopg.ProgrammingError:
        raise ConfigFault("database_url: expected postgresql://user@host/database") from None
    except MigrationFault as fault:
        raise ConfigFault(f"database_url: {fault}; docs/operator.md says how its tables are made") from None
