"""Hearings in stories: the investigator asks, the bank tells, the holder answers in the app or at the desk, or not."""

from typing import Final

from tarazy.adapters.catalogue import load_catalogue
from tarazy.agent.hearing import AnswerHearing, answer_hearing
from tarazy.agent.hearing_notices import hear_receivers
from tarazy.agent.hearing_records import HEARING_NOTICES, LOCAL_HEARINGS, HearingNotice, LocalHearing
from tarazy.agent.notice_office import NoticeOffice
from tarazy.agent.profile import BankProfile
from tarazy.app.hearing import AskReceivers, ask_receivers
from tarazy.app.hearing_records import HEARINGS, Hearing
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hearing import HearingState
from tarazy.domain.rejection import Rejection
from tarazy.texts.catalogue import Wording
from tarazy.values.ids import CaseId
from tests.story import Network
from tests.story_people import OFFICER, POLICE

NAME: Final = Wording(kk="Ойдан шығарылған банк", ru="Вымышленный банк", en="Invented Bank")
OFFICE: Final = NoticeOffice(
    BankProfile(name=NAME, phone="+7 700 000 00 00", branch=NAME, officers=()), load_catalogue(), b"story"
)
AT_DESK: Final = "She came with her identity card and said so herself."


def asked(network: Network, case_id: CaseId, *, by: str = POLICE) -> tuple[Hearing, ...] | Rejection:
    """Let the investigator ask the holders of a case; the question waits to be carried."""
    if by == POLICE:
        network.enrol(POLICE, "police", "investigator")
    command = AskReceivers(case_id=case_id, participant_id=POLICE if by == POLICE else by, officer_id=OFFICER)  # type: ignore[arg-type]  # ids of stories are plain texts
    return network.at(EXCHANGE_ID, lambda tx, now: ask_receivers(tx, command, now))


def round_of(network: Network, bank: str = "bank-b") -> int:
    """Let a bank do what is due in its hearings, and carry what it says."""
    network.settle()
    done = network.at(bank, lambda tx, now: hear_receivers(tx, OFFICE, EXCHANGE_ID, now))
    network.settle()
    return done


def said(
    network: Network, answer: HearingState, words: str = "", *, bank: str = "bank-b", at_desk: bool = False
) -> LocalHearing | Rejection:
    """Let the holder of a bank's newest hearing answer, in the app or at the desk."""
    hearing = local(network, bank)
    reasons = AT_DESK if at_desk else ""
    command = AnswerHearing(hearing_id=hearing.hearing_id, answer=answer, words=words, reasons=reasons)
    officer = network.officer(bank) if at_desk else None
    done = network.at(bank, lambda tx, now: answer_hearing(tx, command, EXCHANGE_ID, now, officer=officer))
    network.settle()
    return done


def local(network: Network, bank: str = "bank-b") -> LocalHearing:
    """Return a bank's newest hearing."""
    found: LocalHearing = network.rows(bank, LOCAL_HEARINGS, order=("asked_at",))[-1]
    return found


def known(network: Network) -> Hearing:
    """Return the newest hearing as the exchange knows it."""
    found: Hearing = network.rows(EXCHANGE_ID, HEARINGS, order=("asked_at",))[-1]
    return found


def notices(network: Network, bank: str = "bank-b") -> list[HearingNotice]:
    """Return what holders were told of hearings, oldest first."""
    return network.rows(bank, HEARING_NOTICES, order=("served_at",))


def agreed(network: Network, case_id: CaseId, bank: str = "bank-b") -> None:
    """Let the one holder of a case be asked, told, and agree."""
    outcome = asked(network, case_id)
    assert not isinstance(outcome, Rejection), outcome
    round_of(network, bank)
    said(network, HearingState.agreed, bank=bank)


def everybody_answers(network: Network, answer: HearingState = HearingState.agreed, words: str = "") -> int:
    """Let every bank tell the holders whom it is to ask, and each of them answer in the app; return how many did."""
    network.settle()
    answered = 0
    for bank in network.banks:
        if round_of(network, bank):
            for hearing in network.rows(bank, LOCAL_HEARINGS):
                command = AnswerHearing(hearing_id=hearing.hearing_id, answer=answer, words=words)
                _answer(network, bank, command)
                answered += 1
    network.settle()
    return answered


def _answer(network: Network, bank: str, command: AnswerHearing) -> None:
    network.at(bank, lambda tx, now: answer_hearing(tx, command, EXCHANGE_ID, now))
