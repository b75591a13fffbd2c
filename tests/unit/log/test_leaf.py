"""Leaves: one text for each act, both ways, and personal parts that can be erased."""

from dataclasses import replace

import pytest

from tarazy.log.leaf import Leaf, commitment, parse_leaf
from tarazy.log.refusal import Malformed
from tests.unit.log.model import leaf

WRITTEN = (
    "tarazy.leaf/v1\n"
    "type hold_placed\n"
    "at 2026-11-22T10:00:00.000000Z\n"
    "participant bank_1\n"
    "norm kz.upk.163\n"
    "personal 541e26a7b78da49fb2fdc8ba70d3ef7f6a6b1de7e2dbd2e4f64a5e0e2f7bbb55\n"
)


def test_the_canonical_bytes_never_change():
    expected = replace(leaf(1), personal_commitment=WRITTEN.rsplit(maxsplit=1)[-1])
    assert expected.encode().decode() == WRITTEN
    assert parse_leaf(WRITTEN.encode()) == expected


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("v1", "v2", "leaf"),
        ("type hold_placed\n", "", "leaf"),
        ("norm", "norms", "leaf"),
        ("participant bank_1\nnorm kz.upk.163\n", "norm kz.upk.163\nparticipant bank_1\n", "leaf"),
        ("bb55\n", "bb55", "leaf"),
        ("bb55\n", "bb55\n\n", "leaf"),
        ("type hold_placed", "type ", "leaf.type"),
        ("type hold_placed", "type hold\tplaced", "leaf.type"),
        ("bank_1", "b" * 81, "leaf.participant_id"),
        ("000000Z", "000000+00:00", "leaf.at"),
        ("11-22", "11-31", "leaf.at"),
        ("kz.upk.163", "", "leaf.norm_ids"),
        ("bb55", "BB55", "leaf.personal_commitment"),
    ],
)
def test_another_spelling_is_refused_with_its_place(old, new, place):
    with pytest.raises(Malformed) as refused:
        parse_leaf(WRITTEN.replace(old, new).encode())
    assert refused.value.place == place


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(Malformed, match="not UTF-8"):
        parse_leaf(b"\xff")


def test_a_leaf_cannot_smuggle_a_second_line():
    with pytest.raises(Malformed, match=r"^leaf\.type"):
        Leaf(
            type="report_filed\nat 2026-01-01",
            at=leaf(0).at,
            participant_id=leaf(0).participant_id,
            norm_ids=(),
            personal_commitment="0" * 64,
        )


def test_commitments_of_different_parts_differ_even_when_their_bytes_run_together():
    salt = b"s" * 16
    assert commitment(salt, b"ab") != commitment(salt + b"a", b"b")
    assert commitment(salt, b"a") != commitment(b"t" * 16, b"a")
    with pytest.raises(AssertionError):
        commitment(b"short", b"a")
