"""What becomes free of a piece later is not held beyond what an authority's measure was signed for."""

import pytest

from tarazy.simulation.run import Verdict, run


@pytest.mark.parametrize("seed", [49, 3003])
def test_a_hold_does_not_grow_beyond_the_sum_that_was_signed(seed: int) -> None:
    """The measure took over less than the claim; then more of the piece became free, and the bank held that too."""
    result = run(seed)
    assert result.verdict is Verdict.passed, result.told
