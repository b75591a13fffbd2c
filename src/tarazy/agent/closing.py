"""Whole accounts at this bank (M8): closed only by a measure that carries a hold here, and never with nothing free."""

from collections.abc import Sequence

from tarazy.agent.records import AgentHold
from tarazy.app.messages import Handled, Handler
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.closure import KeptFree, closes_account, kept_free
from tarazy.domain.rejection import Rejection
from tarazy.law.ground import Ground
from tarazy.protocol.measure_bodies import MeasureOrder
from tarazy.protocol.message import Envelope


class NothingFree(ValueError):
    """A measure would close an account of which nobody can say what stays free."""


def closed_but_for(measure: str, ground: Ground | None, hold: AgentHold) -> KeptFree | None:
    """Return what a measure keeps free of the account of its hold; None where it closes no account.

    Raises NothingFree where this bank's own pack does not say what stays free in the account's currency.
    """
    if not closes_account(measure):
        return None
    kept = None if ground is None else kept_free(ground.rule, ground.floor, hold.currency)
    if kept is None:
        raise NothingFree
    return kept


def without_closing(take: Handler) -> Handler:
    """Let measures through to ``take``, but for those that close accounts: this bank's core cannot do so.

    Nothing is pretended: the exchange learns of it, and what carried the hold before carries it to its own end.
    """

    def take_without_closing(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
        handled = []
        for envelope in envelopes:
            order = envelope.body
            assert isinstance(order, MeasureOrder)
            if closes_account(order.measure):
                handled.append(Handled(rejection=Rejection.core_cannot_close, place="body.measure"))
            else:
                handled += take(tx, [envelope], setting)
        return handled

    return take_without_closing
