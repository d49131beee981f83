"""What each kind of page says in English, word for word: read it before changing it.

Marks of direction are left out here; that every number has its own is another test.
"""

from __future__ import annotations

from typing import Final

import pytest

from tests.publish.packs import packed, page_lines

#: The first rows of every table and all other words, of the first page of each kind.
PAGES: Final[dict[str, tuple[str, ...]]] = {
    "contacts/tiny/2016-10-20/1": (
        (
            "Try the channel, then the backup. If neither answers, do what the last column "
            "says, and write it down."
        ),
        (
            "Roles, never names. An answer is an acknowledgement that word was received, "
            "and nothing more."
        ),
        "Who is reached how",
        "Party | Level | Corri-dors | Who answers | Channel | Backup | If contact is lost",
        (
            "Local authorities | headquarters | all | Duty officer | VHF 7 | +963 21 555 "
            "0100 | Nobody more is called after 11:20"
        ),
        (
            "Local authorities | gate | C1 | Duty officer | VHF 7 | +963 21 555 0100 | "
            "Nobody more is called after 11:20"
        ),
    ),
    "gate/C1/2016-10-20/1": (
        "Corridor | Corridor 1",
        "Open | from 08:00 to 12:00",
        "Called, on foot or in cars | 212",
        "Go out aboard vehicles | 59",
        "Patients among them | 4",
        "Vehicles | in 6, out 6",
        "The gate lets through | 600 persons an hour",
        "The lane lets through | 60 vehicles an hour",
        "HOLD the next call while more than 1,000 people wait at the mouth.",
        "No number was set of people called and not yet through.",
        "No number was set of people between gate and exit.",
        (
            "TURN on notice of a closing: those who are less than 180 m past the gate come "
            "back to it, the others go on to the exit."
        ),
        "Places",
        "Code | What | Latitude, longitude | Degrees, minutes, seconds | MGRS (WGS 84)",
        "C1 | Gate | 36.20000, 37.15267 | 36°12'00.0\"N 37°09'09.6\"E | 37S CA 33917 07713",
        "C1 | Exit | 36.20000, 37.15667 | 36°12'00.0\"N 37°09'24.0\"E | 37S CA 34276 07706",
        "R1 | Site 1 | 36.20000, 37.15801 | 36°12'00.0\"N 37°09'28.8\"E | 37S CA 34396 07704",
        "Last entry: nobody of the group is admitted later; count back if the closing moves",
        (
            "Group | Closing | Last entry | Last entry on days with a second check | "
            "Minutes before closing"
        ),
        "A | 12:00 | 11:25 | 11:25 | 35",
        "B | 12:00 | 11:20 | 11:20 | 40",
        "A: Group 1",
        "B: Group 2",
    ),
    "zone/Z1/2016-10-20/1": (
        "Nobody has to go. Whoever stays keeps the right to help, and to change their mind.",
        "Wait at home until you are called. Do not gather in the open, and not at the gate.",
        "Households go together. A household whose member cannot go yet may come later.",
        "If word comes to hold: stay at home. If on the way, follow the gate team.",
        "If word comes to turn back: go home, or to the shelter that the caller names.",
        "No call 30 minutes after the hour below: stay at home, ask the caller of your zone.",
        "Called to leave on foot or in cars",
        (
            "Leave from | Until | Corridor | Group | House-holds | Persons | Order numbers "
            "| Not later than | Call"
        ),
        "08:00 | 08:15 | C1 | A | 22 | 97 | 1 to 22 | 11:21 | M1",
        "Vehicles that come to the meeting point",
        "Comes | Leaves | Vehicle | For whom | Persons | Order numbers | Corridor",
        "08:03 | 08:13 | bus-01 | Group B, households: 4 | 8 | 1 to 4 | C1",
        "08:03 | 08:13 | bus-01 | Group A, households: 3 | 12 | 23 to 25 | C1",
        "08:08 | 08:18 | amb-02 | Patients: 2, with any companions | 4 |  | C1",
        "08:25 | 08:35 | bus-01 | Group A, households: 3 | 15 | 26 to 28 | C1",
        "08:48 | 08:58 | amb-01 | Patients: 1, with any companions | 2 |  | C1",
        "Ways inside; points in MGRS to ten metres, to be found on a map with its grid",
        "From | To | km | Turns, in order",
        "Z1 | C1 | 0.2 | almost straight",
        "A: Group 1",
        "B: Group 2",
    ),
    "vehicle/bus-01/2016-10-20/1": (
        "Type | Bus",
        "Places | 30 seats, 4 wheelchairs, 0 stretchers",
        "Depot | D1",
        "Day | from 08:00 to 08:58",
        (
            "Take aboard those named here, and nobody in their place. Companions stay with "
            "their patient."
        ),
        (
            "If you are late, say so, and go on in the same order. Pass a gate only when "
            "its team waves you through."
        ),
        'If all stops, take the page "If all stops: vehicle" of your number.',
        "Step by step",
        "Trip | What | Where | From | Until | Aboard | Hour it was",
        "1 | leave | D1 | 08:00 |  |  | ",
        "1 | gate, inward | C1 | 08:03 |  |  | ",
        "1 | board | Z1 | 08:03 | 08:13 | Group B: 8 people (1 to 4) | ",
        "1 | board | Z1 |  |  | Group A: 12 people (23 to 25) | ",
        "1 | gate, outward | C1 | 08:16 |  |  | ",
        "1 | arrive | R1 | 08:17 | 08:23 |  | ",
        "A: Group 1",
        "B: Group 2",
    ),
    "convoy/A1/2016-10-20/1": (
        "Load | Medicine",
        "Vehicles | 3",
        "Persons whom it serves | 500",
        "Day | from 08:00 to 08:37",
        "All vehicles stay together; the hours at gates are those of the last one.",
        "If the convoy is late, say so. It passes a gate only when its team waves it through.",
        'If all stops, take the page "If all stops: vehicle" of the convoy\'s number.',
        (
            "Condition L1. Only when this is done: convoy A1. Then this begins: patients "
            "of 2016-10-20."
        ),
        "Step by step",
        "Trip | What | Where | From | Until | Aboard | Hour it was",
        "1 | leave | D1 | 08:00 |  |  | ",
        "1 | gate, inward | C1 | 08:05 |  |  | ",
        "1 | unload | Z2 | 08:05 | 08:25 |  | ",
        "1 | gate, outward | C1 | 08:27 |  |  | ",
        "1 | arrive | D1 | 08:31 | 08:37 |  | ",
        "Ways inside; points in MGRS to ten metres, to be found on a map with its grid",
        "From | To | km | Turns, in order",
        "C1 | Z2 | 0.5 | almost straight",
        "Z2 | C1 | 0.5 | almost straight",
        "Places",
        "Code | What | Latitude, longitude | Degrees, minutes, seconds | MGRS (WGS 84)",
        "D1 | Depot | 36.20000, 37.16779 | 36°12'00.0\"N 37°10'04.0\"E | 37S CA 35276 07687",
        "C1 | Gate | 36.20000, 37.15267 | 36°12'00.0\"N 37°09'09.6\"E | 37S CA 33917 07713",
    ),
    "patient/P1/2016-10-20/1": (
        "P1",
        ("A code, never a name: write no name, no diagnosis and no document number on this slip."),
        "Triage colour | Red",
        "Moves | stretcher",
        "Companions | 1",
        "Bed | surgical",
        "Care on the way | advanced",
        "State when this was printed | listed",
        "Fetched in zone | Z1",
        "Boards | from 08:48 to 08:58",
        "Vehicle | amb-01, trip 1",
        "Goes out by gate | C1, 08:59",
        "Destination | H1: Hospital H1",
        "Arrives | 09:04",
        "Takes patients in | from 09:00 to 24:00",
        "What happened: write the hour beside each state as it is reached",
        "State | Hour | Place | Role of who writes",
        "listed |  |  | ",
        "assessed |  |  | ",
        "consented |  |  | ",
        "refused |  |  | ",
        "moved |  |  | ",
        "handed over |  |  | ",
    ),
    "tally-counts/C1/2016-10-20/1": (
        "Count at the gate whoever went out in these minutes, on foot and aboard vehicles.",
        "Write hours as 08:15, counts as whole numbers. Leave empty what did not happen.",
        "Persons out",
        (
            "Row | From | Until | Expected on foot or in cars | Expected aboard | Vehicles "
            "expected | Persons counted"
        ),
        "01 | 08:00 | 08:15 | 98 | 0 | 5 | ",
        "02 | 08:15 | 08:30 | 48 | 24 | 6 | ",
        "03 | 08:30 | 08:45 | 59 | 0 | 0 | ",
        "04 | 08:45 | 09:00 | 7 | 34 | 3 | ",
        "05 | 09:00 | 09:15 | 0 | 0 | 0 | ",
        "06 | 09:15 | 09:30 | 0 | 1 | 2 | ",
    ),
    "tally-calls/C1/2016-10-20/1": (
        "The hour at which the block was called, held, turned back, or was home again.",
        "Write hours as 08:15, counts as whole numbers. Leave empty what did not happen.",
        "Blocks",
        "Call | Leave home | Zone | Group | Persons | called | held | turned | home",
        "M1 | 08:00 | Z1 | A | 97 |  |  |  | ",
        "M2 | 08:00 | Z2 | A | 25 |  |  |  | ",
        "M3 | 08:15 | Z2 | A | 27 |  |  |  | ",
        "M4 | 08:30 | Z2 | A | 63 |  |  |  | ",
    ),
    "tally-trips/bus-01/2016-10-20/1": (
        "The hour at which each step of a trip was done.",
        "Write hours as 08:15, counts as whole numbers. Leave empty what did not happen.",
        "Trips",
        (
            "Trip | Leaves | Out by | There | left | gate, in | boarded | gate, out | "
            "arrived | back | lost"
        ),
        "1 | 08:00 | C1 | 08:17 |  |  |  |  |  |  | ",
        "2 | 08:23 | C1 | 08:50 |  |  |  |  |  |  | ",
    ),
    "tally-convoys/A1/2016-10-20/1": (
        "The hour at which each step of a trip was done.",
        "Write hours as 08:15, counts as whole numbers. Leave empty what did not happen.",
        "Trips",
        (
            "Trip | Leaves | Out by | There | left | gate, in | unloaded | gate, out | "
            "arrived | turned"
        ),
        "1 | 08:00 | C1 | 08:31 |  |  |  |  |  | ",
    ),
    "abort-gate/C1/2016-10-20/1": (
        "All stops. Nobody leaves home.",
        'The gate lets through those whose order says "on", and nobody else.',
        "Whoever is past the gate goes on to the exit. A vehicle outside stays outside.",
        "Not yet past it: do what stands here; between two rows the earlier one holds.",
        "Whoever finds the gate shut goes back to the place named for the latest turn-back.",
        "Stay under cover until word comes that it goes on.",
        "How many are where, at most, by the moment at which all stopped",
        (
            "Stop from | Stop until | Past the gate: go on | Not past: go on | Go home | "
            "To shelters | There by"
        ),
        "08:15 | 08:30 | 24 | 0 | 81 | 0 | 08:20",
        "08:30 | 08:45 | 19 | 0 | 35 | 0 | 08:35",
        "08:45 | 09:00 | 28 | 0 | 35 | 0 | 08:50",
        "09:15 | 09:30 | 0 | 0 | 0 | 0 | 09:15",
    ),
    "abort-zone/Z1/2016-10-20/1": (
        "All stops. Nobody leaves home.",
        'The gate lets through those whose order says "on", and nobody else.',
        "Whoever is past the gate goes on to the exit. A vehicle outside stays outside.",
        "Not yet past it: do what stands here; between two rows the earlier one holds.",
        "Whoever finds the gate shut goes back to the place named for the latest turn-back.",
        "Stay under cover until word comes that it goes on.",
        "Latest turn-back: later, or farther on, going on is quicker",
        "Call or trip | Minutes after leaving | Back to | Latitude, longitude | MGRS (WGS 84)",
        "M1 | 5 | home | 36.20000, 37.15267 | 37S CA 33917 07713",
        "What to do, by the moment at which all stopped",
        "Call or trip | Stop from | Stop until | Go | There by",
        "M1 | 08:15 | 08:30 | home and on to the exit | 08:35",
    ),
    "abort-vehicle/bus-01/2016-10-20/1": (
        "All stops. Nobody leaves home.",
        'The gate lets through those whose order says "on", and nobody else.',
        "Whoever is past the gate goes on to the exit. A vehicle outside stays outside.",
        "Not yet past it: do what stands here; between two rows the earlier one holds.",
        "Whoever finds the gate shut goes back to the place named for the latest turn-back.",
        "Stay under cover until word comes that it goes on.",
        "Latest turn-back: later, or farther on, going on is quicker",
        "Call or trip | Minutes after leaving | Back to | Latitude, longitude | MGRS (WGS 84)",
        "trip 1 | 2 | to its stop | 36.20000, 37.15267 | 37S CA 33917 07713",
        "trip 2 | 3 | to shelter S1 | 36.20000, 37.15267 | 37S CA 33917 07713",
        "What to do, by the moment at which all stopped",
        "Call or trip | Stop from | Stop until | Go | There by",
        "trip 1 | 08:15 | 08:15 | to its stop | 08:15",
        "trip 2 | 08:30 | 08:45 | to its stop | 08:45",
        "Places",
        "Code | What | Latitude, longitude | Degrees, minutes, seconds | MGRS (WGS 84)",
        "S1 | School | 36.20000, 37.15000 | 36°12'00.0\"N 37°09'00.0\"E | 37S CA 33677 07717",
    ),
}


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_page_says_what_it_said(page: str) -> None:
    assert page_lines(page, "en") == PAGES[page]


def test_every_kind_is_here() -> None:
    kinds = {page.kind for page in packed().pages} - {"cover"}
    assert {page.partition("/")[0] for page in PAGES} == kinds
