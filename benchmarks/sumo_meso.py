"""A case in SUMO's mesoscopic engine, by files and the programs of its wheel."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import numpy as np
import sumo

from benchmarks import courses
from benchmarks.answer import answer
from benchmarks.roads import Case, Floats, curve

#: Lengths of a car and of the gap before it, metres: together the room that the case gives it.
GAP_SHARE: Final = 1 / 3
#: Headways are grouped, so that roads share types, seconds.
GROUP_S: Final = 0.1


def run(case: Case) -> Iterator[dict[str, Any]]:
    """Yield times, memory and curve of a case in which every traveller moves alone.

    Parameters
    ----------
    case
        What moves where.

    Raises
    ------
    RuntimeError
        If a program of SUMO's fails.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write(case, folder)
        files = ["-n", "net.nod.xml", "-e", "net.edg.xml", "-t", "net.typ.xml", "-o", "net.xml"]
        _, build_s, _ = _call("netconvert", [*files, "--no-warnings"], folder)
        words = ["--mesosim", "-n", "net.xml", "-r", "trips.rou.xml", "-a", "net.typ.xml"]
        words += ["--tripinfo-output", "out.xml"]
        # Nobody is put elsewhere for having waited long.
        words += ["--time-to-teleport", "-1", "--no-warnings", "--no-step-log"]
        words += ["--duration-log.statistics", "--end", f"{case.horizon_s:.0f}"]
        said, whole_s, peak_mb = _call("sumo", words, folder)
        told = re.search(r"Duration: ([\d.]+)s", said)
        run_s = float(told.group(1)) if told else whole_s
        # Its own clock leaves out reading; of the processor only the whole is known.
        yield {"build": {"cpu_s": build_s}, "run": {"wall_s": run_s, "cpu_s": whole_s}}
        arrive_s = _arrivals(folder / "out.xml")
    yield {"peak_mb": peak_mb, "curve": curve(arrive_s, 1, case.horizon_s).tolist()}


def write(case: Case, folder: Path) -> None:
    """Write nodes, roads, their types and the trips of a case as SUMO reads them."""
    roads = case.roads
    node = ET.Element("nodes")
    for at, (x, y) in enumerate(zip(roads.x_m.tolist(), roads.y_m.tolist(), strict=True)):
        ET.SubElement(node, "node", id=f"n{at}", x=f"{x:.2f}", y=f"{y:.2f}")
    headway = _headway(case)
    types = ET.Element("additional")
    for one in np.unique(headway).tolist():
        kind = ET.SubElement(types, "type", id=f"t{one:.1f}")
        same = dict.fromkeys(("tauff", "taufj", "taujf", "taujj"), f"{one:.1f}")
        ET.SubElement(kind, "meso", same)
    edge = ET.Element("edges")
    for at in range(len(roads.tail)):
        ET.SubElement(
            edge,
            "edge",
            {
                "id": f"l{at}",
                "from": f"n{roads.tail[at]}",
                "to": f"n{roads.head[at]}",
                "type": f"t{headway[at]:.1f}",
                "numLanes": f"{roads.lanes[at]}",
                "speed": f"{roads.speed_m_per_s[at]:.3f}",
                "length": f"{roads.length_m[at]:.2f}",
            },
        )
    for name, root in (("nod", node), ("typ", types), ("edg", edge)):
        ET.ElementTree(root).write(folder / f"net.{name}.xml")
    ET.ElementTree(_trips(case)).write(folder / "trips.rou.xml")


def _headway(case: Case) -> Floats:
    """Return the seconds that SUMO adds to a car's own length between two cars of a lane."""
    roads = case.roads
    room_m = roads.lanes / roads.jam_per_m
    seconds = roads.lanes / roads.flow_per_s - room_m / roads.speed_m_per_s
    return np.asarray(np.round(np.maximum(seconds, GROUP_S) / GROUP_S) * GROUP_S)


def _trips(case: Case) -> ET.Element:
    room_m = float((case.roads.lanes / case.roads.jam_per_m).min())
    root = ET.Element("routes")
    lengths = {"length": f"{room_m * (1 - GAP_SHARE):.3f}", "minGap": f"{room_m * GAP_SHARE:.3f}"}
    ET.SubElement(root, "vType", {"id": "car", "maxSpeed": "60", "speedDev": "0", **lengths})
    names = [f"l{at}" for at in range(len(case.roads.tail))]
    for unit, when in enumerate(case.depart_s.tolist()):
        words = {"id": f"v{unit}", "type": "car", "depart": f"{when:.2f}", "departSpeed": "max"}
        way = case.route[case.start[unit] : case.start[unit + 1]].tolist()
        vehicle = ET.SubElement(root, "vehicle", words)
        ET.SubElement(vehicle, "route", edges=" ".join(names[at] for at in way))
    return root


def _call(name: str, words: list[str], folder: Path) -> tuple[str, float, float]:
    """Run a program; return what it said, its processor seconds, and its memory in megabytes."""
    program = Path(sumo.SUMO_HOME) / "bin" / name
    with (folder / f"{name}.txt").open("w+") as said:
        child = subprocess.Popen(  # noqa: S603 - the words are this program's own
            [str(program), *words], cwd=folder, stdout=said, stderr=subprocess.STDOUT
        )
        _, code, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(code)
        said.seek(0)
        told = said.read()
    if child.returncode:
        raise RuntimeError(f"{name}: {(told.strip().splitlines() or ['no word'])[-1]}")
    scale = 1.0 if sys.platform == "darwin" else 1024.0
    return told, used.ru_utime + used.ru_stime, used.ru_maxrss * scale / 1e6


def _arrivals(path: Path) -> Floats:
    """Return when each trip that ended did, in no order."""
    root = ET.parse(path).getroot()  # noqa: S314 - a file that SUMO has just written
    return np.array([float(one.attrib["arrival"]) for one in root.iter("tripinfo")])


def _task(name: str, unit: int, folder: str, *, small: bool = False) -> Iterator[dict[str, Any]]:
    yield from run(courses.build(name, unit, folder, small=small))


if __name__ == "__main__":
    answer({"run": _task})
