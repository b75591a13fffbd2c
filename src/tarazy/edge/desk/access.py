"""Who may do what at a bank's desk: its own officers, and a signature wants a fresh proof of who one is."""

from typing import Final

from tarazy.app.access import OF_BANKS, Access, ReadAction, Resource, Who
from tarazy.app.store import Transaction
from tarazy.edge.pages.guard import ResourceOf
from tarazy.values.ids import ParticipantId

_OFFICER: Final = frozenset({Who.officer})
DESK_READ: Final = Access(who=_OFFICER, roles=OF_BANKS, reads=ReadAction.read_desk)
DESK_SIGNED: Final = Access(who=_OFFICER, roles=OF_BANKS, reads=ReadAction.read_desk, needs_step_up=True)


def desk_resource(me: ParticipantId) -> ResourceOf:
    """Return what the pages of a bank's desk show: that bank's own, all of it."""

    def found(_: Transaction, __: ReadAction, ___: dict[str, str]) -> Resource:
        return Resource(kind="desk", resource_id=f"desk/{me}", bodies=frozenset({me}))

    return found
