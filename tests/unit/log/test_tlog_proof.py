"""The C2SP text of a proof: both ways, and enough for a verifier that knows nothing of Tarazy."""

from dataclasses import replace

import pytest

from tarazy.log.checkpoint import verify_checkpoint
from tarazy.log.refusal import Malformed
from tarazy.log.tlog_proof import parse_tlog_proof, tlog_proof
from tarazy.log.tree import leaf_hash, verify_inclusion
from tests.unit.log.model import MemoryLog, personal_part, waiting

LOG = MemoryLog(queue=waiting(range(11)))
LOG.run()


@pytest.mark.parametrize("index", [0, 5, 10])
def test_a_stranger_can_verify_it(index):
    text = tlog_proof(LOG.receipt(index)).text()
    read = parse_tlog_proof(text)
    checkpoint, _ = verify_checkpoint(read.checkpoint, [LOG.signer.key])
    verify_inclusion(leaf_hash(read.extra), read.index, checkpoint.size, read.proof, checkpoint.root)
    assert read == tlog_proof(LOG.receipt(index))
    assert read.text() == text
    assert personal_part(index).salt.hex() not in text


def test_it_is_written_as_the_specification_shows():
    lines = tlog_proof(LOG.receipt(5)).text().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra ")
    assert lines[2] == "index 5"
    assert [len(line) for line in lines[3:8]] == [44, 44, 44, 44, 0]
    assert "\n".join(lines[8:]) == LOG.signed


def test_without_extra_data_and_without_elements_it_reads_both_ways():
    bare = replace(tlog_proof(LOG.receipt(0)), extra=None, proof=())
    assert parse_tlog_proof(bare.text()) == bare


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("@v1", "@v2", "line 1"),
        ("\n\n", "\n", "line 1"),
        ("index 5\n", "", "index"),
        ("index 5", "index 05", "index"),
        ("extra ", "extra  ", "extra"),
        ("\nindex 5\n", "\nindex 5\nAAAA\n", "proof element 1"),
        ("\nindex 5\n", "\nindex 5\nAAA\n", "proof element 1"),
        ("\nindex 5\n", "\nindex 5\n" + "A" * 43 + "=\n" + ("A" * 43 + "=\n") * 62, "proof"),
    ],
)
def test_another_text_is_refused_with_its_place(old, new, place):
    text = tlog_proof(LOG.receipt(5)).text()
    with pytest.raises(Malformed) as refused:
        parse_tlog_proof(text.replace(old, new))
    assert refused.value.place == place
