"""What a use case is given besides its command: the moment, who we are, keys, and the law."""

from collections.abc import Callable
from dataclasses import dataclass

from tarazy.law.assessment import ActorRole
from tarazy.law.ground import Pack
from tarazy.protocol import jws
from tarazy.protocol.bodies import AnyBody
from tarazy.protocol.message import Envelope, KeyOf, following_id, kind_of
from tarazy.protocol.statement import OfficerKeyOf
from tarazy.values.ids import OfficerId, ParticipantId, SealedRef
from tarazy.values.instant import Instant

OfficerCapacityOf = Callable[[ParticipantId, OfficerId], ActorRole]
"""As what an officer acts, by what joined and their role there; who is not active acts as nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The circumstances of one command. Nothing in ``app`` or ``agent`` reads a clock, a key file or chance itself."""

    me: ParticipantId
    now: Instant
    key_id: str
    sign: jws.Sign
    key_of: KeyOf
    officer_key_of: OfficerKeyOf
    officer_capacity: OfficerCapacityOf
    pack: Pack
    only_from: ParticipantId | None
    """Whom we take messages from: an agent from its exchange alone, the exchange (None) from everybody joined."""
    entropy: Callable[[int], bytes]
    seal: Callable[[ParticipantId, str], SealedRef]
    """Seal a text so that only this participant can open it."""
    unseal: Callable[[SealedRef], str | None]
    """Open what was sealed for us; None if it was not."""

    def envelope(self, recipient: ParticipantId, body: AnyBody, *ids: str | int) -> Envelope:
        """Address ``body``. ``ids`` make the message's id: what follows from the same facts is the same message."""
        return Envelope(
            message_id=following_id(kind_of(body), self.me, recipient, *ids),
            sender=self.me,
            recipient=recipient,
            issued_at=self.now,
            body=body,
        )
