"""A notice: what an affected person is told about a measure, and its way to that person.

A notice cannot be built without author, legal basis, amount, end and remedy: no field of `NoticeFacts` has a default.

A notice is due from the transaction that changed something until it was served. Only that of an authority's measure can
be put off, by whom the law names and for a time that ends by itself (see `domain.deferral`).

A notice counts as served when it was put where the person reads it, not when it was read.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from tarazy.domain.closure import KeptFree
from tarazy.domain.hold import HoldEnd
from tarazy.domain.measure import NextStep
from tarazy.texts.catalogue import Wording
from tarazy.texts.links import links_in
from tarazy.values.instant import Instant
from tarazy.values.money import Money


class NoticeKind(StrEnum):
    """What a notice tells."""

    hold_placed = "hold_placed"
    hold_confirmed = "hold_confirmed"
    hold_narrowed = "hold_narrowed"
    hold_released = "hold_released"
    hold_expired = "hold_expired"
    return_asked = "return_asked"
    """A voluntary return is offered: informed, revocable until paid, never an admission."""
    refund_paid = "refund_paid"
    refund_paid_in_part = "refund_paid_in_part"
    """So much was paid by now, and the rest is still held."""
    hold_dropped_in_part = "hold_dropped_in_part"
    """The bank's core has let go of so much by itself, and the rest is still held."""
    trace_answered = "trace_answered"
    """The bank has told the exchange where money went that came to this account; nothing is held."""
    measure_begun = "measure_begun"
    """An authority's measure has taken the hold over."""
    measure_moved_on = "measure_moved_on"
    """Its end has moved: the next step that the law asks for was taken in time, or an authority has decided."""
    measure_over = "measure_over"
    """An authority's measure carried the hold for a time and does no more; that it did was put off telling."""
    payment_paused = "payment_paused"
    victim_update = "victim_update"


class Audience(StrEnum):
    """Who reads the notice. It decides the words, never the rights."""

    holder_person = "holder_person"
    holder_deceived = "holder_deceived"
    """A holder who seems to have been deceived too: told where help is."""
    holder_firm = "holder_firm"
    payer = "payer"
    victim = "victim"


class NoticeReason(StrEnum):
    """Why the measure was taken or changed. Why a hold ended is said by `HoldEnd`."""

    traced_from_report = "traced_from_report"
    trace_after_report = "trace_after_report"
    ordered_in_case = "ordered_in_case"
    narrowed_on_review = "narrowed_on_review"
    narrowed_by_order = "narrowed_by_order"
    """The exchange ordered it: no officer of this bank did."""
    narrowed_on_appeal = "narrowed_on_appeal"
    """The officer who is named has heard an appeal against the bank's own pause."""
    narrowed_by_forum = "narrowed_by_forum"
    """Another forum than this bank has heard an appeal."""
    narrowed_by_authority = "narrowed_by_authority"
    """A court's or another body's decision came on paper."""
    narrowed_for_protected_money = "narrowed_for_protected_money"
    moved_by_motion = "moved_by_motion"
    """The author has asked in time whoever must decide; until then it stands."""
    moved_by_decision = "moved_by_decision"
    refund_decided = "refund_decided"
    refund_agreed = "refund_agreed"
    refund_by_court = "refund_by_court"
    refund_by_authority = "refund_by_authority"
    core_dropped_part = "core_dropped_part"
    payment_signs_of_fraud = "payment_signs_of_fraud"
    payment_to_listed = "payment_to_listed"
    victim_money_held = "victim_money_held"
    victim_hold_ends_soon = "victim_hold_ends_soon"
    victim_hold_ended = "victim_hold_ended"
    victim_appeal_filed = "victim_appeal_filed"


class AtEnd(StrEnum):
    """What happens by itself when the time has run out."""

    money_free = "money_free"
    payment_made = "payment_made"
    payment_refused = "payment_refused"


class FilingUnit(StrEnum):
    """In what a time for filing is counted. A ``day`` is 24 hours."""

    hour = "hour"
    day = "day"
    working_day = "working_day"
    month = "month"


FILING_HOURS_MAX: Final = 48


@dataclass(frozen=True, slots=True)
class FilingWindow:
    """How long after learning of the measure a complaint may be filed."""

    count: int
    unit: FilingUnit

    @classmethod
    def lasting(cls, length: timedelta) -> "FilingWindow":
        """Return a fixed span as law words it: up to 48 hours in hours, longer in days; never longer than it is."""
        hours = length // timedelta(hours=1)
        return cls(hours // 24, FilingUnit.day) if hours > FILING_HOURS_MAX else cls(hours, FilingUnit.hour)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """Where to complain (``law.forum.court`` or ``court``), and within what time; None is at any time.

    ``until`` is the last moment for whoever learned of it when the notice was served; who learned later has longer.
    """

    forum: str
    file_within: FilingWindow | None
    until: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeAuthor:
    """Who decided: the body, the officer's role in it, and the officer's name as it is written."""

    body: Wording
    role: Wording
    name: str


class Decision(NamedTuple):
    """What others than the bank have decided on a payment or a measure: who, under which number, on which day."""

    forum: str
    number: str
    decided_on: date


class Earlier(NamedTuple):
    """When a hold ends before its latest end unless ``step`` is taken by then, and who gives the permission."""

    step: NextStep
    by: Instant
    authority: Wording


class PutOff(NamedTuple):
    """That a notice comes late because an authority had put it off: on which ground, who, and until when."""

    ground: Wording
    by: Wording
    until: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Where a person is heard without a computer."""

    phone: str
    branch: Wording


class NoticeRefused(ValueError):
    """These facts do not make a notice: something that the person must be told is missing or contradicts itself."""


NAME_MAX: Final = 80
PHONE_MAX: Final = 30
HOLDERS: Final = frozenset({Audience.holder_person, Audience.holder_deceived, Audience.holder_firm})
HELD_KINDS: Final = frozenset(
    {
        NoticeKind.hold_placed,
        NoticeKind.hold_confirmed,
        NoticeKind.hold_narrowed,
        NoticeKind.return_asked,
        NoticeKind.refund_paid_in_part,
        NoticeKind.hold_dropped_in_part,
        NoticeKind.measure_begun,
        NoticeKind.measure_moved_on,
    }
)
"""Kinds that tell of money that is held now."""
MEASURE_KINDS: Final = frozenset({NoticeKind.measure_begun, NoticeKind.measure_moved_on, NoticeKind.measure_over})
"""Kinds that tell of an authority's measure upon a hold."""
LET_GO_KINDS: Final = frozenset({NoticeKind.hold_released, NoticeKind.hold_expired})
"""Kinds that tell of money that is free again, and of nothing else."""
ENDED_KINDS: Final = frozenset(
    {NoticeKind.hold_released, NoticeKind.hold_expired, NoticeKind.refund_paid, NoticeKind.measure_over}
)
"""Kinds that tell of a hold, or of a measure, that is over."""
LEFT_KINDS: Final = frozenset({NoticeKind.refund_paid_in_part, NoticeKind.hold_dropped_in_part})
"""Kinds that tell what has gone of a hold and what is left of it."""
PART_KINDS: Final = LEFT_KINDS | {NoticeKind.hold_narrowed, NoticeKind.victim_update}
"""Kinds that tell of a part of a larger sum."""
PAID_KINDS: Final = frozenset({NoticeKind.refund_paid, NoticeKind.refund_paid_in_part})
"""Kinds that tell of money that was paid back."""
CONFIRMABLE_KINDS: Final = LEFT_KINDS | {NoticeKind.hold_placed}
"""Kinds that may tell of a hold which a named officer must still confirm."""
_WHY_HELD: Final = frozenset({NoticeReason.traced_from_report, NoticeReason.ordered_in_case})
_WHY_NARROWED: Final = frozenset(
    {
        NoticeReason.narrowed_on_review,
        NoticeReason.narrowed_by_order,
        NoticeReason.narrowed_on_appeal,
        NoticeReason.narrowed_by_forum,
        NoticeReason.narrowed_by_authority,
        NoticeReason.narrowed_for_protected_money,
    }
)
_WHY_PAUSED: Final = frozenset({NoticeReason.payment_signs_of_fraud, NoticeReason.payment_to_listed})
_WHY_REFUNDED: Final = frozenset(reason for reason in NoticeReason if reason.startswith("refund_"))
_WHY_VICTIM: Final = frozenset(reason for reason in NoticeReason if reason.startswith("victim_"))
_NOT_IN_TIME: Final = frozenset({HoldEnd.motion_not_filed, HoldEnd.not_decided_in_time})
"""A measure that has run out because the step did not come which its law asks for."""
_WHY_EXPIRED: Final = frozenset({HoldEnd.time_ran_out, HoldEnd.not_confirmed, HoldEnd.core_dropped}) | _NOT_IN_TIME
_WHY_RELEASED: Final = frozenset(
    {
        HoldEnd.by_officer,
        HoldEnd.by_authority,
        HoldEnd.by_court,
        HoldEnd.not_confirmed,
        HoldEnd.report_withdrawn,
        HoldEnd.report_refuted,
        HoldEnd.motion_not_filed,
        HoldEnd.not_decided_in_time,
        HoldEnd.authorisation_refused,
        HoldEnd.overturned_on_appeal,
        HoldEnd.appeal_unanswered,
        HoldEnd.law_changed,
        HoldEnd.facts_locked,
    }
)
_WHY_MOVED: Final = frozenset({NoticeReason.moved_by_motion, NoticeReason.moved_by_decision})

KIND_RULES: Final[dict[NoticeKind, tuple[frozenset[Audience], frozenset[NoticeReason | HoldEnd]]]] = {
    NoticeKind.hold_placed: (HOLDERS, _WHY_HELD),
    NoticeKind.hold_confirmed: (HOLDERS, _WHY_HELD),
    NoticeKind.hold_narrowed: (HOLDERS, _WHY_NARROWED),
    NoticeKind.hold_released: (HOLDERS, _WHY_RELEASED),
    NoticeKind.hold_expired: (HOLDERS, _WHY_EXPIRED),
    NoticeKind.return_asked: (HOLDERS, _WHY_HELD),
    NoticeKind.refund_paid: (HOLDERS | {Audience.victim}, _WHY_REFUNDED),
    NoticeKind.refund_paid_in_part: (HOLDERS, _WHY_REFUNDED),
    NoticeKind.hold_dropped_in_part: (HOLDERS, frozenset({NoticeReason.core_dropped_part})),
    NoticeKind.trace_answered: (HOLDERS, frozenset({NoticeReason.trace_after_report})),
    NoticeKind.measure_begun: (HOLDERS, frozenset({NoticeReason.ordered_in_case})),
    NoticeKind.measure_moved_on: (HOLDERS, _WHY_MOVED),
    NoticeKind.measure_over: (HOLDERS, frozenset({NoticeReason.ordered_in_case})),
    NoticeKind.payment_paused: (frozenset({Audience.payer}), _WHY_PAUSED),
    NoticeKind.victim_update: (frozenset({Audience.victim}), _WHY_VICTIM),
}
"""Who may be told what, and for which reasons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """Everything that one notice says. Raises `NoticeRefused` for facts that leave the person without an answer.

    ``amount`` is what the notice is about; ``out_of`` the larger sum that it is a part of, where the kind tells one
    (the hold before it was narrowed or paid from, the sum that the victim reported). ``narrowed_from`` is what was held
    before a hold was narrowed that is over now. ``otherwise`` is what else was paid of the hold, for another reason.
    ``usable`` is what the reader can use now, None for a victim. ``closed`` is what stays free of an account that the
    measure has closed to its holder while it holds, None where everything else works. ``happened_at`` is the moment of
    the decision or of the end that is told, ``placed_at`` when the measure began. The ``author`` is the officer who has
    decided last on the hold: on what is told, or, where the reason says that it happened without them, on what had been
    before. Who has decided on a payment is said by its reason. A trace answer alone has no author: the bank gives it,
    and no officer. ``expires_at`` is its latest end; where a named officer must still confirm, ``confirm_by`` is the
    earlier one. ``decision`` is what a payment rests on, as it was entered, where another than the holder has decided
    on it; of a measure, what an authority has decided. ``put_off`` says why the notice comes late. ``earlier`` is when
    the hold ends before, unless its next step is taken.
    ``stated_reasons`` are the author's own words, quoted in the language in which they were written. ``measure`` is a
    code with a text ``notice.measure.…``.
    """

    kind: NoticeKind
    audience: Audience
    amount: Money
    out_of: Money | None
    narrowed_from: Money | None
    otherwise: Money | None
    usable: Money | None
    closed: KeptFree | None
    participant_name: Wording
    author: NoticeAuthor | None
    legal_basis: tuple[Wording, ...]
    measure: str
    reason: NoticeReason | HoldEnd
    stated_reasons: str | None
    decision: Decision | None
    placed_at: Instant
    happened_at: Instant
    expires_at: Instant
    confirm_by: Instant | None
    put_off: PutOff | None
    earlier: Earlier | None
    at_end: AtEnd
    remedies: tuple[Remedy, ...]
    contact: Contact
    code: str
    is_demonstration: bool

    def __post_init__(self) -> None:
        found = [sentence for sentence, is_so in self._faults() if is_so]
        links = [link for text in self._foreign_texts() for link in links_in(text)]
        if links:
            found.append(f"a notice never contains a link: {', '.join(links)}")
        if found:
            raise NoticeRefused("; ".join(found))

    def _faults(self) -> tuple[tuple[str, bool], ...]:
        audiences, reasons = KIND_RULES[self.kind]
        tells_part = self.kind in PART_KINDS
        ends_in_payment = self.at_end is not AtEnd.money_free
        # Of an account in another currency than that of the report the bank says only that it is so.
        usable = None if self.kind is NoticeKind.trace_answered else self.usable
        sums = (self.amount, self.out_of, self.narrowed_from, self.otherwise, usable)
        currencies = {one.currency for one in sums if one is not None}
        return (
            (f"{self.kind} is not told to {self.audience}", self.audience not in audiences),
            (f"{self.reason} is no reason for {self.kind}", self.reason not in reasons),
            ("no amount", self.amount.minor <= 0),
            ("amounts of different currencies", len(currencies) > 1),
            (
                "the sum that the amount is a part of belongs to some kinds only",
                tells_part != (self.out_of is not None),
            ),
            ("the amount is no part of its whole", self.out_of is not None and self.out_of.minor < self.amount.minor),
            ("nothing is left of a hold that is still to stand", self._leaves_nothing()),
            ("only a hold that is over had been larger before it was narrowed", self._was_narrowed_wrongly()),
            ("something else was paid only where a holder is told of a payment", self._pays_otherwise_wrongly()),
            ("what stays usable is not said", (self.usable is None) != (self.audience is Audience.victim)),
            ("an account that nothing holds is not closed", self.closed is not None and self.kind not in HELD_KINDS),
            ("no legal basis", not self.legal_basis),
            ("no remedy", not self.remedies),
            ("no end after the beginning", self.expires_at <= self.placed_at),
            ("a confirmation is awaited only of a hold that stands", self._awaits_wrongly()),
            ("an earlier end that is none, or of what no authority decides", self._ends_earlier_wrongly()),
            ("a payment is made or refused at the end of a pause only", ends_in_payment != self._is_pause()),
            ("an author of what no officer decides, or none of what one does", self._has_wrong_author()),
            ("an author without a name", self.author is not None and not self.author.name.strip()),
            ("a code that cannot be read", not is_code(self.code)),
            ("a participant's name too long for a short message", _longest(self.participant_name) > NAME_MAX),
            (
                "a body's name too long for a short message",
                self.author is not None and _longest(self.author.body) > NAME_MAX,
            ),
            ("a telephone number too long for a short message", len(self.contact.phone) > PHONE_MAX),
        )

    def _is_pause(self) -> bool:
        return self.kind is NoticeKind.payment_paused

    def _has_wrong_author(self) -> bool:
        return (self.author is None) != (self.kind is NoticeKind.trace_answered)

    def _was_narrowed_wrongly(self) -> bool:
        is_let_go = self.kind in LET_GO_KINDS
        return self.narrowed_from is not None and (not is_let_go or self.narrowed_from.minor <= self.amount.minor)

    def _leaves_nothing(self) -> bool:
        return self.kind in LEFT_KINDS and self.out_of == self.amount

    def _pays_otherwise_wrongly(self) -> bool:
        is_of_payment = self.kind in PAID_KINDS and self.audience is not Audience.victim
        return self.otherwise is not None and (not is_of_payment or self.otherwise.minor <= 0)

    def _awaits_wrongly(self) -> bool:
        if self.confirm_by is None:
            return False
        is_in_time = self.placed_at < self.confirm_by <= self.expires_at
        return self.kind not in CONFIRMABLE_KINDS or not is_in_time

    def _ends_earlier_wrongly(self) -> bool:
        if self.earlier is None:
            return False
        is_standing = self.kind in MEASURE_KINDS & HELD_KINDS
        return not is_standing or not self.placed_at < self.earlier.by < self.expires_at

    def _foreign_texts(self) -> tuple[str, ...]:
        """Words that come from outside the catalogue."""
        author = () if self.author is None else (self.author.body, self.author.role)
        wordings = (self.participant_name, *author, self.contact.branch, *self.legal_basis)
        decided = self.decision[:2] if self.decision else ()
        single = (self.author.name if self.author else "", self.contact.phone, self.stated_reasons or "", *decided)
        return (*single, *(text for wording in wordings for text in (wording.kk, wording.ru, wording.en)))


def _longest(wording: Wording) -> int:
    return max(len(wording.kk), len(wording.ru), len(wording.en))


CODE_LENGTH: Final = 10
"""Characters of a notice code: 50 bits, short enough to be read aloud, tried against a limit on misses."""
_CODE_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_ALPHABET: Final = frozenset(_CODE_LETTERS)
_CODE_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None, "–": None})
_CODE_PURPOSE: Final = b"tarazy/notice-code/1:"


def is_code(code: str) -> bool:
    """Say whether ``code`` can be a notice code, however a person wrote it down."""
    plain = _plain(code)
    return len(plain) == CODE_LENGTH and set(plain) <= _CODE_ALPHABET


def code_shown(code: str) -> str:
    """Return the code in two groups of five, as it is printed and read aloud."""
    plain = _plain(code)
    return f"{plain[:5]}-{plain[5:]}"


def code_hash(code: str, secret: bytes) -> str:
    """Return what the exchange keeps of a code: the same however it was written (case, groups, O for 0, I for 1).

    Keyed with the bank's own secret, so that a stolen table of the exchange does not let anybody try out codes.
    Raises ValueError for a text that is no code.
    """
    if not is_code(code):
        raise ValueError("not a notice code: expected ten letters and digits")
    return hmac.digest(secret, _CODE_PURPOSE + _plain(code).encode(), "sha256").hex()


def new_code(entropy: Callable[[int], bytes]) -> str:
    """Return a code of ten characters, 50 random bits."""
    number = int.from_bytes(entropy(8), "big")
    return "".join(_CODE_LETTERS[number >> (5 * place) & 31] for place in range(CODE_LENGTH))


def _plain(code: str) -> str:
    return code.upper().translate(_CODE_READ_AS)
