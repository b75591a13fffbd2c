"""What pages and endpoints are given: the program they belong to, its clock, its law and its texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from tarazy.adapters.clock import Clock
from tarazy.adapters.keys import Keyring
from tarazy.adapters.log_receipts import ReceiptsOfExchange
from tarazy.agent.profile import BankProfile, OfficerProfile
from tarazy.agent.program import Agent
from tarazy.agent.reference_core import ReferenceCore
from tarazy.app.peer import Peer
from tarazy.app.records import Participant
from tarazy.app.sequencing import LogSigner
from tarazy.app.setting import Setting
from tarazy.edge.sign_in.settings import SignInSettings
from tarazy.law.ground import Pack
from tarazy.protocol import jws
from tarazy.texts.catalogue import Catalogue
from tarazy.values.ids import ParticipantId


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeContext:
    """The exchange's program. ``officers`` are the demonstration's keys of officials by participant, else empty."""

    peer: Peer
    clock: Clock
    pack: Pack
    catalogue: Catalogue
    participants: Mapping[ParticipantId, Participant]
    officers: Mapping[ParticipantId, Keyring]
    log_signer: LogSigner
    is_demonstration: bool
    base_path: str
    sign_in: SignInSettings = field(default_factory=SignInSettings)

    def __deepcopy__(self, _: dict[int, object]) -> Self:
        """Return itself: the framework copies what pages are bound to, and a program is one."""
        return self

    def setting(self) -> Setting:
        """Return the circumstances of a command now."""
        return self.peer.setting_at(self.clock.now())


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentContext:
    """A bank's program: its agent, its core, its officers' keys (demonstration) and what it says of itself."""

    agent: Agent
    core: ReferenceCore
    clock: Clock
    pack: Pack
    catalogue: Catalogue
    keyring: Keyring
    bank: BankProfile
    participants: Mapping[ParticipantId, Participant]
    is_demonstration: bool
    base_path: str
    sign_in: SignInSettings = field(default_factory=SignInSettings)
    core_key: jws.Verify | None = None
    """What checks the signatures of the bank's own core, where it sends its entries by HTTP."""
    receipts: ReceiptsOfExchange | None = None
    """Where the exchange is asked for the receipts that letters bear; None where no exchange can be asked."""

    def __deepcopy__(self, _: dict[int, object]) -> Self:
        """Return itself: the framework copies what pages are bound to, and a program is one."""
        return self

    def setting(self) -> Setting:
        """Return the circumstances of a command now."""
        return self.agent.peer.setting_at(self.clock.now())


__all__ = ["AgentContext", "BankProfile", "ExchangeContext", "OfficerProfile"]
