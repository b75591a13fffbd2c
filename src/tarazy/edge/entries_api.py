"""Where a bank's core hands its entries to the agent: signed batches in three forms, and how far an account is known.

A body is held only after its media type and, for files, the signature beside it were found right, and never beyond its
form's limit. No answer repeats an account id, a name or a value that was sent: places in the batch say what is meant.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final, TypeVar

import msgspec
from litestar import MediaType, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK

from tarazy.agent.batch_form import (
    CLOCK_TOLERANCE,
    SIGNATURE_LENGTH_MAX,
    BatchMedia,
    FileSigned,
    SentBatch,
    read_csv_batch,
    read_document,
    read_json_batch,
    read_payload,
    read_question,
    signed_by_core,
)
from tarazy.agent.batches import BatchRefused, Position, note_refused, positions, take_batch
from tarazy.agent.feed.fault import FeedFault
from tarazy.app.store import Conflict, StoreAway
from tarazy.domain.rejection import Rejection
from tarazy.edge.context import AgentContext
from tarazy.edge.http import HttpRequest, content_type_of, is_encoded, problem, read_body
from tarazy.protocol.jws import MESSAGE_BYTES_MAX
from tarazy.protocol.message import Refusal, Refused, digest_of
from tarazy.protocol.wire import to_json
from tarazy.values.ids import AccountId, ParticipantId

SIGNATURE_HEADER: Final = "Tarazy-Signature"
FAST_BATCH_MIN: Final = 20
"""From so many entries on, the faster road saves a third where it may be taken, and costs a tenth where it may not."""
Found = TypeVar("Found")


class PositionsTold(msgspec.Struct, frozen=True, kw_only=True):
    """How far the accounts of a question are known, in its order."""

    positions: tuple[Position, ...]


class NotSigned(Exception):
    """What came is not signed by the core."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.place)
        self.refused = refused


class NoCoreKey(Exception):
    """This agent was told of no key with which a core could sign."""


def entries_routes(context: AgentContext, fast_from: int = FAST_BATCH_MIN) -> list[HTTPRouteHandler]:
    """Return the endpoints for a core's batches of entries, and for its question how far they were taken.

    Batches of ``fast_from`` entries and more take the faster road where the agent has one.
    """

    @post("/v1/entries", status_code=HTTP_200_OK, media_type=MediaType.JSON, request_max_body_size=None)
    async def take_entries(request: HttpRequest) -> Response[bytes]:
        """Take a signed batch of entries; the answer says what became of each."""
        media = _media_of(request)
        if media is None:
            detail = f"Send one of {', '.join(BatchMedia)}, not compressed."
            return problem(415, "content_type_not_taken", "This form of a batch is not taken here", detail)
        text = request.headers.get(SIGNATURE_HEADER)
        if media is not BatchMedia.jose:
            no = await sync_to_thread(_answered, context, partial(_check_file_signature, context, text))
            if no is not None:
                return no
        body = await read_body(request, media.bytes_max)
        if body is None:
            detail = f"Send at most {media.bytes_max} bytes as {media}, and the other entries in another batch."
            return problem(413, "batch_too_large", "The batch is too large", detail)
        return await sync_to_thread(_answered, context, partial(_taken, context, media, body, text, fast_from))

    @get("/v1/entries/position", media_type=MediaType.JSON, sync_to_thread=True)
    def tell_positions(request: HttpRequest) -> Response[bytes]:
        """Say how far accounts are known; the signed question stands in a header, so that no address names one."""
        return _answered(context, partial(_positions, context, request.headers.get(SIGNATURE_HEADER)))

    return [take_entries, tell_positions]


def _media_of(request: HttpRequest) -> BatchMedia | None:
    found = content_type_of(request)
    return BatchMedia(found) if found in set(BatchMedia) and not is_encoded(request) else None


def _answered(context: AgentContext, work: Callable[[], Found]) -> Found | Response[bytes]:
    """Return what ``work`` returns, or the problem document for its 'no'."""
    try:
        return work()
    except NotSigned as no:
        return _refused_signature(context, no.refused)
    except NoCoreKey:
        detail = "Put the core's public key into this agent's configuration, as core_key, and start it again."
        return problem(403, "core_key_missing", "This agent knows no key of a core", detail)
    except FeedFault as fault:
        more = {"place": fault.place, "field": fault.field, "expected": fault.expected}
        detail = f"{fault}. Nothing was taken. Repair this place and send the whole batch again."
        return problem(422, "batch_not_readable", "The batch cannot be taken as it is", detail, more)
    except BatchRefused as no:
        if no.rejection is Rejection.batch_known_with_other_content:
            return problem(409, no.rejection, "This batch is known with other content", no.detail)
        return problem(422, "nothing_taken", "No entry of the batch could be booked", no.detail, {"faults": no.faults})
    except (StoreAway, Conflict):
        return _store_away()


def _store_away() -> Response[bytes]:
    detail = "Nothing was taken. Send the same again in a moment: under the same id it is taken once."
    return problem(503, "store_away", "The database is away", detail)


def _refused_signature(context: AgentContext, refused: Refused) -> Response[bytes]:
    """Record the refusal and tell it; where it cannot be recorded it is not told either."""
    setting = context.setting()
    try:
        context.agent.peer.store.run(lambda tx: note_refused(tx, refused, setting))
    except (StoreAway, Conflict):
        return _store_away()
    detail = f"{refused.place}. Nothing was taken. See the guide for participants, 'Signing what you send'."
    more = {"reason": refused.refusal}
    return problem(403, "signature_refused", "This is not signed by this participant's core", detail, more)


def _signed(context: AgentContext, text: str | None, length_max: int) -> bytes:
    """Return what the core has signed. Raises NotSigned and NoCoreKey."""
    if context.core_key is None:
        raise NoCoreKey
    if text is None:
        raise NotSigned(Refused(Refusal.malformed, f"expected the header {SIGNATURE_HEADER}"))
    payload = signed_by_core(text, context.keyring.participant_id, context.core_key, length_max)
    if isinstance(payload, Refused):
        raise NotSigned(payload)
    return payload


def _check_file_signature(context: AgentContext, text: str | None) -> None:
    """Look at the signature before the body is read, so that strangers cannot make the agent hold large ones."""
    read_payload(_signed(context, text, SIGNATURE_LENGTH_MAX), FileSigned)


def _taken(context: AgentContext, media: BatchMedia, body: bytes, text: str | None, fast_from: int) -> Response[bytes]:
    setting = context.setting()
    sent = _sent(context, media, body, text)
    agent = context.agent
    book_first = agent.book_first if len(sent.entries) >= fast_from else None
    answer = agent.peer.store.run(lambda tx: take_batch(tx, sent, agent.exchange, setting, book_first))
    return Response(answer.encode(), media_type=MediaType.JSON)


def _sent(context: AgentContext, media: BatchMedia, body: bytes, text: str | None) -> SentBatch:
    """Read a body as a batch. Raises NotSigned, NoCoreKey and FeedFault."""
    now = context.clock.now()
    if media is BatchMedia.jose:
        compact = body.decode("ascii", "replace").strip()
        return read_json_batch(compact, _signed(context, compact, MESSAGE_BYTES_MAX), now)
    signed = read_payload(_signed(context, text, SIGNATURE_LENGTH_MAX), FileSigned)
    if digest_of(body) != signed.sha256:
        place = f"{SIGNATURE_HEADER}, sha256: expected the digest of the body's bytes, in hex"
        raise NotSigned(Refused(Refusal.bad_signature, place, context.keyring.participant_id))
    assert text is not None
    if media is BatchMedia.csv:
        return read_csv_batch(body, signed, text, now)
    return read_document(body, signed, text, _directory(context.participants))


def _directory(participants: Iterable[ParticipantId]) -> dict[str, ParticipantId]:
    """Return what institutions are called in documents: by their id, or its capitals where the id is a BIC."""
    return {name: one for one in participants for name in (one, one.upper())}


def _positions(context: AgentContext, text: str | None) -> Response[bytes]:
    asked = read_question(_signed(context, text, SIGNATURE_LENGTH_MAX))
    if abs(context.clock.now().since(asked.at)) > CLOCK_TOLERANCE:
        minutes = int(CLOCK_TOLERANCE.total_seconds() // 60)
        raise NotSigned(Refused(Refusal.malformed, f"question, at: expected a time within {minutes} minutes of now"))
    account_ids = [AccountId(account_id) for account_id in asked.account_ids]
    told = context.agent.peer.store.run(lambda tx: positions(tx, account_ids))
    return Response(to_json(PositionsTold(positions=told)), media_type=MediaType.JSON)
