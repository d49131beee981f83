"""A tiny run on a disk: scenario, plan, log and keys, for what hands it on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clearway.model.event import Event
from clearway.operate.log.opening import create_log
from clearway.publish.bundle.locking import identities_in, new_identity
from clearway.publish.plan_file import plan_to_json
from clearway.publish.scenario_folder import write_scenario
from clearway.seal.keys import WriterKey, create_key
from tests.judge.sound import sound

NOW = datetime(2016, 10, 20, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=60)


@dataclass(frozen=True)
class Run:
    """Where things are.

    Attributes
    ----------
    folder
        Of the scenario.
    plan, log, key, identity
        Files.
    writer
        The key itself.
    to
        Public key of age.
    """

    folder: Path
    plan: Path
    log: Path
    key: Path
    identity: Path
    writer: WriterKey
    to: str

    @property
    def identities(self) -> tuple[str, ...]:
        """The private keys of age."""
        return identities_in(self.identity.read_text())


def make_run(place: Path) -> Run:
    """Write the aided town, its plan, and a log of two events into ``place``."""
    scenario, plan = sound("aid_in")
    write_scenario(scenario, place / "town")
    (place / "plan.json").write_text(plan_to_json(scenario, plan))
    writer = create_key(place / "writer.key")
    text, to = new_identity()
    (place / "me.key").write_text(text)
    log = create_log(place / "day.log", writer)
    at = scenario.start + timedelta(minutes=61)
    log.append(Event("incident", at, {"corridor": "C1", "zone": "", "text": "A shot was heard."}))
    log.append(Event("patient", at, {"code": "P1", "state": "assessed", "place": "Clinic 4"}))
    log.close()
    return Run(
        folder=place / "town",
        plan=place / "plan.json",
        log=place / "day.log",
        key=place / "writer.key",
        identity=place / "me.key",
        writer=writer,
        to=to,
    )
