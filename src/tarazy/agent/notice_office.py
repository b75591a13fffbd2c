"""What a bank's notices are made with, whoever they are for: its name, its officers, where they wait."""

from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from tarazy.agent.profile import BankProfile
from tarazy.domain.notice import NoticeAuthor
from tarazy.texts.catalogue import Catalogue
from tarazy.texts.links import without_links
from tarazy.values.ids import OfficerId

CHANNEL: Final = "app"
BRANCH: Final = "branch"
CHANNELS: Final = {True: CHANNEL, False: BRANCH}
"""Where a notice waits, by whether the bank has told the agent who the person is."""
ZONE: Final = ZoneInfo("Asia/Almaty")
NO_NUMBER: Final = "—"


@dataclass(frozen=True, slots=True)
class NoticeOffice:
    """What a bank's notices are made with. ``secret`` keys the codes' hashes."""

    bank: BankProfile
    catalogue: Catalogue
    secret: bytes


def author_of(officer_id: OfficerId, office: NoticeOffice) -> NoticeAuthor:
    """Return an officer of this bank as a notice names them; one whom it does not know any more by role and id."""
    profile = next((one for one in office.bank.officers if one.officer_id == officer_id), None)
    if profile is not None:
        return NoticeAuthor(body=office.bank.name, role=profile.role, name=profile.name)
    role = office.catalogue.wording("notice.role.by_number")
    return NoticeAuthor(body=office.bank.name, role=role, name=without_links(officer_id).strip() or NO_NUMBER)
