// What makes the report live. Without it, every figure, table and drawing is still there.
import "./style.css";
import { bindCalls } from "./calls.js";
import { drawMap } from "./map.js";
import { bindPaper } from "./paper.js";
import { bindSlider } from "./slider.js";
import { speaker } from "./words.js";

const read = (id) => JSON.parse(document.getElementById(id).textContent);

const data = read("map-data");
const words = read("map-words");
const voice = speaker(words);
document.documentElement.classList.add("live");

const showCalls = bindCalls(voice);
const place = document.getElementById("live-map");
// The map measures its place when it begins, so the place is there first.
document.documentElement.classList.add("mapped");
const show = drawMap(place, data, words.colours, voice, words, (row) => showCalls(String(row)));
if (!show) document.documentElement.classList.replace("mapped", "unmapped");
bindSlider(data, words, voice, show ?? (() => {}));
bindPaper();
document.getElementById("print").addEventListener("click", () => window.print());
