"""Everything that a message with a statement says is a term of the statement, and reasons are more than white space."""

from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.protocol.bodies import AnyBody, SignedBody
from tarazy.protocol.hearing_bodies import HearingAnswered
from tarazy.protocol.statement import (
    REASONS_LENGTH_MIN,
    Act,
    Statement,
    StatementFault,
    Terms,
    are_reasons,
    require_terms,
)
from tarazy.values.ids import OfficerId, ParticipantId
from tarazy.values.instant import Instant
from tests.unit.protocol.test_bodies import BODIES, FEW

SIGNED_KINDS: tuple[type[SignedBody], ...] = get_args(SignedBody)
BESIDE_TERMS = {"statement", "report_id", "mandate_id", "hold_id", "appeal_id", "is_refuted"}
"""The statement itself, what it is upon, and what tells two acts apart."""


def said(terms: Terms) -> Statement:
    return Statement(
        act=Act.confirm_hold,
        subject_id="hd_1",
        officer_id=OfficerId("officer-1"),
        participant_id=ParticipantId("bank-a"),
        at=Instant.parse("2026-11-22T05:00:00Z"),
        reasons="for reasons of this one case",
        terms=terms,
    )


def test_every_message_with_a_statement_has_terms() -> None:
    with_statement = {kind for kind in get_args(AnyBody) if "statement" in kind.__struct_fields__}
    assert with_statement - {HearingAnswered} == set(SIGNED_KINDS)  # whose statement is there if an officer wrote it


@pytest.mark.parametrize("kind", SIGNED_KINDS, ids=lambda kind: kind.__name__)
def test_two_messages_upon_the_same_that_say_different_things_have_different_terms(kind: type[SignedBody]) -> None:
    """One field is changed at a time, whichever it is: no figure can be put under a signature afterwards."""
    fields = [name for name in kind.__struct_fields__ if name not in BESIDE_TERMS]

    @FEW
    @given(one=BODIES[kind], other=BODIES[kind])
    def differ(one: SignedBody, other: SignedBody) -> None:
        assert [name for name, _ in one.terms()] == fields
        for name in fields:
            changed = msgspec.structs.replace(one, **{name: getattr(other, name)})
            is_same = (getattr(one, name) or None) == (getattr(other, name) or None)
            assert (changed.terms() == one.terms()) is is_same

    differ()


def test_two_lists_of_facts_never_read_alike() -> None:
    @FEW
    @given(body=BODIES[SIGNED_KINDS[0]])
    def differ(body: msgspec.Struct) -> None:
        one, two = (msgspec.structs.replace(body, facts=facts) for facts in (("a,b",), ("a", "b")))
        assert isinstance(one, SignedBody)
        assert isinstance(two, SignedBody)
        assert one.terms() != two.terms()

    differ()


SIGNED: Terms = (("amount_minor", "5"), ("currency", "KZT"))


def test_terms_stand_in_whatever_order() -> None:
    require_terms(said(SIGNED), SIGNED)
    require_terms(said(SIGNED[::-1]), SIGNED)
    require_terms(said(()), ())


@pytest.mark.parametrize(
    ("signed", "fault"),
    [
        ((), "amount_minor is not as it was signed"),
        (SIGNED[:1], "currency is not as it was signed"),
        ((("amount_minor", "6"), SIGNED[1]), "amount_minor is not as it was signed"),
        ((("amount_minor", "05"), SIGNED[1]), "amount_minor is not as it was signed"),
        ((*SIGNED, ("hours", "2")), "too many"),
        ((*SIGNED, ("amount_minor", "6")), "too many"),
        ((*SIGNED, SIGNED[0]), "too many"),
    ],
)
def test_other_terms_than_the_signed_ones_do_not_stand(signed: Terms, fault: str) -> None:
    with pytest.raises(StatementFault, match=f"^statement.terms: {fault}$"):
        require_terms(said(signed), SIGNED)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "short",
        " " * 100,
        "\n\t" * 30,
        "\u00a0" * 30,
        "\u200b" * 30,
        "\u2060x" * 19,
        "x" * (REASONS_LENGTH_MIN - 1),
        f"  {'x' * (REASONS_LENGTH_MIN - 1)}  ",
        f"a{' ' * 50}b",
    ],
)
def test_what_is_short_or_cannot_be_seen_is_no_reason(text: str) -> None:
    assert not are_reasons(text)


@given(text=st.text(alphabet="абвgде", min_size=REASONS_LENGTH_MIN, max_size=60))
def test_words_of_the_least_length_are_reasons(text: str) -> None:
    assert are_reasons(text)
    assert are_reasons(f" {text}\n")
