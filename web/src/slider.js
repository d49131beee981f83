// One moment of the pause: the slider, the play button, and the table beside the map.
import { unpackSteps } from "./unpack.js";

const BEAT_MS = 450;

/** Bind the slider; `show` is called with each slot that is chosen. */
export function bindSlider(data, words, voice, show) {
  const slider = document.getElementById("slot");
  const play = document.getElementById("play");
  const moment = document.getElementById("moment");
  const course = readCourse(data);
  slider.max = String(course.session.length - 1);

  const draw = () => {
    const slot = Number(slider.value);
    const text = voice.say("moment", {
      day: voice.said(words.days[course.session[slot]]),
      time: words.clocks[slot],
    });
    moment.textContent = text;
    slider.setAttribute("aria-valuetext", text);
    fillTable(course, slot, voice);
    show(slot);
  };

  let beat = 0;
  const playing = (on) => {
    clearInterval(beat);
    beat = on ? setInterval(forward, BEAT_MS) : 0;
    play.textContent = voice.say(on ? "pause" : "play");
    play.setAttribute("aria-pressed", String(on));
  };
  const forward = () => {
    if (Number(slider.value) >= Number(slider.max)) {
      playing(false);
      return;
    }
    slider.value = String(Number(slider.value) + 1);
    draw();
  };

  slider.addEventListener("input", draw);
  play.addEventListener("click", () => {
    if (!beat && slider.value === slider.max) slider.value = "0";
    playing(!beat);
  });
  for (const button of document.querySelectorAll("[data-session]")) {
    button.addEventListener("click", () => {
      slider.value = String(course.session.indexOf(Number(button.dataset.session)));
      draw();
    });
  }
  slider.value = String(busiest(course));
  playing(false);
  draw();
}

function readCourse(data) {
  const { course } = data;
  return {
    session: unpackSteps(course.session),
    underWay: unpackSteps(course.under_way),
    waiting: course.waiting.map(unpackSteps),
    passed: course.passed.map((column, row) => together(column, course.aboard?.[row])),
    out: course.out.map(unpackSteps),
  };
}

/** Return how many pass a gate in each slot: on their own, and in vehicles where any ride. */
function together(column, aboard) {
  const alone = unpackSteps(column);
  if (!aboard) return alone;
  const riding = unpackSteps(aboard);
  return alone.map((persons, slot) => persons + riding[slot]);
}

/** Return the slot with most people under way, which is where the map opens. */
function busiest(course) {
  return course.underWay.indexOf(Math.max(...course.underWay));
}

function fillTable(course, slot, voice) {
  const cell = (row, name, value) => {
    document.querySelector(`#live-table [data-corridor="${row}"] .${name}`).textContent =
      voice.whole(value);
  };
  const sum = (columns) => columns.reduce((total, column) => total + column[slot], 0);
  for (const name of ["passed", "waiting", "out"]) {
    course[name].forEach((column, row) => cell(row, name, column[slot]));
    cell("all", name, sum(course[name]));
  }
  document.getElementById("under-way").textContent = voice.say("under_way", {
    n: course.underWay[slot],
  });
}
