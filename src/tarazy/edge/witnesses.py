"""Asking the witnesses of the log for their cosignatures (C2SP tlog-witness), behind everything else.

A witness that is away or refuses keeps nobody waiting: acts are taken and heads are signed without it, and whoever
demands cosignatures sees that they are missing.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final, NamedTuple

import structlog
import urllib3

from tarazy.app.cosigning import cosign_request, keep_cosignatures
from tarazy.app.sequencing import log_head, parsed_head
from tarazy.app.store import Store
from tarazy.edge.config import ConfigFault, WitnessPlace
from tarazy.log.note import NoteKey, Signature, SignatureType, parse_key, parse_note
from tarazy.log.refusal import Malformed, Refused
from tarazy.log.text import from_decimal
from tarazy.log.witness import verify_cosignature

ASK_SECONDS: Final = 2.0
ANSWER_SECONDS_MAX: Final = 5.0
ANSWER_BYTES_MAX: Final = 64 * 1024
WITNESSES_MAX: Final = 16
TRIES: Final = 2
"""The first may only learn which head the witness has seen last."""
OK: Final = 200
CONFLICT: Final = 409

diagnostics = structlog.get_logger("tarazy.witnesses")


class WitnessRefused(Exception):
    """A witness has not cosigned: why."""


class _Asked(NamedTuple):
    """A witness, and where it is asked."""

    key: NoteKey
    url: str


class Witnesses:
    """The witnesses of one log. ``ask`` is a loop's work; it is called by one thread."""

    def __init__(self, store: Store, origin: str, places: Sequence[WitnessPlace]) -> None:
        self._store, self._origin = store, origin
        self._witnesses = _checked(places)
        self._seen_size: dict[str, int] = {}
        self._cosigned: dict[str, str] = {}
        self._pool = urllib3.PoolManager(retries=False, timeout=ANSWER_SECONDS_MAX)

    def ask(self) -> bool:
        """Ask each witness for the newest head, if it has not cosigned that; there is never more to do at once."""
        head = self._store.run(lambda tx: log_head(tx, self._origin))
        if head is None or head.checkpoint is None:
            return False
        signed = head.checkpoint
        given = []
        for one in self._witnesses:
            if self._cosigned.get(one.key.name) == signed:
                continue
            try:
                given.append(self._cosignature(one, signed))
                self._cosigned[one.key.name] = signed
            except (WitnessRefused, Refused, urllib3.exceptions.HTTPError) as fault:
                diagnostics.warning("not_cosigned", witness=one.key.name, fault=type(fault).__name__, why=str(fault))
        if given:
            self._store.run(lambda tx: keep_cosignatures(tx, self._origin, signed, given))
        return False

    def _cosignature(self, one: _Asked, signed: str) -> Signature:
        """Return a cosignature that holds. Raises WitnessRefused, Refused, or a fault of the way."""
        size = parsed_head(signed).size
        for _ in range(TRIES):
            old = self._seen_size.get(one.key.name, 0)
            if old > size:
                raise WitnessRefused(f"has cosigned a head of {old} leaves, and this log has {size}")
            request = self._store.run(partial(cosign_request, signed=signed, old_size=old))
            status, answer = self._post(one.url, request.text())
            if status == OK:
                self._seen_size[one.key.name] = size
                return _checked_cosignature(signed, answer, one.key)
            if status != CONFLICT:
                raise WitnessRefused(f"answered with status {status}")
            self._seen_size[one.key.name] = from_decimal(answer.removesuffix("\n"), "size")
        raise WitnessRefused(f"has cosigned another head of {self._seen_size[one.key.name]} leaves")

    def _post(self, url: str, text: str) -> tuple[int, str]:
        answer = self._pool.request(
            "POST",
            url,
            body=text.encode(),
            headers={"Content-Type": "text/plain"},
            preload_content=False,
            redirect=False,
        )
        try:
            data = answer.read(ANSWER_BYTES_MAX + 1, decode_content=False)
        finally:
            answer.release_conn()
        try:
            if len(data) > ANSWER_BYTES_MAX:
                raise Malformed("answer", f"longer than {ANSWER_BYTES_MAX} bytes")
            return answer.status, data.decode()
        except UnicodeDecodeError as fault:
            raise Malformed("answer", "is not UTF-8") from fault


def _checked_cosignature(signed: str, lines: str, key: NoteKey) -> Signature:
    """Return the one signature line of the answer that is by this key, once it has been checked."""
    together = signed + lines
    verify_cosignature(together, key)
    return next(one for one in parse_note(together).signatures if (one.name, one.key_id) == (key.name, key.key_id))


def _checked(places: Sequence[WitnessPlace]) -> list[_Asked]:
    """Return the witnesses of a configuration. Raises ConfigFault."""
    if len(places) > WITNESSES_MAX:
        raise ConfigFault(f"witnesses: more than {WITNESSES_MAX}")
    found: list[_Asked] = []
    for number, place in enumerate(places):
        try:
            key = parse_key(place.key)
        except Malformed as fault:
            raise ConfigFault(f"witnesses[{number}].key: {fault.reason}") from fault
        if key.type is not SignatureType.cosignature_v1 or key.name in {one.key.name for one in found}:
            raise ConfigFault(f"witnesses[{number}].key: expected a witness's key, as `tarazy witness` prints it, once")
        if not place.url.startswith(("http://", "https://")):
            raise ConfigFault(f"witnesses[{number}].url: expected http:// or https://")
        found.append(_Asked(key, f"{place.url.rstrip('/')}/add-checkpoint"))
    return found
