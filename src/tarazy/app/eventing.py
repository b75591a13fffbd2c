"""Recording what happened: an event in the same transaction as its effect, committed to for the log."""

from tarazy.app.records import EVENTS, Event
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.log.leaf import SALT_BYTES, Leaf, commitment
from tarazy.protocol.wire import to_json
from tarazy.values.ids import CaseId, EventId, NormId, ParticipantId, derived

SEQUENCER_CHANNEL = "sequencer"


def record(
    tx: Transaction,
    setting: Setting,
    kind: str,
    participant_id: ParticipantId,
    subject_id: str,
    *,
    case_id: CaseId | None,
    norms: tuple[NormId, ...] = (),
    **details: str | int | None,
) -> Event:
    """Write one event. ``details`` are ids, codes and amounts, never anything about a person."""
    texts = {name: str(value) for name, value in details.items() if value is not None}
    salt = setting.entropy(SALT_BYTES)
    event = Event(
        event_id=EventId(derived("ev", kind, subject_id, setting.now.text(), salt.hex())),
        serial=0,
        kind=kind,
        at=setting.now,
        participant_id=participant_id,
        case_id=case_id,
        subject_id=subject_id,
        norms=norms,
        salt=salt,
        details=texts,
        commitment=commitment(salt, personal_part(subject_id, case_id, texts)).hex(),
        log_index=None,
    )
    tx.add(EVENTS, event)
    tx.wake(SEQUENCER_CHANNEL)
    return event


def personal_part(subject_id: str, case_id: CaseId | None, details: dict[str, str]) -> bytes:
    """Return the part of an event that the log only commits to."""
    return to_json({"subject": subject_id, "case": case_id, "details": details})


def leaf_of(event: Event) -> Leaf:
    """Return what the log shows of an event."""
    return Leaf(
        type=event.kind,
        at=event.at,
        participant_id=event.participant_id,
        norm_ids=event.norms,
        personal_commitment=event.commitment,
    )
