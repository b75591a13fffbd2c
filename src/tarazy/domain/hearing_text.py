"""Writes the notice of a hearing: who wants the held money, how much, and what follows from each answer and from none.

It is told twice in the same words but for the beginning. Nothing in it presumes what the holder will say.
"""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from tarazy.domain.notice import Contact, NoticeAuthor, NoticeRefused, Remedy, code_shown, is_code
from tarazy.domain.notice_text import RenderedNotice, remedies_listed
from tarazy.texts.catalogue import Catalogue, Language, Wording
from tarazy.texts.formats import moment, moment_brief, money
from tarazy.values.instant import Instant
from tarazy.values.money import Money

PARAGRAPHS: Final = (
    *(f"hearing.notice.{one}" for one in ("what", "before", "until", "agree", "object", "nothing", "usable")),
    *(f"hearing.notice.{one}" for one in ("author", "basis")),
    "notice.choice.ask",
    *(f"hearing.notice.{one}" for one in ("remedies", "code")),
    "notice.safety",
)
"""As of every notice, the last three are the remedies, the code, and what nobody asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingFacts:
    """Everything that the notice says. Raises `NoticeRefused` where no remedy or no legal basis is named.

    ``times`` is 1 or 2; ``authority`` is the body that proposes that the money is paid, ``author`` its officer.
    """

    times: int
    amount: Money
    usable: Money
    bank: Wording
    authority: str
    author: NoticeAuthor
    answer_by: Instant
    legal_basis: tuple[Wording, ...]
    remedies: tuple[Remedy, ...]
    contact: Contact
    code: str
    is_demonstration: bool

    def __post_init__(self) -> None:
        assert self.times in {1, 2}
        assert self.amount.minor > 0
        assert is_code(self.code)
        if not self.legal_basis:
            raise NoticeRefused("no legal basis")
        if not self.remedies:
            raise NoticeRefused("no remedy")


def render_hearing(facts: HearingFacts, catalogue: Catalogue, language: Language, timezone: tzinfo) -> RenderedNotice:
    """Return the notice in ``language`` with times in ``timezone``. Raises `TextMissing` rather than leave a gap."""
    values = {
        "bank": facts.bank.in_language(language),
        "authority": facts.authority,
        "amount": money(facts.amount.minor, facts.amount.currency, language),
        "usable": money(facts.usable.minor, facts.usable.currency, language),
        "until": moment(facts.answer_by, language, timezone),
        "until_brief": moment_brief(facts.answer_by, language, timezone),
        "basis": "; ".join(title.in_language(language) for title in facts.legal_basis),
        "body": facts.author.body.in_language(language),
        "role": facts.author.role.in_language(language),
        "name": facts.author.name,
        "remedies": remedies_listed(facts.remedies, catalogue, language, timezone),
        "phone": facts.contact.phone,
        "branch": facts.contact.branch.in_language(language),
        "code": code_shown(facts.code),
    }

    def say(code: str) -> str:
        return catalogue.text(code, language, **values)

    body = [say(code) for code in PARAGRAPHS]
    if facts.times > 1:
        body.insert(0, say("hearing.notice.again"))
    subject, short = say("hearing.notice.subject"), say("hearing.notice.short")
    if facts.is_demonstration:
        subject = f"{say('notice.demonstration.subject')} {subject}"
        short = f"{say('notice.demonstration.short')} {short}"
        body.insert(0, say("notice.demonstration.line"))
    return RenderedNotice(subject, tuple(body), short)
