// The call-forward table: filtered by zone, corridor, group and day, and sorted.

const FILTERS = ["zone", "corridor", "group", "day"];

/** Bind the filters and the sorting; return a function that shows one zone alone. */
export function bindCalls(voice) {
  const body = document.querySelector("#calls-table tbody");
  const rows = [...body.rows].map((element) => ({ element, ...read(element) }));
  const selects = Object.fromEntries(
    FILTERS.map((name) => [name, document.getElementById(`calls-${name}`)]),
  );
  const filter = () => {
    const wanted = FILTERS.filter((name) => selects[name].value !== "");
    let count = 0;
    let persons = 0;
    for (const row of rows) {
      const fits = wanted.every((name) => row[name] === selects[name].value);
      row.element.hidden = !fits;
      if (!fits) continue;
      count += 1;
      persons += row.persons;
    }
    document.getElementById("calls-count").textContent = voice.say("calls_count", {
      calls: voice.said(voice.say("calls", { n: count })),
      persons: voice.said(voice.say("persons", { n: persons })),
    });
  };
  for (const select of Object.values(selects)) select.addEventListener("change", filter);
  document.getElementById("calls-all").addEventListener("click", () => {
    for (const select of Object.values(selects)) select.value = "";
    filter();
  });
  bindSorting(body, rows);
  filter();

  return (zone) => {
    selects.zone.value = zone;
    filter();
    document.getElementById("calls").scrollIntoView();
    selects.zone.focus({ preventScroll: true });
  };
}

/** A row says what it is in one attribute: zone, corridor, group, day, departure, persons. */
function read(element) {
  const [zone, corridor, group, day, order, persons] = element.dataset.is.split(" ");
  const walk = Number(element.cells[8].dataset.is);
  return { zone, corridor, group, day, order: Number(order), persons: Number(persons), walk };
}

function bindSorting(body, rows) {
  const keys = {
    time: (row) => row.order,
    zone: (row) => Number(row.zone),
    corridor: (row) => Number(row.corridor),
    group: (row) => Number(row.group),
    persons: (row) => -row.persons,
    walk: (row) => -row.walk,
  };
  const buttons = [...document.querySelectorAll("#calls-table [data-sort]")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const key = keys[button.dataset.sort];
      rows.sort((one, other) => key(one) - key(other) || one.order - other.order);
      body.append(...rows.map((row) => row.element));
      for (const each of buttons) each.closest("th").removeAttribute("aria-sort");
      const falling = ["persons", "walk"].includes(button.dataset.sort);
      button.closest("th").setAttribute("aria-sort", falling ? "descending" : "ascending");
    });
  }
}
