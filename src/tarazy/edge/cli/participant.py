"""``tarazy participant``: make an institution's keys, and say who is joined to a network. No server is asked."""

import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tarazy.adapters.clock import SystemClock
from tarazy.adapters.keys import SEED_BYTES, Keyring, SigningKey, new_keyring, write_keyring
from tarazy.edge.cli.refusal import refuse
from tarazy.edge.config import ConfigFault, Network, read_network
from tarazy.edge.joining import (
    JoinFault,
    Level,
    ParticipantKind,
    change_network,
    check_id,
    joined,
    read_private_keyring,
    record_of,
    with_activity,
)
from tarazy.protocol.wire import WireFault, from_json, to_json
from tarazy.values.ids import OfficerId, ParticipantId

KEY_SHOWN = 16
RECORD_BYTES_MAX = 1024 * 1024
AFTERWARDS = "Programs read the network file when they start: start them again."

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True, help=__doc__)

NetworkOption = Annotated[Path, typer.Option("--network", metavar="FILE", help="The network file: who is joined.")]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The participant's id.")]


@app.command("add")
def add_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The institution's name, as people know it.")],
    *,
    participant_id: Annotated[str, typer.Option("--id", metavar="ID", help="Its id, such as bank-x. It stays.")],
    kind: Annotated[ParticipantKind, typer.Option("--kind", help="What it is.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where its key file is kept.")],
    url: Annotated[str, typer.Option("--url", metavar="URL", help="Where its agent answers; none for L0, L1.")] = "",
    level: Annotated[Level, typer.Option("--level", help="How far it takes part.")] = Level.L2,
    officer: Annotated[
        list[str] | None, typer.Option("--officer", metavar="ID:ROLE", help="Who may sign. May be given repeatedly.")
    ] = None,
    place: Annotated[
        list[str] | None,
        typer.Option("--place", metavar="PLACE", help="For which district an authority is competent; repeat for more."),
    ] = None,
    network: Annotated[
        Path | None, typer.Option("--network", metavar="FILE", help="Join it to this network file at once.")
    ] = None,
) -> None:
    """Make a participant's keys (DIR/ID.keys.json, for its owner alone) and print its public record.

    The institution does this itself and sends the record to the exchange, which joins it. Keys that are there are used
    again. Exit status: 0 done; 2 refused, and nothing was changed in the network.
    """
    try:
        check_id("id", participant_id)
        roles = dict(_officer(text) for text in officer or [])
        if len(roles) < len(officer or []):
            raise JoinFault("--officer: expected each officer once")  # noqa: TRY301 -- one place that refuses
        ring = _keyring(out / f"{participant_id}.keys.json", ParticipantId(participant_id), list(roles))
        now = SystemClock().now()
        record = record_of(
            ring,
            name=name,
            kind=kind,
            level=level,
            url=url.rstrip("/"),
            roles=roles,
            joined_at=now,
            places=tuple(dict.fromkeys(place or ())),
        )
        if network is not None:
            change_network(network, lambda before: joined(before, record))
    except (JoinFault, ConfigFault) as fault:
        refuse(str(fault))
    typer.echo(msgspec.json.format(to_json(record), indent=2).decode())
    _say(f"Keys: {out / participant_id}.keys.json, for this account alone. Make a copy that is kept apart.")
    if network is not None:
        _say(f"Joined to {network}. {AFTERWARDS}")


@app.command("join")
def join_command(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="A record that `add` printed; - reads stdin.")],
    network: NetworkOption,
) -> None:
    """Join a participant that has made its keys itself: the exchange never sees them."""
    found = _record(record)
    _change(network, lambda before: joined(before, found))
    _say(f"Joined {found.participants[0].participant_id} to {network}. {AFTERWARDS}")


@app.command("list")
def list_command(network: NetworkOption) -> None:
    """Print who is joined: id, kind, level, whether active, officers, the start of the key, places, address, name."""
    try:
        found = read_network(network)
    except ConfigFault as fault:
        refuse(str(fault))
    for one in found.participants:
        state = "active" if one.is_active else "suspended"
        officers = sum(officer.participant_id == one.participant_id for officer in found.officers)
        columns = (one.participant_id, one.kind, one.level, state, str(officers), one.signing_key[:KEY_SHOWN])
        typer.echo("\t".join((*columns, ",".join(one.places) or "-", one.url or "-", one.name)))


@app.command("suspend")
def suspend_command(participant_id: IdArgument, network: NetworkOption) -> None:
    """Suspend a participant: its signatures are no longer believed. What it holds still ends by itself."""
    _change(network, lambda before: with_activity(before, participant_id, is_active=False))
    _say(f"Suspended {participant_id}. {AFTERWARDS}")


@app.command("resume")
def resume_command(participant_id: IdArgument, network: NetworkOption) -> None:
    """Let a suspended participant take part again, with the keys that it had."""
    _change(network, lambda before: with_activity(before, participant_id, is_active=True))
    _say(f"{participant_id} is active. {AFTERWARDS}")


@app.command("core-key")
def core_key_command(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="A new file for the secret key, in hex.")],
) -> None:
    """Make the key with which a bank's core signs its entries; print the public key for ``core_key``."""
    seed = os.urandom(SEED_BYTES)
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{seed.hex()}\n")
    except OSError as fault:
        refuse(f"--out {out}: expected a new file in a folder that exists ({fault.strerror})")
    typer.echo(SigningKey(seed).public.hex())
    _say(f"Secret key: {out}, for this account alone. Put the printed key into the agent's configuration: core_key.")


def _officer(text: str) -> tuple[OfficerId, str]:
    officer_id, mark, role = text.partition(":")
    if not mark:
        raise JoinFault("--officer: expected ID:ROLE, such as officer-1:analyst")
    check_id("--officer", officer_id)
    return OfficerId(officer_id), role


def _keyring(path: Path, participant_id: ParticipantId, officers: list[OfficerId]) -> Keyring:
    """Return the keys in the file, or make them."""
    if path.exists():
        ring = read_private_keyring(path)
        if ring.participant_id != participant_id or not set(officers) <= set(ring.officers):
            raise JoinFault(f"{path}: expected keys of {participant_id} and of the officers named")
        return ring
    ring = new_keyring(participant_id, officers)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_keyring(ring, path)
    except OSError as fault:
        raise JoinFault(f"--out {path.parent}: cannot be written ({fault.strerror})") from None
    return ring


def _record(source: str) -> Network:
    try:
        with nullcontext(sys.stdin.buffer) if source == "-" else Path(source).open("rb") as file:
            data = file.read(RECORD_BYTES_MAX)
        return from_json(data, Network)
    except OSError as fault:
        refuse(f"{source}: cannot be read ({fault.strerror})")
    except WireFault as fault:
        refuse(f"{source}: expected a record that `tarazy participant add` printed: {fault}")


def _change(path: Path, change: Callable[[Network], Network]) -> None:
    try:
        change_network(path, change)
    except (JoinFault, ConfigFault) as fault:
        refuse(str(fault))


def _say(text: str) -> None:
    typer.echo(text, err=True)
