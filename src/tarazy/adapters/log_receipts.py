"""Asking the exchange where an act stands in its log, and believing nothing of the answer that is not proved."""

import json
from http.client import HTTPException
from typing import Final, NamedTuple
from urllib.error import URLError
from urllib.parse import quote, urlsplit
from urllib.request import ProxyHandler, build_opener

from tarazy.log.checkpoint import parse_checkpoint
from tarazy.log.note import NoteKey, SignatureType, parse_note
from tarazy.log.receipt import Failure, Receipt, parse_receipt, verify_receipt
from tarazy.log.refusal import Malformed
from tarazy.values.ids import EventId, HearingId, NoticeId

SECONDS_MAX: Final = 2.0
"""Somebody waits for a letter: without an answer it is written without a receipt, and says so."""
BYTES_MAX: Final = 256 * 1024


class InLog(NamedTuple):
    """An act and the proof that it stands in the log."""

    event_id: EventId
    receipt: Receipt


class ReceiptsOfExchange:
    """The receipts of one exchange. ``public_key`` is the one that it joined with, and signs its log with."""

    def __init__(self, url: str, public_key: bytes) -> None:
        self._url, self._public_key = url.rstrip("/"), public_key
        self._opener = build_opener(ProxyHandler({}))

    def of_notice(self, notice_id: NoticeId) -> InLog | None:
        """Return where it stands that a notice was served; None where the log does not say so, or nobody answers."""
        return self._proved(f"/v1/receipts/of-notice/{quote(notice_id, safe='')}")

    def of_hearing(self, hearing_id: HearingId) -> InLog | None:
        """Return where it stands that a holder was told of a hearing; None as for a notice."""
        return self._proved(f"/v1/receipts/of-hearing/{quote(hearing_id, safe='')}")

    def _proved(self, path: str) -> InLog | None:
        try:
            with self._opener.open(self._url + path, timeout=SECONDS_MAX) as answer:
                text, found_at = answer.read(BYTES_MAX).decode(), answer.url
        except (URLError, HTTPException, OSError, UnicodeDecodeError):
            return None
        event_id = EventId(urlsplit(found_at).path.rpartition("/")[2])
        try:
            receipt = parse_receipt(text)
            origin = parse_checkpoint(parse_note(receipt.checkpoint).text).origin
            key = NoteKey(origin, SignatureType.ed25519, self._public_key)
        except (Malformed, json.JSONDecodeError):
            return None
        return None if isinstance(verify_receipt(text, [key]), Failure) else InLog(event_id, receipt)
