"""What a program is told when it starts: one JSON file, checked strictly; secrets stay in files of their own."""

from pathlib import Path
from typing import Annotated, Final

import msgspec

from tarazy.adapters.keys import Trust
from tarazy.app.records import Officer, Participant
from tarazy.protocol.wire import WireFault, from_json, to_json
from tarazy.values.ids import ParticipantId

REFERENCE_CORE: Final = "reference"


class ConfigFault(Exception):
    """A configuration that a program cannot start with; the text names the file, the place and the remedy."""


class Network(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is joined: public facts only. Every program of a network has the same file."""

    participants: tuple[Participant, ...]
    officers: tuple[Officer, ...]


class WitnessPlace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A witness of the exchange's log: where it is asked, and its public key as `tarazy witness` prints it."""

    url: str
    key: str


class OidcProvider(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A provider by which people may sign in: its issuer, and this program as its client.

    ``label`` is its name for people. The secret stands in a file of its own; a public client has none.
    """

    name: Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,40}$")]
    label: str
    issuer: Annotated[str, msgspec.Meta(pattern="^https?://[^ ]+$")]
    client_id: str
    client_secret_file: str | None = None


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One program: who it is, its database, its key file, the network, its law, where it listens.

    ``clock_file`` makes it a demonstration with a movable clock; a pack that is law refuses to start with one.
    ``core_delay_ms`` is how long a demonstration bank's core takes to answer. ``core_key`` is the public key (Ed25519,
    hex) with which a bank's own core signs the entries that it sends; without it none are taken by HTTP. ``core`` is
    what the agent asks to reserve and pay: the demonstration's ``reference``, or the bank's own factory,
    ``package.module:factory``. ``witnesses`` are asked by the exchange to cosign the heads of its log.

    ``public_origin`` is what a browser calls the program (``https://tarazy.example``), ``rp_id`` the domain that its
    passkeys belong to, by default the origin's host; ``oidc`` names the providers by which people may sign in as well.
    """

    participant_id: ParticipantId
    database_url: str
    keyring_file: str
    network_file: str
    pack: str
    host: str
    port: int
    clock_file: str | None = None
    officers_keyring_files: tuple[str, ...] = ()
    bank_file: str | None = None
    base_path: str = ""
    core_key: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")] | None = None
    witnesses: tuple[WitnessPlace, ...] = ()
    public_origin: Annotated[str, msgspec.Meta(pattern=r"^https?://[^/ ]+$")] | None = None
    rp_id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9.-]+$")] | None = None
    oidc: tuple[OidcProvider, ...] = ()
    core: Annotated[str, msgspec.Meta(pattern=r"^(reference|[A-Za-z_][\w.]*:[A-Za-z_]\w*)$")] = REFERENCE_CORE


def read_file(path: Path, wanted: type[Config] | type[Network]) -> Config | Network:
    """Read a configuration file. Raises ConfigFault."""
    try:
        return from_json(path.read_bytes(), wanted)
    except OSError as fault:
        raise ConfigFault(
            f"{path}: cannot be read ({fault.strerror}); docs/operator.md says what stands in it"
        ) from None
    except WireFault as fault:
        raise ConfigFault(f"{path}: {fault}") from None


def read_config(path: Path) -> Config:
    """Read a program's configuration."""
    config = read_file(path, Config)
    assert isinstance(config, Config)
    return config


def read_network(path: Path) -> Network:
    """Read who is joined."""
    network = read_file(path, Network)
    assert isinstance(network, Network)
    return network


def write_json(path: Path, value: object) -> None:
    """Write a configuration file whole: a reader sees the old or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(to_json(value))
    partial.replace(path)


def trust_in(network: Network) -> Trust:
    """Believe those who are joined."""
    return Trust(network.participants, network.officers)
