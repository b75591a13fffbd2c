"""Messages that were not let in, newest first, a page at a time: what each claimed to be and why not, no content."""

from dataclasses import dataclass
from typing import Final

from tarazy.app.messages import REFUSED_MESSAGES, RefusedMessage
from tarazy.app.store import Condition, Transaction

PAGE_SIZE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedPage:
    """One page of the list. ``following`` is what to ask for as ``before`` for the next; None at the end."""

    rows: tuple[RefusedMessage, ...]
    following: int | None


def refused_messages(tx: Transaction, before: int | None = None) -> RefusedPage:
    """Return the newest refused messages; with ``before`` those older than that serial number."""
    older = () if before is None else (Condition("serial", "<", before),)
    found = tx.find(REFUSED_MESSAGES, *older, order=("serial",), descending=True, limit=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    return RefusedPage(rows=tuple(shown), following=shown[-1].serial if len(found) > PAGE_SIZE else None)
