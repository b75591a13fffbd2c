"""Numbers for the entries of an ISO 20022 document, which has none: each account's go on from its last.

The accounts are locked meanwhile, so that no two documents get the same numbers. An account that misses entries gets
none: what its next number is would be a guess.
"""

from collections.abc import Sequence
from typing import NamedTuple

from tarazy.agent.batch_form import SentBatch, check_entries
from tarazy.agent.feed.booking import entries_from
from tarazy.agent.feed.fault import FeedFault
from tarazy.app.setting import Setting
from tarazy.domain.entry import AccountEntry
from tarazy.domain.line import AccountLine
from tarazy.values.ids import AccountId


class Numbered(NamedTuple):
    """The entries of a batch with their numbers, and where each stands in what was sent."""

    entries: Sequence[AccountEntry]
    places: Sequence[str]


def numbered_transfers(sent: SentBatch, lines: dict[AccountId, AccountLine], setting: Setting) -> Numbered:
    """Return the entries that a document makes on these accounts. Raises FeedFault."""
    numbers = {account_id: line.entry_no for account_id, line in lines.items()}
    entries: list[AccountEntry] = []
    places: list[str] = []
    for transfer in sent.transfers:
        made = entries_from(
            [transfer],
            this_participant=setting.me,
            participant_of=sent.directory,
            account_of=lambda number: AccountId(number) if AccountId(number) in lines else None,
            next_entry_no=lambda account_id: numbers[account_id] + 1,
        )
        for entry in made:
            if lines[entry.account_id].is_behind:
                expected = "an account without missing entries; send those first, with their numbers, as CSV or JSON"
                raise FeedFault(place=transfer.place, field="account", expected=expected)
            numbers[entry.account_id] = entry.entry_no
        entries += made
        places += [transfer.place] * len(made)
    check_entries(entries, places, setting.now)
    return Numbered(entries, places)
