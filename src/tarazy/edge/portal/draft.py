"""What somebody has entered so far, step by step. It lives in the pages alone: each carries on what others asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tarazy.agent.requests import SafeContact, Told
from tarazy.edge.pages.entered import read_sum
from tarazy.edge.pages.forms import Form
from tarazy.protocol.citizen_bodies import WORDS_LENGTH_MAX, CitizenWords

LINE_LENGTH_MAX: Final = 120
PHONE_DIGITS: Final = range(7, 16)
"""Digits of a telephone number with its country, at most as E.164 has them."""
CONTACTS: Final = (SafeContact.call, SafeContact.call_other_number, SafeContact.will_come)
"""The safe ways that need no app of the bank."""


class Step(StrEnum):
    """The pages, in order. Each asks for one thing."""

    bank = "bank"
    payment = "payment"
    told = "told"
    contact = "contact"
    check = "check"


FIELDS: Final = {
    Step.bank: ("bank",),
    Step.payment: ("day", "sum", "currency", "recipient"),
    Step.told: ("told", "words"),
    Step.contact: ("contact", "phone", "name"),
    Step.check: (),
}
"""Which fields each page asks for; the other pages carry them on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was entered, as it was typed."""

    bank: str
    day: str
    sum: str
    currency: str
    recipient: str
    told: tuple[Told, ...]
    words: str
    contact: SafeContact | None
    phone: str
    name: str
    nonce: str

    def carried(self, step: Step) -> list[tuple[str, str]]:
        """Return the fields that a page must carry on, because other pages ask for them."""
        names = [name for other in Step if other is not step for name in FIELDS[other]]
        return [(name, value) for name in names for value in self._values(name) if value]

    def _values(self, name: str) -> Iterable[str]:
        value = getattr(self, name)
        return tuple(one.value for one in value) if isinstance(value, tuple) else (str(value or ""),)

    def faults(self, step: Step, banks: Iterable[str], today: date) -> dict[str, str]:
        """Return what is missing or cannot be read in a step: field and code of the text that says what to do."""
        match step:
            case Step.bank:
                return {} if self.bank in set(banks) else {"bank": "portal.fault.bank"}
            case Step.payment:
                return self._payment_faults(today)
            case Step.told:
                return {} if self.told or self.words else {"told": "portal.fault.told"}
            case Step.contact:
                return self._contact_faults()
            case Step.check:
                return {}

    def _payment_faults(self, today: date) -> dict[str, str]:
        day, found = day_in(self.day), {}
        if day is None:
            found["day"] = "portal.fault.day"
        elif day > today:
            found["day"] = "portal.fault.day_to_come"
        if read_sum(self.sum, self.currency) is None:
            found["sum"] = "portal.fault.sum"
        if not self.recipient:
            found["recipient"] = "portal.fault.recipient"
        return found

    def _contact_faults(self) -> dict[str, str]:
        if self.contact is None:
            return {"contact": "portal.fault.contact"}
        digits = [letter for letter in self.phone if letter.isdecimal()]
        if self.contact is SafeContact.call_other_number and len(digits) not in PHONE_DIGITS:
            return {"phone": "portal.fault.phone"}
        return {}

    def sealed_words(self) -> CitizenWords:
        """Return what is sealed for the bank; every step must be without fault. A number nobody asked for stays out."""
        day, minor = day_in(self.day), read_sum(self.sum, self.currency)
        assert day is not None
        assert minor is not None
        assert self.contact is not None
        return CitizenWords(
            paid_on=day,
            amount_minor=minor,
            currency=self.currency,
            recipient=self.recipient,
            told=tuple(one.value for one in self.told),
            words=self.words,
            name=self.name,
            contact=self.contact,
            phone=self.phone if self.contact is SafeContact.call_other_number else "",
        )


def draft_in(form: Form, currencies: tuple[str, ...]) -> Draft:
    """Read what was entered; what is too long is cut where the page says so, what is no choice is left out."""
    tapped, contact, currency = frozenset(form.all("told")), form.text("contact"), form.text("currency")
    return Draft(
        bank=form.text("bank"),
        day=form.text("day"),
        sum=form.text("sum")[:LINE_LENGTH_MAX],
        currency=currency if currency in currencies else currencies[0],
        recipient=form.text("recipient")[:LINE_LENGTH_MAX],
        told=tuple(one for one in Told if one.value in tapped),
        words=form.text("words")[:WORDS_LENGTH_MAX],
        contact=next((one for one in CONTACTS if one.value == contact), None),
        phone=form.text("phone")[:LINE_LENGTH_MAX],
        name=form.text("name")[:LINE_LENGTH_MAX],
        nonce=form.text("nonce")[:LINE_LENGTH_MAX],
    )


def day_in(text: str) -> date | None:
    """Return the day of a ``date`` field; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
