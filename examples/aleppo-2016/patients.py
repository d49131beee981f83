"""Draw the patients of this example from ``patients.toml``: codes and needs, nobody who existed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from clearway.model.care import CONSENTED, LISTED, STRETCHER, WHEELCHAIR, Hospital, Patient
from clearway.model.fleet import ADVANCED
from clearway.model.population import Zone

FILE: Final = Path(__file__).resolve().with_name("patients.toml")

Row = dict[str, Any]


def draw(told: Row, zones: Sequence[Zone], hospitals: Sequence[Hospital]) -> tuple[Patient, ...]:
    """Return as many patients as ``told`` counts; the same input gives the same patients.

    Shares are met to the nearest whole patient, category by category; who has what is drawn.

    Parameters
    ----------
    told
        What stands in ``patients.toml``.
    zones
        Of the scenario; each has its share of the residential street.
    hospitals
        Of the scenario; a choice is kept only where a bed of the right kind is left to choose.
    """
    generator = np.random.default_rng(told["seed"])
    count = told["count"]["central"]
    residential = np.array([zone.residential_m for zone in zones])
    places = generator.permutation(dealt(residential, count))
    colours = {name: one["central"] for name, one in told["category"].items() if name != "source"}
    categories = generator.permutation(dealt(np.array(list(colours.values())), count))
    names = [tuple(colours)[number] for number in categories]
    needs = [_needs(generator, told[field], names) for field in ("posture", "care", "bed")]
    companions = generator.permutation(dealt(np.array(told["companions"]["shares"]), count))
    ready = _some(generator, told["ready"]["share"], count)
    accepts = _some(generator, told["choice"]["accepts_share"], count)
    refuses = _some(generator, told["choice"]["refuses_share"], count) & ~accepts
    consented = _some(generator, told["state"]["consented_share"], count)
    made = []
    for row, (posture, care, bed) in enumerate(zip(*needs, strict=True)):
        has = [one.id for one in hospitals if one.places(bed) > 0]
        moment = _one(generator, told["ready"]["moments"])
        only, never = _one(generator, has), _one(generator, told["choice"]["refuses_any_of"])
        left = bool(set(has) - set(never))
        made.append(
            Patient(
                code=told["code"].format(number=row + 1),
                zone=told["fetched_from"].get(zones[places[row]].id, zones[places[row]].id),
                category=names[row],
                posture=STRETCHER if lies(posture, care) else posture,
                companions=int(companions[row]),
                bed=bed,
                care=care,
                ready=moment if ready[row] else None,
                accepts=only if accepts[row] else "",
                refuses=tuple(never) if refuses[row] and left else (),
                state=CONSENTED if consented[row] else LISTED,
            )
        )
    return tuple(made)


def lies(posture: str, care: str) -> bool:
    """Return whether a wheelchair user is carried: no vehicle has its places and such care."""
    return posture == WHEELCHAIR and care == ADVANCED


def dealt(shares: ArrayLike, count: int) -> np.ndarray:
    """Return ``count`` numbers of shares, each as often as its share, to the nearest whole.

    What is left after rounding down goes to the largest remainders, the first of equal ones.
    """
    told = np.asarray(shares, dtype=np.float64)
    exact = told / told.sum() * count
    each = np.floor(exact).astype(int)
    order = np.argsort(-(exact - each), kind="stable")
    each[order[: count - each.sum()]] += 1
    return np.repeat(np.arange(len(told)), each)


def _needs(generator: np.random.Generator, told: Row, names: Sequence[str]) -> list[str]:
    """Return one word a patient, dealt by the shares of each category."""
    found = [""] * len(names)
    for name in sorted(set(names)):
        rows = [row for row, other in enumerate(names) if other == name]
        words, shares = zip(*told[name]["shares"].items(), strict=True)
        for row, kind in zip(rows, generator.permutation(dealt(shares, len(rows))), strict=True):
            found[row] = words[kind]
    return found


def _some(generator: np.random.Generator, told: Row, count: int) -> np.ndarray:
    share = told["central"]
    return np.asarray(generator.permutation(dealt((1 - share, share), count)) == 1)


def _one(generator: np.random.Generator, of: Sequence[Any]) -> Any:
    return of[int(generator.integers(len(of)))]
