"""What a bank's notices are made with, whoever they are for: its name, its officers, where they wait."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from tarazy.agent.profile import BankProfile
from tarazy.domain.notice import NoticeAuthor
from tarazy.texts.catalogue import Catalogue
from tarazy.texts.links import without_links
from tarazy.values.ids import OfficerId, ParticipantId

CHANNEL: Final = "app"
BRANCH: Final = "branch"
CHANNELS: Final = {True: CHANNEL, False: BRANCH}
"""Where a notice waits, by whether the bank has told the agent who the person is."""
ZONE: Final = ZoneInfo("Asia/Almaty")
NO_NUMBER: Final = "—"
BODY_NAME_MAX: Final = 50
"""Letters of a body's name: with the words for what it is, it fits a short message (`domain.notice.NAME_MAX`)."""


@dataclass(frozen=True, slots=True)
class NoticeOffice:
    """What a bank's notices are made with. ``secret`` keys the codes' hashes; ``names`` are those of other bodies."""

    bank: BankProfile
    catalogue: Catalogue
    secret: bytes
    names: Mapping[ParticipantId, str] = field(default_factory=dict)


def body_name(participant_id: ParticipantId, office: NoticeOffice) -> str:
    """Return what another body is called, as it has joined; one that has not joined (any more) by its id."""
    known = office.names.get(participant_id, "")
    return without_links(known).strip()[:BODY_NAME_MAX] or without_links(participant_id)[:BODY_NAME_MAX] or NO_NUMBER


def author_of(officer_id: OfficerId, office: NoticeOffice) -> NoticeAuthor:
    """Return an officer of this bank as a notice names them; one whom it does not know any more by role and id."""
    profile = next((one for one in office.bank.officers if one.officer_id == officer_id), None)
    if profile is not None:
        return NoticeAuthor(body=office.bank.name, role=profile.role, name=profile.name)
    role = office.catalogue.wording("notice.role.by_number")
    return NoticeAuthor(body=office.bank.name, role=role, name=without_links(officer_id).strip() or NO_NUMBER)
