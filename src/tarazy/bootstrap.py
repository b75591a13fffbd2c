"""The only place where adapters meet use cases: programs are put together here, for service and for simulation."""

import os
from collections.abc import Callable
from functools import lru_cache

from tarazy.adapters.keys import Keyring, Trust
from tarazy.agent.closing import without_closing
from tarazy.agent.confirming import AGENT_REFUSED
from tarazy.agent.core_port import CorePort, can_close
from tarazy.agent.ending import account_of_report
from tarazy.agent.handlers import AGENT_HANDLERS, AGENT_READS
from tarazy.agent.program import Agent
from tarazy.agent.reference_core import ReferenceCore
from tarazy.app.exchange import EXCHANGE_HANDLERS, EXCHANGE_READS, EXCHANGE_REFUSED
from tarazy.app.peer import Peer, SettingAt
from tarazy.app.setting import Setting
from tarazy.app.store import Store
from tarazy.law.ground import Pack
from tarazy.values.ids import ParticipantId
from tarazy.values.instant import Instant

UNSEALED_MAX = 1_000
EXCHANGE_ID = ParticipantId("exchange")


def setting_for(keyring: Keyring, trust: Trust, pack: Pack, entropy: Callable[[int], bytes] = os.urandom) -> SettingAt:
    """Return what gives a program its circumstances at a moment."""
    sign = keyring.signing.signer()
    unseal = lru_cache(UNSEALED_MAX)(keyring.unseal)

    def setting_at(now: Instant) -> Setting:
        return Setting(
            me=keyring.participant_id,
            now=now,
            key_id=keyring.key_id,
            sign=sign,
            key_of=trust.key_of,
            officer_key_of=trust.officer_key_of,
            officer_capacity=trust.officer_capacity,
            pack=pack,
            only_from=None if keyring.participant_id == EXCHANGE_ID else EXCHANGE_ID,
            entropy=entropy,
            seal=trust.seal,
            unseal=unseal,
        )

    return setting_at


def exchange_peer(store: Store, setting_at: SettingAt) -> Peer:
    """Put together the exchange's end."""
    return Peer(store, EXCHANGE_HANDLERS, setting_at, EXCHANGE_READS, EXCHANGE_REFUSED)


def reference_core(store: Store, me: ParticipantId) -> ReferenceCore:
    """Put together a reference core on an agent's own store."""
    return ReferenceCore(store, me, account_of_report)


def agent_of(store: Store, setting_at: SettingAt, core: CorePort) -> Agent:
    """Put together an agent beside its core. Where that cannot close an account, no measure that does is taken."""
    handlers = AGENT_HANDLERS
    if not can_close(core):
        handlers = {**AGENT_HANDLERS, "measure_order": without_closing(AGENT_HANDLERS["measure_order"])}
    return Agent(Peer(store, handlers, setting_at, AGENT_READS, AGENT_REFUSED), core, EXCHANGE_ID)
