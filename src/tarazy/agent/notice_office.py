"""What a bank's notices are made with, whoever they are for: its name, its officers, the law a measure rests on."""

from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from tarazy.agent.profile import BankProfile
from tarazy.domain.notice import FilingWindow, NoticeAuthor, Remedy
from tarazy.law.assessment import Lane, Measure
from tarazy.law.ground import Pack
from tarazy.texts.catalogue import Catalogue, Wording
from tarazy.values.ids import OfficerId
from tarazy.values.instant import Instant

CHANNEL: Final = "app"
BRANCH: Final = "branch"
CHANNELS: Final = {True: CHANNEL, False: BRANCH}
"""Where a notice waits, by whether the bank has told the agent who the person is."""
ZONE: Final = ZoneInfo("Asia/Almaty")


@dataclass(frozen=True, slots=True)
class NoticeOffice:
    """What a bank's notices are made with. ``secret`` keys the codes' hashes."""

    bank: BankProfile
    catalogue: Catalogue
    secret: bytes


def basis_of(
    measure: Measure, lane: Lane | None, since: Instant, pack: Pack, catalogue: Catalogue
) -> tuple[Wording, ...]:
    """Return the titles of the norms that a measure itself rests on, as they stood when it began."""
    day = pack.data.calendar.local_day(since)
    ground = pack.ground(measure, lane, day)
    assert ground is not None
    versions = [pack.data.norms[norm_id].on(day) for norm_id in ground.rule.norms]
    return tuple(catalogue.wording(version.title_code) for version in versions if version is not None)


def remedies_under(measure: Measure, lane: Lane | None, since: Instant, pack: Pack) -> tuple[Remedy, ...]:
    """Return where a person can turn to against a measure, and within what time; empty where the pack names nothing."""
    ground = pack.ground(measure, lane, pack.data.calendar.local_day(since))
    if ground is None or ground.rule.remedies is None:
        return ()
    return tuple(
        Remedy(
            forum=remedy.forum,
            file_within=FilingWindow.lasting(remedy.file_within) if remedy.file_within is not None else None,
        )
        for remedy in ground.rule.remedies.value
    )


def author_of(officer_id: OfficerId, office: NoticeOffice) -> NoticeAuthor:
    """Return an officer of this bank as a notice names them; one who is not known any more is named by the first."""
    profile = next((one for one in office.bank.officers if one.officer_id == officer_id), office.bank.officers[0])
    return NoticeAuthor(body=office.bank.name, role=profile.role, name=profile.name)
