"""A witness as a process: it cosigns a head of a log only if that continues the one which it cosigned last.

Its folder holds its secret key and, for each log, the last head: `seen-….checkpoint`. Whoever takes these files away
makes it forget, so they belong on another machine than the exchange, and to other people.
"""

import fcntl
import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final, TextIO

from litestar import Litestar, MediaType, Response, get, post
from litestar.concurrency import sync_to_thread

from tarazy.adapters.clock import Clock
from tarazy.adapters.keys import SEED_BYTES, SigningKey
from tarazy.edge.config import ConfigFault
from tarazy.edge.http import HttpRequest, read_body
from tarazy.log.checkpoint import Checkpoint, parse_checkpoint
from tarazy.log.note import NoteKey, SignatureType, is_key_name, parse_note
from tarazy.log.refusal import Refused
from tarazy.log.witness import cosign
from tarazy.log.witness_request import REQUEST_CHARACTERS_MAX, NotCosigned, WhyNot, head_to_cosign

SIZE_TYPE: Final = "text/x.tlog.size"
STATUS: Final = {
    WhyNot.malformed: 400,
    WhyNot.signature_unknown: 403,
    WhyNot.log_unknown: 404,
    WhyNot.size_differs: 409,
    WhyNot.proof_refused: 422,
}
"""As C2SP tlog-witness has them."""


class WitnessFolder:
    """What a witness keeps between its answers. Only one process at a time can have a folder. Raises ConfigFault."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = _locked(folder)
        try:
            self.key = self._secret()
            self.seen = dict(self._read_seen())
        except BaseException:
            self._lock.close()
            raise

    def keep(self, head: Checkpoint, signed: str) -> None:
        """Keep a head as the last one of its log, whole and on the disk, before anybody is told."""
        path = self._folder / f"seen-{sha256(head.origin.encode()).hexdigest()[:16]}.checkpoint"
        _write(path, signed)
        self.seen[head.origin] = head

    def close(self) -> None:
        """Let others have the folder."""
        self._lock.close()

    def _read_seen(self) -> list[tuple[str, Checkpoint]]:
        found = []
        for path in self._folder.glob("seen-*.checkpoint"):
            try:
                head = parse_checkpoint(parse_note(path.read_text(encoding="utf-8")).text)
            except (OSError, UnicodeDecodeError, Refused) as fault:
                raise ConfigFault(f"{path}: expected the head that was cosigned last: {fault}") from fault
            found.append((head.origin, head))
        return found

    def _secret(self) -> SigningKey:
        path = self._folder / "witness.key"
        try:
            if not path.exists():
                _write(path, os.urandom(SEED_BYTES).hex())
            seed = bytes.fromhex(path.read_text(encoding="utf-8").strip())
        except OSError as fault:
            raise ConfigFault(f"{path}: {fault.strerror or fault}") from fault
        except ValueError as fault:
            raise ConfigFault(f"{path}: expected {SEED_BYTES} bytes in hex") from fault
        if len(seed) != SEED_BYTES:
            raise ConfigFault(f"{path}: expected {SEED_BYTES} bytes in hex")
        return SigningKey(seed)


class Witness:
    """Cosigns heads of the logs whose keys it was given, under its name."""

    def __init__(self, name: str, folder: WitnessFolder, log_keys: Sequence[NoteKey], clock: Clock) -> None:
        if not is_key_name(name):
            raise ConfigFault("--name: expected a name without spaces and plus signs, such as witness.example/w1")
        self._name, self._folder, self._clock = name, folder, clock
        self._log_keys = [key for key in log_keys if key.type is SignatureType.ed25519]
        self._one_at_a_time = Lock()
        self.key = NoteKey(name, SignatureType.cosignature_v1, folder.key.public)

    def cosignature(self, request: str) -> str:
        """Return the line of the cosignature, once the head is kept. Raises NotCosigned."""
        with self._one_at_a_time:
            signed, head = head_to_cosign(request, self._log_keys, self._folder.seen)
            self._folder.keep(head, signed)
        cosigned = cosign(signed, self._name, self._folder.key.signer(), self._folder.key.public, self._clock.now())
        return f"{parse_note(cosigned).signatures[-1].line()}\n"

    def app(self) -> Litestar:
        """Return the HTTP server's application."""

        @post("/add-checkpoint", status_code=200)
        async def add_checkpoint(request: HttpRequest) -> Response[str]:
            """Cosign a head, or say why not."""
            body = await read_body(request, 4 * REQUEST_CHARACTERS_MAX)
            if body is None:
                return _text(413, "the request is too long")
            return await sync_to_thread(self._answer, body)

        @get("/key", sync_to_thread=False)
        def key() -> Response[str]:
            """Return the public key, in the form that `tarazy verify --key` reads."""
            return _text(200, self.key.text())

        return Litestar([add_checkpoint, key], openapi_config=None)

    def _answer(self, body: bytes) -> Response[str]:
        try:
            return _text(200, self.cosignature(body.decode()).removesuffix("\n"))
        except UnicodeDecodeError:
            return _text(400, "expected UTF-8 text")
        except NotCosigned as fault:
            if fault.why is WhyNot.size_differs:
                return Response(f"{fault.size}\n", status_code=STATUS[fault.why], media_type=SIZE_TYPE)
            return _text(STATUS[fault.why], str(fault))


def _locked(folder: Path) -> TextIO:
    """Return the open file whose lock says that this process has the folder."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / "lock").open("w", encoding="utf-8")
    except OSError as fault:
        raise ConfigFault(f"{folder}: expected a folder of its own ({fault.strerror or fault})") from fault
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        lock.close()
        raise ConfigFault(f"{folder}: another witness works in this folder") from fault
    return lock


def _text(status: int, text: str) -> Response[str]:
    return Response(f"{text}\n", status_code=status, media_type=MediaType.TEXT)


def _write(path: Path, text: str) -> None:
    """Write a file whole, for its owner alone, and wait until the disk has it."""
    partial = path.with_suffix(".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
