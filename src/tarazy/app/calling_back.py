"""What went across a border (M11) and should not have: called back in the transaction that locks what it stood on (I6).

A sharing says, under its author's signature, on what of the case its ground *rests* and what of the case its data
*came of*; facts of the case that are sent name themselves. When anything of the case is locked, every sharing of it is
looked at::

    what is locked              proposed      sent          expired       recalled, erased
    something its data came of  refused       recalled      recalled      marked
    all that it rests on        refused       recalled      recalled      marked
    a part of that              asked anew without it, as measures are: it stands, or falls as above

Data travel together, with one end and one handling code, so they are called back together; what of them is lawful can
be proposed again. A recall has its cause (``fell_for``, ``fell_with``), its event and the duty that the recipient
confirms the erasure. Where its time was over before, that duty runs already and begins no second time. What had been
sent is a source itself: whatever came back for it is locked with it.

Invariant, after each transaction of the exchange: no sharing is proposed, sent or expired whose data came of something
locked, or that rests on locked things alone; each falls once.
"""

from collections.abc import Mapping
from typing import NamedTuple

from tarazy.app.measure_records import MATERIAL_LOCKS
from tarazy.app.setting import Setting
from tarazy.app.sharing_records import SHARINGS, Sharing
from tarazy.app.sharings import owe_erasure, record_sharing, sharing_request
from tarazy.app.store import Condition, Transaction
from tarazy.domain.sharing import FellFor, SharingStatus, moved
from tarazy.law.reexamine import still_lawful
from tarazy.values.ids import CaseId, MeasureId
from tarazy.values.replacing import replace


class Fall(NamedTuple):
    """Why a sharing falls, and what was found unlawful."""

    why: FellFor
    unlawful: MeasureId


def call_back(tx: Transaction, case_id: CaseId, setting: Setting) -> list[Sharing]:
    """Let every sharing of a case fall that stands on what is locked; return those that had been sent.

    All of them are locked first: who authorises one in this moment is either seen here, or sees what is locked.
    """
    of_case = Condition("case_id", "=", case_id)
    rows = tx.find(SHARINGS, of_case, order=("sharing_id",))
    if not rows:
        return []
    locks = {one.subject_id: one.measure_id for one in tx.find(MATERIAL_LOCKS, of_case)}
    fallen = []
    for sharing in tx.lock(SHARINGS, {(row.sharing_id,) for row in rows}).values():
        if sharing.fell_for is not None or sharing.status is SharingStatus.refused:
            continue
        fall = _fall_of(tx, sharing, locks, setting)
        if fall is not None:
            fallen.append(_let_fall(tx, sharing, fall, setting))
    return [one for one in fallen if one.sent_at is not None]


def _fall_of(tx: Transaction, sharing: Sharing, locks: Mapping[str, MeasureId], setting: Setting) -> Fall | None:
    """Return why a sharing falls. One that stands on less than before is kept with what is left."""
    came_of = next((one for one in sharing.came_of if one in locks), None)
    if came_of is not None:
        return Fall(FellFor.material_locked, locks[came_of])
    lost = next((one for one in sharing.rests_on if one in locks), None)
    if lost is None:
        return None
    left = replace(sharing, rests_on=tuple(one for one in sharing.rests_on if one not in locks))
    if not left.rests_on or not _is_lawful(tx, left, setting):
        return Fall(FellFor.ground_locked, locks[lost])
    tx.put(SHARINGS, left)
    record_sharing(tx, setting, "sharing_reexamined", left, why=FellFor.ground_locked, because=locks[lost])
    return None


def _is_lawful(tx: Transaction, sharing: Sharing, setting: Setting) -> bool:
    """Ask the law gate anew about a sharing on what it rests on. What is over by its time asks for nothing more."""
    request = sharing_request(tx, sharing)
    if sharing.sent_at is not None and sharing.expires_at is not None:
        if sharing.expires_at <= setting.now:
            return True
        run, left = setting.now.since(sharing.sent_at), sharing.expires_at.since(setting.now)
        request = replace(request, extends=run, duration=left)
    return still_lawful(request, (sharing.offence_id,), setting.pack, setting.now).is_lawful


def _let_fall(tx: Transaction, sharing: Sharing, fall: Fall, setting: Setting) -> Sharing:
    """Refuse what was only proposed, call back what is still abroad; what was called back or erased bears the mark."""
    fallen = replace(sharing, fell_for=fall.why, fell_with=fall.unlawful)
    cause = {"why": fall.why.value, "because": fall.unlawful}
    if sharing.status is SharingStatus.proposed:
        fallen = replace(fallen, status=moved(sharing.status, SharingStatus.refused))
        record_sharing(tx, setting, "sharing_refused", fallen, **cause)
    elif sharing.status in {SharingStatus.sent, SharingStatus.expired}:
        fallen = replace(fallen, status=moved(sharing.status, SharingStatus.recalled), recalled_at=setting.now)
        record_sharing(tx, setting, "sharing_recalled", fallen, **cause)
        if sharing.status is SharingStatus.sent:
            owe_erasure(tx, fallen, setting)
    tx.put(SHARINGS, fallen)
    return fallen
