// Persons on each street in each slot, from the movements that the report carries.
import { unpack, unpackSteps } from "./unpack.js";

/**
 * Return the links in use, the corridor that leads on each, and the persons that enter them.
 *
 * A block enters a link evenly over one slot, as long after its call as the walk takes. Beyond
 * the gate, people enter when the gate lets them pass. This is for drawing: whole slots and plain
 * walking times; the judge's replay is exact.
 */
export function flows(data, lengths) {
  const course = data.course;
  const slotOf = new Map(unpackSteps(course.from).map((second, slot) => [second / course.slot, slot]));
  const slots = slotOf.size;
  const use = new Map();
  const at = (link) => {
    if (!use.has(link)) use.set(link, { slots: new Float32Array(slots), byCorridor: {} });
    return use.get(link);
  };
  const add = (link, corridor, slot, persons) => {
    const seen = at(link);
    if (slot !== undefined) seen.slots[slot] += persons;
    seen.byCorridor[corridor] = (seen.byCorridor[corridor] ?? 0) + persons;
  };

  for (const move of moves(data.moves)) {
    let second = move.depart;
    for (const link of move.links) {
      const slot = Math.floor(second / course.slot);
      const later = second / course.slot - slot;
      add(link, move.corridor, slotOf.get(slot), move.persons * (1 - later));
      if (later > 0) add(link, move.corridor, slotOf.get(slot + 1), move.persons * later);
      second += lengths[link] / 10 / data.speeds[move.group];
    }
  }
  data.corridors.forEach((corridor, number) => {
    unpackSteps(course.passed[number]).forEach((persons, slot) => {
      for (const link of corridor.tail) add(link, number, slot, persons);
    });
  });

  const links = [...use.keys()];
  return {
    links,
    slots: links.map((link) => use.get(link).slots),
    corridor: links.map((link) => leading(use.get(link).byCorridor)),
  };
}

function* moves(packed) {
  const [step] = unpack(packed.step);
  const ends = [];
  let end = 0;
  for (const length of unpack(packed.routes)) ends.push((end += length));
  const links = unpackSteps(packed.links);
  const routes = ends.map((stop, number) => links.slice(ends[number - 1] ?? 0, stop));
  const [zone, group, corridor, persons] = ["zone", "group", "corridor", "persons"].map((name) =>
    unpack(packed[name]),
  );
  const depart = unpackSteps(packed.depart);
  const route = unpackSteps(packed.route);
  for (let row = 0; row < route.length; row += 1) {
    yield {
      zone: zone[row],
      group: group[row],
      corridor: corridor[row],
      persons: persons[row],
      depart: depart[row] * step,
      links: routes[route[row]],
    };
  }
}

function leading(byCorridor) {
  return Number(Object.entries(byCorridor).reduce((best, one) => (one[1] > best[1] ? one : best))[0]);
}
