"""Small counts are hidden, and nothing that is published gives them away."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.publish.release.profiles import LEAST_COUNT
from clearway.publish.release.suppress import Key, Sum, bounds, suppressed


def key(*parts: object) -> Key:
    return tuple(str(one) for one in parts)


def table(cells: list[list[int]]) -> tuple[dict[Key, int], list[Sum]]:
    """Return a table with its margins and its grand total, and how they are tied."""
    rows, columns = range(len(cells)), range(len(cells[0]))
    values = {key(r, c): cells[r][c] for r in rows for c in columns}
    values |= {key(r, "all"): sum(cells[r]) for r in rows}
    values |= {key("all", c): sum(row[c] for row in cells) for c in columns}
    values[key("all", "all")] = sum(map(sum, cells))
    sums = [Sum(key(r, "all"), tuple(key(r, c) for c in columns)) for r in rows]
    sums += [Sum(key("all", c), tuple(key(r, c) for r in rows)) for c in columns]
    sums.append(Sum(key("all", "all"), tuple(key(r, "all") for r in rows)))
    sums.append(Sum(key("all", "all"), tuple(key("all", c) for c in columns)))
    return values, sums


def solutions(values: dict[Key, int], sums: list[Sum], hidden: frozenset[Key]) -> list[list[int]]:
    """Return all that the hidden counts can be, as a reader would find by trying."""
    names = sorted(hidden)
    most = max(values.values())
    found = []
    for guess in itertools.product(range(most + 1), repeat=len(names)):
        told = {**values, **dict(zip(names, guess, strict=True))}
        if all(told[one.total] == sum(told[part] for part in one.parts) for one in sums):
            found.append(list(guess))
    return found


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    assert suppressed(*table([[5, 6], [7, 800]])) == frozenset()


def test_one_small_count_hides_a_second_so_that_the_total_does_not_tell() -> None:
    values = {key("all"): 60, key("a"): 2, key("b"): 8, key("c"): 50}
    sums = [Sum(key("all"), (key("a"), key("b"), key("c")))]
    assert bounds(values, sums, {key("a")}, key("a")) == (2, 2)
    hidden = suppressed(values, sums)
    assert hidden == {key("a"), key("b")}
    assert bounds(values, sums, hidden, key("a")) == (0, 10)


def test_two_small_counts_whose_sum_is_small_are_not_enough() -> None:
    values = {key("all"): 54, key("a"): 2, key("b"): 2, key("c"): 50}
    hidden = suppressed(values, [Sum(key("all"), (key("a"), key("b"), key("c")))])
    assert hidden == {key("a"), key("b"), key("c")}


def test_a_total_that_is_small_is_hidden_with_its_parts() -> None:
    values = {key("all"): 4, key("a"): 1, key("b"): 3}
    assert suppressed(values, [Sum(key("all"), (key("a"), key("b")))]) == set(values)


def test_a_difference_that_a_reader_can_compute_is_guarded() -> None:
    values = {key("willing"): 3000, key("out"): 2998, key("left"): 2}
    sums = [Sum(key("willing"), (key("out"), key("left")))]
    assert suppressed(values, sums, never=[key("left")]) == {key("left"), key("out")}
    values = {key("willing"): 3000, key("out"): 3000, key("left"): 0}
    assert suppressed(values, sums, never=[key("left")]) == {key("left")}


def test_a_cell_that_two_loops_would_pin_down_is_found() -> None:
    """Each line of a table may hide two cells, and one of them still be told exactly."""
    cells = [[2, 90, 80, 70], [60, 3, 50, 90], [70, 80, 4, 60], [90, 70, 60, 3]]
    values, sums = table(cells)
    hidden = suppressed(values, sums)
    for one in [name for name, value in values.items() if 0 < value < LEAST_COUNT]:
        low, high = bounds(values, sums, hidden, one)
        assert high - low >= LEAST_COUNT
        assert low <= values[one] <= high


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=2, max_size=4))
def test_no_small_count_of_any_table_can_be_told(cells: list[list[int]]) -> None:
    values, sums = table(cells)
    hidden = suppressed(values, sums)
    assert {name for name, value in values.items() if value < LEAST_COUNT} <= hidden
    for name in hidden:
        if 0 < values[name] < LEAST_COUNT:
            low, high = bounds(values, sums, hidden, name)
            assert high - low >= LEAST_COUNT - 1e-6


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 7), min_size=2, max_size=3))
def test_whoever_tries_every_number_finds_no_fewer_than_the_bounds_say(cells: list[int]) -> None:
    values = {key(n): cell for n, cell in enumerate(cells)} | {key("all"): sum(cells)}
    sums = [Sum(key("all"), tuple(key(n) for n in range(len(cells))))]
    hidden = suppressed(values, sums)
    if key("all") in hidden:
        return
    found = solutions(values, sums, hidden)
    for n, name in enumerate(sorted(hidden)):
        if 0 < values[name] < LEAST_COUNT:
            assert len({one[n] for one in found}) > LEAST_COUNT


def test_the_same_gives_the_same() -> None:
    values, sums = table([[1, 40, 40], [40, 40, 40], [40, 40, 40]])
    hidden = suppressed(values, sums)
    assert hidden == suppressed(dict(reversed(values.items())), sums[::-1])
    assert 3 < len(hidden) < len(values)


def test_numbers_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="not the sum"):
        suppressed({key("a"): 3, key("b"): 2}, [Sum(key("a"), (key("b"),))])
    with pytest.raises(ValueError, match="below zero"):
        suppressed({key("a"): -3}, [])
