"""What a witness checks before it cosigns, and that no order of requests makes it cosign two histories."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarazy.log.checkpoint import Checkpoint, sign_checkpoint
from tarazy.log.note import SignatureType
from tarazy.log.refusal import Malformed
from tarazy.log.tile import nodes_in_tiles
from tarazy.log.tree import consistency_proof
from tarazy.log.witness_request import CosignRequest, NotCosigned, WhyNot, head_to_cosign, parse_cosign_request
from tests.unit.log.model import ORIGIN, Signer
from tests.unit.log.published import PublishedLog

LOG = Signer(ORIGIN)
SIZES = st.integers(0, 300)


def request_of(log: PublishedLog, old: int, size: int, signer: Signer = LOG) -> CosignRequest:
    part = PublishedLog(log.numbers[:size])
    proof = consistency_proof(old, size, nodes_in_tiles(size, part.read().tile)) if old <= size else []
    return CosignRequest(
        old_size=old, proof=tuple(proof), checkpoint=sign_checkpoint(part.head, signer.sign, signer.public)
    )


def why_not(request: CosignRequest | str, seen: dict[str, Checkpoint]) -> tuple[WhyNot, int]:
    text = request if isinstance(request, str) else request.text()
    with pytest.raises(NotCosigned) as refused:
        head_to_cosign(text, [LOG.key], seen)
    return refused.value.why, refused.value.size


LONG = PublishedLog(list(range(300)))
FORK = PublishedLog([*range(100), 9_999, *range(101, 300)])


@settings(deadline=None, max_examples=40)
@given(old=SIZES, more=SIZES)
def test_requests_read_both_ways_and_growth_is_cosigned(old: int, more: int) -> None:
    size = min(300, old + more)
    request = request_of(LONG, old, size)
    assert parse_cosign_request(request.text()) == request
    seen = {ORIGIN: PublishedLog(LONG.numbers[:old]).head}
    signed, head = head_to_cosign(request.text(), [LOG.key], seen)
    assert (signed, head) == (request.checkpoint, PublishedLog(LONG.numbers[:size]).head)


@settings(deadline=None, max_examples=25)
@given(steps=st.lists(st.tuples(st.booleans(), SIZES), max_size=6))
def test_whatever_is_asked_in_whatever_order_all_that_is_cosigned_is_one_history(steps: list[tuple[bool, int]]) -> None:
    seen: dict[str, Checkpoint] = {}
    for is_fork, size in steps:
        log = FORK if is_fork else LONG
        old = seen[ORIGIN].size if seen else 0
        try:
            _, head = head_to_cosign(request_of(log, old, size).text(), [LOG.key], seen)
        except NotCosigned:
            continue
        before = seen.get(ORIGIN)
        seen[ORIGIN] = head
        if before is not None:
            assert before.size <= head.size
            assert any(
                PublishedLog(one.numbers[: before.size]).head == before
                and PublishedLog(one.numbers[: head.size]).head == head
                for one in (LONG, FORK)
            )


def test_every_reason_not_to_cosign_is_told_apart() -> None:
    seen = {ORIGIN: PublishedLog(LONG.numbers[:200]).head}
    assert why_not(request_of(FORK, 200, 250), seen) == (WhyNot.proof_refused, 200)
    assert why_not(request_of(FORK, 200, 200), seen) == (WhyNot.size_differs, 200)
    assert why_not(request_of(LONG, 100, 250), seen) == (WhyNot.size_differs, 200)
    assert why_not(request_of(LONG, 0, 150), seen) == (WhyNot.size_differs, 200)
    assert why_not(request_of(LONG, 200, 150), seen) == (WhyNot.malformed, 0)
    assert why_not(request_of(LONG, 200, 250, Signer("elsewhere")), seen) == (WhyNot.signature_unknown, 0)
    with pytest.raises(NotCosigned) as refused:
        head_to_cosign(request_of(LONG, 0, 5).text(), [Signer("elsewhere").key], {})
    assert refused.value.why is WhyNot.log_unknown
    witness_key = Signer(ORIGIN, SignatureType.cosignature_v1).key
    with pytest.raises(NotCosigned):
        head_to_cosign(request_of(LONG, 0, 5).text(), [witness_key], {})


def test_a_proof_that_is_too_much_or_too_little_is_refused() -> None:
    seen = {ORIGIN: PublishedLog(LONG.numbers[:200]).head}
    good = request_of(LONG, 200, 250)
    for proof in (good.proof[:-1], (*good.proof, bytes(32)), ()):
        broken = CosignRequest(old_size=200, proof=proof, checkpoint=good.checkpoint)
        assert why_not(broken, seen) == (WhyNot.proof_refused, 200)
    first = request_of(LONG, 0, 5)
    needless = CosignRequest(old_size=0, proof=(bytes(32),), checkpoint=first.checkpoint)
    assert why_not(needless, {}) == (WhyNot.proof_refused, 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "old 1",
        "old 01\n\nx",
        "new 1\n\nx",
        "old 1\nAA==\n\nx",
        "old 1\nnot base64\n\nx",
        "old 1\n" + "A" * 43 + "=\n" * 64 + "\nx",
        "old -1\n\nx",
        "x" * 300_000,
    ],
)
def test_requests_that_cannot_be_read_are_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        parse_cosign_request(text)
    assert why_not(text, {}) == (WhyNot.malformed, 0)
