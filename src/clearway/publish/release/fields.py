"""The class of every field of every noun, and of everything that the log can tell.

Each noun has a line a class with the names of its fields; what stands nowhere is shown to nobody
but the full profile, and a test fails. How a field is told below the full profile stands after a
colon:

``place``    degrees, rounded; ``centre`` the middle of rings, rounded; ``node`` a node as its place
``time``     coarsened; without it a moment is told as it is (an hour that was announced to all)
``count``    persons of one row, hidden where they are few
``table``    persons in tables: told by ``tallies`` alone, never here
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from clearway.publish.release.profiles import BOTH, FULL, GATE, MEDICAL, PARTNER, PUBLIC

PLAIN, PLACE, CENTRE, NODE, TIME, COUNT, TABLE = (
    *("plain", "place", "centre", "node"),
    *("time", "count", "table"),
)
TREATMENTS: Final = (PLAIN, PLACE, CENTRE, NODE, TIME, COUNT, TABLE)


@dataclass(frozen=True, slots=True)
class Rule:
    """How one field is released.

    Attributes
    ----------
    classes
        Whoever sees any of them sees the field.
    treatment
        One of ``TREATMENTS``.
    """

    classes: frozenset[str]
    treatment: str = PLAIN


#: Of what has no class: for nobody but those who see everything.
HIDDEN: Final = Rule(frozenset((FULL,)))

_NOUNS: Final = {
    # ------------------------------------------------------------------------------ scenario
    # What contains other nouns is public: each of them has classes of its own.
    "scenario.Scenario": {
        PUBLIC: "id title timezone attribution outline:place planning groups zones demand "
        "corridors receptions windows facts agreement fleet care aid changes shelters",
        FULL: "network uncertainty thresholds contraflow",
    },
    "scenario.Planning": {PARTNER: "slot_s uptake", FULL: "step_s tick_s spread"},
    "population.Group": {
        PARTNER: "id name weight weight_source modes",
        FULL: "speed_m_per_s persons_per_car wheelchair_users",
    },
    # Where the people of a zone join the streets is where they can be hit.
    "population.Zone": {PARTNER: "id rings:centre", FULL: "node residential_m"},
    "population.Demand": {PARTNER: "households:table"},
    "corridor.Corridor": {
        PUBLIC: "id name",
        PARTNER: "reception",
        GATE: "mouth:node gate_persons_per_s holding margin_s check_points open_limit_persons "
        "vehicles_per_s",
        FULL: "links source open_limit_source",
    },
    "corridor.HoldingArea": {GATE: "area_m2 limit_persons", FULL: "source"},
    "corridor.Reception": {PARTNER: "id name node:node places"},
    # As it was announced: whoever comes an hour off finds the gate closed.
    "corridor.Window": {PUBLIC: "corridor opens closes", PARTNER: "source"},
    "corridor.GateChange": {
        GATE: "corridor since:time until:time persons_share vehicles_share",
        FULL: "source",
    },
    "shelter.Shelter": {GATE: "id name places", FULL: "node"},
    "facts.Text": {PUBLIC: "en ar"},
    "facts.Estimate": {PUBLIC: "low central high", FULL: "source shape"},
    "facts.Fact": {PARTNER: "topic text source"},
    # Who has refused may be put under pressure for it.
    "agreement.Consent": {
        PARTNER: "id level corridors state expires:time",
        FULL: "party evidence source",
    },
    "agreement.Hazard": {PARTNER: "corridor text bars", FULL: "source"},
    "agreement.Notification": {PARTNER: "lead", FULL: "sent source"},
    "agreement.Decider": {FULL: "role review"},
    "agreement.Provision": {PARTNER: "text", FULL: "source"},
    "agreement.Contact": {
        GATE: "party level corridors role channel backup if_lost",
        FULL: "source",
    },
    "agreement.Agreement": {
        PUBLIC: "consents hazards provisions notification decider contacts",
    },
    "care.Patient": {
        MEDICAL: "code zone category posture companions bed care ready:time accepts refuses state",
    },
    "care.Beds": {MEDICAL: "kind places"},
    # Hospitals are targets: their places are for those who drive there.
    "care.Hospital": {
        MEDICAL: "id name lon:place lat:place beds opens_s closes_s",
        FULL: "source",
    },
    "care.Care": {PUBLIC: "patients hospitals", MEDICAL: "system"},
    "fleet.VehicleType": {
        PARTNER: "id name",
        BOTH: "seats wheelchairs stretchers care corridors",
        FULL: "speed_m_per_s board_s alight_s source rest_s range_m barred",
    },
    "fleet.Depot": {FULL: "id name lon lat source node"},
    "fleet.Vehicles": {GATE: "type count", FULL: "depot source since until"},
    "fleet.Fleet": {PUBLIC: "types depots vehicles", FULL: "outside_m_per_s outside_detour"},
    "fleet.Convoy": {
        PARTNER: "id name vehicles",
        GATE: "type zone since:time until:time",
        FULL: "depot unload_s persons source",
    },
    "fleet.LinkedMovement": {PARTNER: "id then after", FULL: "source"},
    "fleet.Aid": {PUBLIC: "convoys links"},
    "network.Nodes": {FULL: "id lon lat"},
    "network.Links": {
        FULL: "id from_node to_node directed length_m width_m lanes speed_m_per_s "
        "capacity_veh_per_s facility side state line",
    },
    "network.Network": {FULL: "nodes links"},
    "thresholds.Threshold": {FULL: "go bar source"},
    "thresholds.Thresholds": {
        FULL: "caught_share density_persons_per_m2 wait_s first_priority_share reception_share "
        "shelter_share open_share turned_back_share turned_back_weight turned_back_weight_source",
    },
    "uncertainty.Uncertainty": {
        FULL: "start_delay_s stop_share extend_share extension_s fail_share unannounced_share "
        "notice_s recheck_share recheck_factor long_share long_factor service_cv zone_factor "
        "uncalled_share pace_factor lateness_s boarding_factor breakdown_share refusal_share "
        "under_triage_share death_red_per_h death_yellow_per_h",
    },
    # ---------------------------------------------------------------------------------- plan
    "plan.Plan": {
        PUBLIC: "scenario movements levels status rules duties convoys",
        PARTNER: "uptake willing_persons:table",
    },
    # Ways, and the place of a household in its zone's order, tell where families live.
    "plan.Movement": {
        GATE: "id zone group corridor depart_s:time persons:count",
        FULL: "links first_household households span_s",
    },
    # Bounds and reasons repeat totals that may be hidden.
    "plan.Level": {PARTNER: "name", FULL: "value bound"},
    "plan.Binding": {FULL: "kind where from_s until_s worth_persons text"},
    "plan.Status": {PARTNER: "code", FULL: "reason binding"},
    "rules.GateRule": {
        GATE: "corridor hold_queue_persons hold_called_persons open_persons last_entry_s turn_m "
        "last_entry_recheck_s open_recheck_persons",
    },
    "rules.LastDeparture": {GATE: "zone group corridor before_s"},
    "rules.Rules": {PUBLIC: "gates last_departures", FULL: "risk"},
    "duty.Load": {FULL: "group first_household households persons"},
    "duty.Stop": {
        BOTH: "zone arrive_s:time leave_s:time",
        MEDICAL: "patients",
        FULL: "links loads",
    },
    "duty.Trip": {
        PUBLIC: "stops",
        BOTH: "corridor_in corridor_out gate_in_s:time gate_out_s:time destination arrive_s:time",
        FULL: "leave_s links_out done_s",
    },
    "duty.Duty": {PUBLIC: "trips", BOTH: "id vehicle type", FULL: "depot back_s"},
    "duty.ConvoyRun": {GATE: "convoy trip"},
    # ------------------------------------------------------------------------------- verdict
    "verdict.Verdict": {
        PUBLIC: "people_inside:table people_out:table out_by_day:table decision care fleet aid",
        PARTNER: "people_willing:table out_by_zone:table willing_by_zone:table out_by_group:table",
        FULL: "breaches hours_until_out exposure_person_hours step_s gates peak_link_use",
    },
    "verdict.Reason": {PARTNER: "topic where state", FULL: "text turn"},
    "verdict.Decision": {PARTNER: "code reasons"},
    "verdict.PlanBreach": {FULL: "rule where value limit unit text"},
    "verdict.GateRecord": {FULL: "corridor arrived passed waiting"},
    "verdict.CareTally": {
        PARTNER: "listed:table out:table",
        MEDICAL: "red:table red_out:table companions_out:table colours:table beds:table",
    },
    "verdict.FleetTally": {
        PARTNER: "vehicles trips",
        FULL: "seats_offered seats_used riders",
    },
    "verdict.AidTally": {PARTNER: "convoys arrived", FULL: "persons_served"},
    # ----------------------------------------------------------------------------------- log
    "event.Event": {PARTNER: "kind at:time", PUBLIC: "about"},
    "record.Record": {
        PUBLIC: "event",
        FULL: "writer chain number written seen before hash signature",
    },
    "record.Head": {FULL: "writer chain number hash"},
}

#: Modules of nouns that no release holds: what is computed on the way, and what stays inside on
#: the day. Whatever of them a field held would be shown to nobody.
KEPT_INSIDE: Final = frozenset(
    ("abort", "comparison", "draws", "ledger", "outcome", "replan", "state")
)

#: What each kind of event tells, by class. Free text of the day is for nobody else: it may hold
#: anything. An event of which a profile sees nothing is not told at all.
_EVENTS: Final = {
    "plan": {PARTNER: "scenario plan version"},
    "consent": {PARTNER: "id level corridors state expires:time", FULL: "party evidence"},
    "notice": {PARTNER: "level corridors window state", FULL: "party channel evidence"},
    "window": {PARTNER: "corridor day state opens closes"},
    "closure": {PARTNER: "corridor closed", FULL: "reason"},
    "gate": {GATE: "corridor persons_share vehicles_share"},
    "count": {GATE: "corridor since:time until:time persons:count"},
    "call": {GATE: "movements state"},
    "vehicle": {GATE: "vehicle trip state"},
    "convoy": {GATE: "convoy state"},
    "patient": {MEDICAL: "code state place"},
    "observation": {FULL: "corridor zone text"},
    "incident": {FULL: "corridor zone text"},
    "stop": {PARTNER: "corridors", FULL: "reason"},
    "resume": {PARTNER: "corridors", FULL: "reason"},
    "decision": {FULL: "id text alternatives role review"},
    "confirmation": {FULL: "of role agrees"},
    "correction": {FULL: "of reason instead"},
    "release": {FULL: "profile to file expires"},
    "deletion": {FULL: "file reason"},
}


def rule_of(noun: type, field: str) -> Rule:
    """Return how a field of a noun is released; to nobody if nobody said."""
    return NOUNS.get(noun_name(noun), {}).get(field, HIDDEN)


def event_rule(kind: str, field: str) -> Rule:
    """Return how what an event tells is released; to nobody if nobody said."""
    return EVENTS.get(kind, {}).get(field, HIDDEN)


def noun_name(noun: type) -> str:
    """Return the module and name of a noun, as in ``plan.Movement``."""
    return f"{noun.__module__.rpartition('.')[2]}.{noun.__name__}"


def _rules(
    told: Mapping[str, Mapping[str, str]],
) -> Mapping[str, Mapping[str, Rule]]:
    return MappingProxyType({name: _by_field(classes) for name, classes in told.items()})


def _by_field(classes: Mapping[str, str]) -> Mapping[str, Rule]:
    found: dict[str, Rule] = {}
    for names, fields in classes.items():
        for field in fields.split():
            name, _, treatment = field.partition(":")
            if name in found:
                raise ValueError(f"{name} has two classes")
            found[name] = Rule(frozenset(names.split()), treatment or PLAIN)
    return MappingProxyType(found)


NOUNS: Final = _rules(_NOUNS)
EVENTS: Final = _rules(_EVENTS)
