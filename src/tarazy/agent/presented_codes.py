"""Codes of this bank's notices, shown by somebody who is not signed in: each opens one appeal, and nothing else.

A code is of the notice of a hold, or of a hearing about it, or of a payment that waits. Whoever shows it is not
identified.
"""

from collections.abc import Sequence

from tarazy.agent.appeals import LodgeAppeal, lodge_appeal
from tarazy.agent.hearing_records import HEARING_NOTICES
from tarazy.agent.pause_appeals import LodgePauseAppeal, lodge_pause_appeal
from tarazy.agent.pause_notices import PAUSE_NOTICES
from tarazy.agent.records import SERVED_NOTICES
from tarazy.app.messages import Handled
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.appeal import AppealRoad, Appellant
from tarazy.domain.notice import code_shown
from tarazy.domain.rejection import Rejection
from tarazy.protocol.appeal_bodies import CodeAnswered, CodePresented
from tarazy.protocol.message import Envelope
from tarazy.values.ids import AppealId, ParticipantId, SealedRef
from tarazy.values.instant import Instant


def lodge_by_code(
    tx: Transaction,
    code: str,
    grounds: tuple[str, ...],
    words: str,
    exchange: ParticipantId,
    setting: Setting,
    *,
    filed_at: Instant | None = None,
    sealed_words: SealedRef | None = None,
) -> AppealId | None:
    """Lodge the appeal that a code opens, however it was written; None for one that is no code of this bank.

    ``sealed_words`` are words for the exchange alone: about a pause, of which it knows nothing, they are not kept.
    """
    same = Condition("code", "=", code_shown(code.strip()).replace("-", ""))
    paused = tx.find(PAUSE_NOTICES, same, limit=2)
    # Whoever is asked whether held money may be paid can still say that it should not be held.
    told = [one.hold_id for one in tx.find(SERVED_NOTICES, same, limit=2)]
    told += [one.hold_id for one in tx.find(HEARING_NOTICES, same, limit=2)]
    if len(told) + len(paused) != 1:
        return None
    if paused:
        waiting = LodgePauseAppeal(
            pause_id=paused[0].pause_id, road=AppealRoad.code, is_identified=False, grounds=grounds, words=words
        )
        of_pause = lodge_pause_appeal(tx, waiting, setting, filed_at=filed_at)
        return None if isinstance(of_pause, Rejection) else of_pause.appeal_id
    command = LodgeAppeal(
        hold_id=told[0],
        appellant=Appellant.holder,
        road=AppealRoad.code,
        is_identified=False,
        grounds=grounds,
        words=words,
    )
    lodged = lodge_appeal(tx, command, exchange, setting, filed_at=filed_at, sealed_words=sealed_words)
    return None if isinstance(lodged, Rejection) else lodged.appeal_id


def take_codes_presented(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Lodge the appeals that somebody makes by a notice's code alone; a code that opens nothing says so and no more."""
    handled = []
    for envelope in envelopes:
        body = envelope.body
        assert isinstance(body, CodePresented)
        code, exchange = setting.unseal(body.sealed_code), ParticipantId(envelope.sender)
        appeal_id = None
        if code is not None:
            appeal_id = lodge_by_code(
                tx,
                code,
                body.grounds,
                "",
                exchange,
                setting,
                filed_at=min(body.filed_at, setting.now),
                sealed_words=body.sealed_words,
            )
        answer = CodeAnswered(presentation_id=body.presentation_id, appeal_id=appeal_id)
        handled.append(Handled(replies=(setting.envelope(exchange, answer, body.presentation_id),)))
    return handled
