"""Chains: street pieces joined where nothing but the street's own drawing keeps them apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Pieces in a row that become one link.

    Attributes
    ----------
    start, end
        Nodes, unequal.
    pieces
        Rows, from ``start`` to ``end``.
    forward
        For each piece, whether it is walked from its own start to its own end.
    """

    start: int
    end: int
    pieces: tuple[int, ...]
    forward: tuple[bool, ...]


def join_chains(
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    kind: NDArray[np.int64],
    directed: NDArray[np.bool_],
    fixed: NDArray[np.bool_],
) -> tuple[Chain, ...]:
    """Join pieces at nodes where two of one kind meet and nothing else does.

    Every piece is in exactly one chain, so lengths add up to what they were. No chain returns to
    the node where it began: a ring is left in two halves.

    Parameters
    ----------
    start, end
        Shape (m,), nodes of each piece, unequal.
    kind
        Shape (m,); pieces of different kinds are never joined.
    directed
        Shape (m,), true where a piece leads from start to end only; such pieces are joined in
        their direction alone.
    fixed
        Shape (n,), nodes that stay whatever meets there.
    """
    at: list[list[int]] = [[] for _ in range(len(fixed))]
    for row, ends in enumerate(zip(start.tolist(), end.tolist(), strict=True)):
        at[ends[0]].append(row)
        at[ends[1]].append(row)
    streets = _Streets(start.tolist(), end.tolist(), at)
    through = [
        not fixed[node] and len(rows) == 2 and _alike(streets, (kind, directed), node)
        for node, rows in enumerate(at)
    ]
    done = [False] * len(start)
    chains: list[Chain] = []
    # Chains that begin at a node that stays come first; what is left are rings without one.
    for ring in (False, True):
        for row, ends in enumerate(zip(streets.start, streets.end, strict=True)):
            for node in ends:
                if not done[row] and (ring or not through[node]):
                    chain = _walk(streets, through, node, row)
                    chains += _halves(_turned(streets, chain, directed))
                    for piece in chain.pieces:
                        done[piece] = True
    return tuple(sorted(chains, key=lambda chain: min(chain.pieces)))


@dataclass(frozen=True, slots=True)
class _Streets:
    start: list[int]
    end: list[int]
    at: list[list[int]]


def _alike(
    streets: _Streets, columns: tuple[NDArray[np.int64], NDArray[np.bool_]], node: int
) -> bool:
    (kind, directed), (one, two) = columns, streets.at[node]
    if one == two or kind[one] != kind[two] or directed[one] != directed[two]:
        return False
    return not directed[one] or (streets.end[one] == node) != (streets.end[two] == node)


def _walk(streets: _Streets, through: list[bool], node: int, piece: int) -> Chain:
    begin, pieces, forward = node, [piece], []
    while True:
        forward.append(streets.start[piece] == node)
        node = streets.end[piece] if forward[-1] else streets.start[piece]
        if not through[node] or node == begin:
            return Chain(begin, node, tuple(pieces), tuple(forward))
        one, two = streets.at[node]
        piece = two if piece == one else one
        pieces.append(piece)


def _turned(streets: _Streets, chain: Chain, directed: NDArray[np.bool_]) -> tuple[_Streets, Chain]:
    if not directed[chain.pieces[0]] or chain.forward[0]:
        return streets, chain
    forward = tuple(not one for one in reversed(chain.forward))
    return streets, Chain(chain.end, chain.start, chain.pieces[::-1], forward)


def _halves(turned: tuple[_Streets, Chain]) -> list[Chain]:
    streets, chain = turned
    if chain.start != chain.end:
        return [chain]
    half = len(chain.pieces) // 2
    last, onward = chain.pieces[half - 1], chain.forward[half - 1]
    middle = streets.end[last] if onward else streets.start[last]
    return [
        Chain(chain.start, middle, chain.pieces[:half], chain.forward[:half]),
        Chain(middle, chain.end, chain.pieces[half:], chain.forward[half:]),
    ]
