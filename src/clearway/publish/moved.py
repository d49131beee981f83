"""The first screen's figures on patients, riders and aid."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clearway.model.outcome import FleetOutcome
from clearway.model.plan import PATIENTS_OUT, RED_OUT
from clearway.model.verdict import AidTally, CareTally, FleetTally
from clearway.publish.board import moved_in, worst_tenth
from clearway.publish.edition import Edition
from clearway.publish.figures import Measure, bounds
from clearway.publish.recommend import Likely
from clearway.publish.risk import spread_of
from clearway.publish.summary import all_red_out, waiting
from clearway.publish.words import Said


def moved(edition: Edition, outcome: FleetOutcome | None) -> Iterator[Likely]:
    """Yield red patients, patients, riders and aid: by plan as judged, and in simulation.

    Parameters
    ----------
    edition
        Whose words are used.
    outcome
        What became of them in the members; None if it was not simulated.
    """
    verdict = edition.verdict
    if verdict.care is not None and verdict.care.listed:
        yield from _patients(edition, verdict.care, outcome)
    if verdict.fleet is not None:
        yield _riders(edition, verdict.fleet, outcome)
    if verdict.aid is not None and verdict.aid.convoys:
        yield _aid(edition, verdict.aid, outcome)


def _patients(edition: Edition, care: CareTally, outcome: FleetOutcome | None) -> Iterator[Likely]:
    words = edition.words
    if care.red:
        figure = words.say("moved.of", n=care.red_out, of=words.number(care.red))
        note = words.say("moved.red_note", proof=_proof(edition, RED_OUT, care.red_out))
        yield _card(edition, "red", figure, note)
        yield _chance(edition, outcome)
    figure = words.say("moved.of", n=care.out, of=words.number(care.listed))
    company = words.say("patients.company", n=care.companions_out)
    left = words.say("moved.left", n=care.listed - care.out)
    proof = _proof(edition, PATIENTS_OUT, care.out)
    note = words.say("moved.patients_note", company=company, left=left, proof=proof)
    yield _card(edition, "patients", figure, note)
    if outcome is None:
        return
    out = moved_in(outcome.patient_end)[:, waiting(edition.scenario)].sum(axis=1)
    figure = words.say("moved.of", n=round(worst_tenth(out)), of=words.number(care.listed))
    note = words.say("moved.worst_note", median=words.number(float(np.median(out))))
    yield _card(edition, "patients_worst", figure, note)


def _chance(edition: Edition, outcome: FleetOutcome | None) -> Likely:
    words = edition.words
    if outcome is None:
        return _card(edition, "all_red", Said("–"), words.say("moved.not_simulated"))
    share = all_red_out(edition.scenario, outcome)
    note = words.say(
        "moved.chance_note",
        low=words.share(share.lower(0.975)),
        high=words.share_up(share.upper(0.975)),
        hits=share.hits,
        n=share.of,
    )
    return _card(edition, "all_red", words.share(share.value), note)


def _riders(edition: Edition, fleet: FleetTally, outcome: FleetOutcome | None) -> Likely:
    words = edition.words
    note = words.say(
        "moved.riders_note",
        vehicles=words.say("vehicles.count", n=fleet.vehicles),
        trips=words.say("vehicles.trips", n=fleet.trips),
        used=words.number(fleet.seats_used),
        offered=words.number(fleet.seats_offered),
    )
    if outcome is not None:
        out = spread_of(outcome.riders)
        seen = words.say("moved.median", n=round(out.median), low=round(out.low))
        note = Said(f"{note} {seen}")
    return _card(edition, "riders", words.number(fleet.riders), note)


def _aid(edition: Edition, aid: AidTally, outcome: FleetOutcome | None) -> Likely:
    words = edition.words
    figure = words.say("moved.of", n=aid.arrived, of=words.number(aid.convoys))
    note = words.say("moved.aid_note", persons=edition.persons(aid.persons_served))
    if outcome is not None:
        every = float(outcome.aid_arrived.all(axis=1).mean())
        note = Said(f"{note} {words.say('moved.aid_chance', share=words.share(every))}")
    return _card(edition, "aid", figure, note)


def _card(edition: Edition, name: str, figure: Said, note: Said) -> Likely:
    return Likely(name, edition.words.say(f"moved.{name}"), figure, note)


def _proof(edition: Edition, level: str, value: float) -> Said:
    words = edition.words
    measure = Measure(level, value, bounds(edition.plan).get(level))
    if measure.bound is None or measure.gap is None:
        return words.say("cards.no_bound")
    return words.say(
        "cards.at_most",
        n=words.number(value),
        bound=words.number(measure.bound),
        gap=words.share(measure.gap),
    )
