"""Many members, in as many threads as there are cores; the same bytes whatever their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice

import numpy as np

from clearway.model.outcome import Ensemble, FleetOutcome
from clearway.model.scenario import row_of
from clearway.simulate.case import Case
from clearway.simulate.fleet import FleetRun
from clearway.simulate.member import Member, run_member
from clearway.simulate.state import (
    BIN_S,
    LONGEST_WAIT,
    N_BACK,
    N_CAUGHT,
    N_IN_OPEN,
    N_RECALLED,
    N_UNCALLED_BACK,
)


def gather(
    case: Case,
    numbers: Sequence[int],
    seed: int,
    threads: int,
    heard: Callable[[Member], bool],
    *,
    first: Sequence[int] = (),
) -> Ensemble:
    """Return the ensemble of members ``numbers``, in their order.

    Parameters
    ----------
    case
        What is simulated.
    numbers
        Of members, each once.
    seed
        From which every member is drawn.
    threads
        How many members run at a time.
    heard
        Told each member that is done; true ends with those, one at the least.
    first
        Members that are run before the others, whatever their place.
    """
    done: dict[int, Member] = {}
    with ThreadPoolExecutor(max_workers=threads) as pool:
        ahead = set(first)
        todo = iter([*first, *(one for one in numbers if one not in ahead)])
        running = _begin(pool, case, seed, islice(todo, threads))
        ended = False
        while running:
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                member = future.result()
                done[running.pop(future)] = member
                ended = heard(member) or ended
            if not ended:
                running |= _begin(pool, case, seed, islice(todo, len(finished)))
    return _stack(case, seed, {number: done[number] for number in numbers if number in done})


def _begin(
    pool: ThreadPoolExecutor, case: Case, seed: int, numbers: Iterator[int]
) -> dict[Future[Member], int]:
    return {pool.submit(run_member, case, seed, number): number for number in numbers}


def _stack(case: Case, seed: int, members: dict[int, Member]) -> Ensemble:
    found = list(members.values())
    tally = np.stack([member.tally for member in found])
    total = np.stack([member.total for member in found])
    counts, left = tally.astype(np.int64), total[:, 3:].astype(np.int64)
    out = np.stack([member.out for member in found])
    sites = row_of(case.scenario.receptions)
    leads = np.zeros((len(case.gate), len(sites)), dtype=np.int64)
    for k, corridor in enumerate(case.scenario.corridors):
        leads[k, sites[corridor.reception]] = 1
    return Ensemble(
        scenario=case.scenario.id,
        seed=seed,
        numbers=np.array(list(members)),
        bin_s=BIN_S,
        out=out,
        queue=np.stack([member.queue for member in found]),
        open=np.stack([member.open for member in found]),
        longest_wait_s=tally[:, :, LONGEST_WAIT].astype(np.float32),
        exposure_person_s=total[:, :3],
        called=left[:, 0],
        uncalled=left[:, 1],
        willing=np.stack([member.willing for member in found]),
        caught=counts[:, :, N_CAUGHT],
        turned_back=counts[:, :, N_BACK],
        uncalled_back=counts[:, :, N_UNCALLED_BACK],
        in_open=counts[:, :, N_IN_OPEN],
        recalled=counts[:, :, N_RECALLED],
        arrived=out.sum(axis=(1, 3)) @ leads,
        most=np.array([member.most for member in found]),
        opens_s=np.stack([member.draw.opens_s for member in found]),
        closes_s=np.stack([member.draw.ends_s for member in found]),
        ending=np.stack([member.draw.ending for member in found]),
        fleet=_outcome([member.fleet for member in found if member.fleet is not None]),
    )


def _outcome(runs: list[FleetRun]) -> FleetOutcome | None:
    """Return what became of vehicles in all members, of none or of all of which there are runs."""
    if not runs:
        return None
    return FleetOutcome(
        patient_out_s=np.stack([run.patient_out_s for run in runs]),
        patient_end=np.stack([run.patient_end for run in runs]),
        companions_out=np.array([run.companions_out for run in runs]),
        riders=np.array([run.riders for run in runs]),
        trips=np.array([run.trips for run in runs]),
        beds=np.stack([run.beds for run in runs]),
        aid_arrived=np.stack([run.aid_arrived for run in runs]),
    )
