"""Checkpoints as C2SP writes them, both ways, and whose signature counts."""

import pytest

from tarazy.log.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint, verify_checkpoint
from tarazy.log.note import parse_note, sign_note
from tarazy.log.refusal import Malformed, Unverified
from tests.unit.log.model import ORIGIN, Signer

# The example of the specification.
PUBLISHED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
HEAD = Checkpoint(ORIGIN, 3, bytes(range(32)))


def test_the_published_checkpoint_reads_both_ways():
    note = parse_note(PUBLISHED)
    checkpoint = parse_checkpoint(note.text)
    assert checkpoint == Checkpoint(
        "example.com/behind-the-sofa",
        20_852_163,
        bytes.fromhex("0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"),
    )
    assert checkpoint.text() == note.text
    assert note.encode() == PUBLISHED


def test_extension_lines_are_kept():
    text = HEAD.text() + "more\n"
    assert parse_checkpoint(text).extensions == ("more",)
    assert parse_checkpoint(text).text() == text


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "checkpoint"),
        (HEAD.text()[:-1], "checkpoint"),
        (HEAD.text().replace("\n3\n", "\n03\n"), "checkpoint.size"),
        (HEAD.text().replace("\n3\n", "\n-3\n"), "checkpoint.size"),
        (HEAD.text().replace("\n3\n", "\n٣\n"), "checkpoint.size"),
        (HEAD.text().replace("\n3\n", "\n9223372036854775808\n"), "checkpoint.size"),
        (HEAD.text().replace("=", ""), "checkpoint.root"),
        (HEAD.text().replace(HEAD.text().split("\n")[2], "AAAA"), "checkpoint.root"),
        (HEAD.text().replace(ORIGIN, ""), "checkpoint.origin"),
        (HEAD.text() + "\n", "checkpoint.extensions"),
    ],
)
def test_a_text_that_is_no_checkpoint_is_refused_with_its_line(text, place):
    with pytest.raises(Malformed) as refused:
        parse_checkpoint(text)
    assert refused.value.place == place


def test_a_log_signs_its_own_head():
    log = Signer(ORIGIN)
    checkpoint, verified = verify_checkpoint(sign_checkpoint(HEAD, log.sign, log.public), [log.key])
    assert checkpoint == HEAD
    assert [each.key for each in verified.signatures] == [log.key]
    assert log.signed == [HEAD.text().encode()]


def test_a_trusted_log_cannot_sign_for_another_origin():
    other = Signer("other.example")
    signed = sign_note(HEAD.text(), "other.example", other.sign, other.public)
    with pytest.raises(Unverified, match=r"^checkpoint.origin"):
        verify_checkpoint(signed, [other.key, Signer(ORIGIN).key])
