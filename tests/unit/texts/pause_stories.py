"""One payer after another: a payment of 150,000 tenge that was paused, its end, and the answer to an appeal."""

from collections.abc import Mapping
from typing import Final

from tarazy.domain.appeal import AppealOutcome
from tarazy.domain.notice import Contact, Remedy
from tarazy.domain.pause import PauseEnd
from tarazy.domain.pause_text import PauseFacts, PauseNews
from tarazy.values.money import Money
from tarazy.values.replacing import replace
from tests.unit.texts.notice_stories import (
    BANK_ANALYST,
    COLLEAGUE,
    EXPIRES_AT,
    LATER,
    PAUSE_NORM,
    PLACED_AT,
    TAXI_DRIVER,
    TO_THE_BANK,
)

TO_THE_REGULATOR: Final = Remedy(forum="law.forum.regulator", file_within=None)
CONTACT: Final[Contact] = TAXI_DRIVER.contact
SENT: Final = PauseFacts(
    news=PauseNews.payment_made,
    end=PauseEnd.time_ran_out,
    outcome=None,
    amount=Money(150_000_00, "KZT"),
    usable=Money(462_000_00, "KZT"),
    bank=BANK_ANALYST.body,
    author=BANK_ANALYST,
    stated_reasons=None,
    began_at=PLACED_AT,
    at=EXPIRES_AT,
    ended_at=EXPIRES_AT,
    until=EXPIRES_AT,
    legal_basis=(PAUSE_NORM,),
    measure="M4a",
    remedies=(TO_THE_BANK, TO_THE_REGULATOR),
    contact=CONTACT,
    code="K7QW29M4XT",
    is_demonstration=True,
)
REFUSED: Final = replace(
    SENT,
    news=PauseNews.payment_not_made,
    end=PauseEnd.refused_by_officer,
    author=COLLEAGUE,
    stated_reasons="Плательщик сказал по телефону, что неизвестный велел перевести деньги на «безопасный счёт».",
    at=LATER,
    ended_at=LATER,
)
STANDS: Final = replace(
    SENT,
    news=PauseNews.appeal_answered,
    end=None,
    outcome=AppealOutcome.measure_stands,
    author=COLLEAGUE,
    stated_reasons="Счёт получателя назван в трёх подписанных сообщениях об обмане за эту неделю.",
    at=LATER,
    ended_at=None,
    remedies=(TO_THE_REGULATOR,),
)
PAUSE_STORIES: Final[Mapping[str, PauseFacts]] = {
    "pause_time_ran_out": SENT,
    "pause_refused": REFUSED,
    "pause_money_not_there": replace(SENT, news=PauseNews.payment_not_made, end=PauseEnd.money_not_there),
    "pause_overturned_on_appeal": replace(
        SENT,
        end=PauseEnd.overturned_on_appeal,
        author=COLLEAGUE,
        stated_reasons="Такие же платежи за аренду шли на этот счёт каждый месяц два года.",
        at=LATER,
        ended_at=LATER,
        remedies=(TO_THE_REGULATOR,),
        is_demonstration=False,
    ),
    "pause_appeal_stands": STANDS,
    "pause_appeal_right_after_refusal": replace(
        REFUSED, news=PauseNews.appeal_answered, outcome=AppealOutcome.measure_overturned, remedies=()
    ),
    "pause_appeal_unanswered": replace(STANDS, news=PauseNews.appeal_unanswered, outcome=None, stated_reasons=None),
}
"""What a payer is told after a pause, by the name of its golden file."""
