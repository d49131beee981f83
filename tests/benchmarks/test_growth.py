"""Fitted exponents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.growth import fit_power

SIZES = (1_000.0, 2_500.0, 7_000.0, 20_000.0)


@given(st.floats(0.2, 3.0), st.floats(1e-6, 10.0))
def test_an_exact_power_law_is_found(exponent: float, scale: float) -> None:
    power = fit_power(SIZES, [scale * size**exponent for size in SIZES])
    assert power is not None
    assert power.exponent == pytest.approx(exponent, abs=1e-9)
    assert power.scale == pytest.approx(scale, rel=1e-6)
    assert power.error == pytest.approx(0, abs=1e-6)
    assert (power.count, power.smallest, power.largest) == (4, 1_000, 20_000)


def test_the_exponent_does_not_depend_on_the_unit_of_time() -> None:
    seconds = (0.9, 1.3, 1.2, 2.9)
    one, other = fit_power(SIZES, seconds), fit_power(SIZES, [1000 * s for s in seconds])
    assert one is not None
    assert other is not None
    assert one.exponent == pytest.approx(other.exponent)
    assert one.error == pytest.approx(other.error)


def test_the_error_is_that_of_a_straight_line() -> None:
    """Four points off the line y = 0 by +d, -d, -d, +d at x = 0, 1, 2, 3 (in logarithms)."""
    power = fit_power([1, 10, 100, 1000], [2, 0.5, 0.5, 2])
    assert power is not None
    assert power.exponent == pytest.approx(0, abs=1e-12)
    # The sum of squares is 4 ln(2)^2, two degrees of freedom, spread 5 ln(10)^2.
    assert power.error == pytest.approx((2 / 5) ** 0.5 * 0.30102999566)


@pytest.mark.parametrize("sizes", [(), (5,), (5, 9), (5, 9, 9)])
def test_too_few_sizes_have_no_exponent(sizes: tuple[float, ...]) -> None:
    assert fit_power(sizes, [1.0] * len(sizes)) is None
