"""Codes of notices shown in the portal: passed on sealed to the bank that issued them, which alone can read them.

The exchange keeps when it was shown. That is the moment of the appeal, also where the bank is away for days.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tarazy.app.appeal_records import CODE_PRESENTATIONS, CodePresentation
from tarazy.app.eventing import record
from tarazy.app.messages import Handled, queue
from tarazy.app.records import PARTICIPANTS
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.appeal import AppealGround
from tarazy.domain.rejection import Rejection
from tarazy.protocol.appeal_bodies import CodeAnswered, CodePresented
from tarazy.protocol.message import Envelope
from tarazy.values.ids import ParticipantId, derived
from tarazy.values.replacing import replace


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentCode:
    """Somebody shows the code of a notice that they say is from a bank, and appeals by it."""

    participant_id: ParticipantId
    code: str
    grounds: tuple[str, ...]
    words: str


def present_code(tx: Transaction, command: PresentCode, setting: Setting) -> CodePresentation | Rejection:
    """Keep that a code was shown, and pass it on. Whether it opens anything, only the bank can say."""
    bank = tx.get(PARTICIPANTS, command.participant_id)
    if bank is None or not bank.is_active:
        return Rejection.code_unknown
    presentation_id = derived("cp", setting.entropy(16).hex(), setting.now.text())
    sealed = setting.seal(command.participant_id, command.code)
    words = command.words.strip()
    row = CodePresentation(
        presentation_id=presentation_id,
        participant_id=command.participant_id,
        sealed_code=sealed,
        filed_at=setting.now,
        is_answered=False,
        appeal_id=None,
    )
    tx.add(CODE_PRESENTATIONS, row)
    body = CodePresented(
        presentation_id=presentation_id,
        sealed_code=sealed,
        grounds=tuple(one for one in command.grounds if one in AppealGround.__members__),
        sealed_words=setting.seal(setting.me, words) if words else None,
        filed_at=setting.now,
    )
    queue(tx, setting.envelope(command.participant_id, body, presentation_id), setting)
    record(tx, setting, "code_presented", command.participant_id, presentation_id, case_id=None)
    return row


def take_codes_answered(tx: Transaction, envelopes: Sequence[Envelope], _: Setting) -> list[Handled]:
    """Keep whether a code has opened a notice. The appeal itself comes in a message of its own."""
    handled = []
    for envelope in envelopes:
        body = envelope.body
        assert isinstance(body, CodeAnswered)
        row = tx.lock(CODE_PRESENTATIONS, {(body.presentation_id,)}).get((body.presentation_id,))
        if row is None or row.participant_id != envelope.sender:
            handled.append(Handled(rejection=Rejection.code_unknown, place="body.presentation_id"))
            continue
        tx.put(CODE_PRESENTATIONS, replace(row, is_answered=True, appeal_id=body.appeal_id))
        handled.append(Handled())
    return handled
