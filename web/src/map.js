// The live map: streets, zones, corridors and who walks where, without any other file.
import { Map as LiveMap, NavigationControl, Popup, ScaleControl, setWorkerUrl } from "maplibre-gl";
import workerText from "worker-text:maplibre-gl/dist/maplibre-gl-worker.mjs";
import { convoyLayers, drivenSources, stationLayers } from "./convoys.js";
import { flows } from "./flows.js";
import { unpack, unpackSteps } from "./unpack.js";

const INK = "#1b2733";
const PAPER = "#f6f5f1";
const FONT = ["Noto Sans, Noto Sans Arabic, Segoe UI, Arial, sans-serif"];
const MINOR = 0;
const MAJOR = 1;
const BEYOND = 2;
const SHUT = 3;

/**
 * Draw the map into `place`; return a function that shows one slot, or null without WebGL.
 *
 * `onZone` is called with a zone's row when somebody asks for its calls.
 */
export function drawMap(place, data, colours, voice, words, onZone) {
  if (!canDraw()) return null;
  setWorkerUrl(URL.createObjectURL(new Blob([workerText], { type: "text/javascript" })));
  const streets = streetLines(data);
  const used = flows(data, streets.length);
  const map = new LiveMap({
    container: place,
    style: style(data, streets, used, colours),
    bounds: bounds(data),
    fitBoundsOptions: { padding: 28 },
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxPitch: 0,
    cooperativeGestures: false,
    locale: {
      "NavigationControl.ZoomIn": voice.say("zoom_in"),
      "NavigationControl.ZoomOut": voice.say("zoom_out"),
      "Popup.Close": voice.say("close"),
      "Map.Title": voice.say("map"),
      "ScaleControl.Meters": voice.say("metres"),
      "ScaleControl.Kilometers": voice.say("kilometres"),
    },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  // The page scrolls past the map; the map zooms by its buttons, by a pinch, or with Ctrl held.
  map.scrollZoom.disable();
  place.addEventListener("wheel", (event) => zoomWithControl(map, event), { passive: false });
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ maxWidth: 120 }), "bottom-left");
  zonePopups(map, data, voice, words, onZone);

  const most = Math.max(1, ...used.slots.map((column) => Math.max(...column)));
  const shown = new Float32Array(used.links.length);
  const waiting = data.course.waiting.map(unpackSteps);
  let wanted = 0;
  const show = (slot) => {
    wanted = slot;
    if (!place.dataset.painted) return;
    used.slots.forEach((column, row) => {
      if (column[slot] === shown[row]) return;
      shown[row] = column[slot];
      const wide = column[slot] > 0.5 ? 1 + 11 * Math.sqrt(column[slot] / most) : 0;
      map.setFeatureState({ source: "flows", id: row }, { wide });
    });
    waiting.forEach((row, number) => {
      const share = row[slot] / Math.max(1, data.corridors[number].limit);
      map.setFeatureState({ source: "mouths", id: number }, { share: Math.min(1.2, share) });
    });
  };
  map.once("load", () => {
    place.dataset.painted = "yes";
    show(wanted);
  });
  return show;
}

function canDraw() {
  try {
    const canvas = document.createElement("canvas");
    return Boolean(canvas.getContext("webgl2"));
  } catch {
    return false;
  }
}

function zoomWithControl(map, event) {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const box = map.getCanvas().getBoundingClientRect();
  const around = map.unproject([event.clientX - box.left, event.clientY - box.top]);
  map.zoomTo(map.getZoom() - Math.sign(event.deltaY) * 0.5, { around, duration: 120 });
}

function streetLines(data) {
  const [count, kind, length] = ["count", "kind", "length"].map((name) => unpack(data.streets[name]));
  const [lon, lat] = ["lon", "lat"].map((name) => unpackSteps(data.streets[name]));
  const lines = [];
  let at = 0;
  for (const points of count) {
    const line = [];
    for (const stop = at + points; at < stop; at += 1) line.push([lon[at] * data.unit, lat[at] * data.unit]);
    lines.push(line);
  }
  return { lines, kind, length };
}

function bounds(data) {
  const points = [
    ...data.outline,
    ...data.corridors.map((one) => one.at),
    ...data.receptions.map((one) => one.at),
  ];
  const lon = points.map((point) => point[0]);
  const lat = points.map((point) => point[1]);
  return [
    [Math.min(...lon), Math.min(...lat)],
    [Math.max(...lon), Math.max(...lat)],
  ];
}

function style(data, streets, used, colours) {
  return {
    version: 8,
    sources: {
      streets: { type: "geojson", data: streetsByKind(streets), tolerance: 0.3 },
      outline: { type: "geojson", data: feature("Polygon", [closed(data.outline)]) },
      ...drivenSources(data, streets, { collection, feature, point }),
      zones: { type: "geojson", data: collection(data.zones.map(zoneFeature)) },
      places: { type: "geojson", data: collection(data.zones.map(zonePlace)) },
      corridors: { type: "geojson", data: collection(corridorLines(data, streets, colours)) },
      flows: { type: "geojson", data: collection(flowLines(streets, used, colours)), tolerance: 0.3 },
      mouths: {
        type: "geojson",
        data: collection(
          data.corridors.map((one, row) => point(one.at, { code: one.id, colour: colours[row] }, row)),
        ),
      },
      sites: {
        type: "geojson",
        data: collection(data.receptions.map((one) => point(one.at, { code: one.id }))),
      },
    },
    layers: layers(),
  };
}

function layers() {
  const byZoom = (low, high) => ["interpolate", ["exponential", 1.5], ["zoom"], 11, low, 16, high];
  const wide = ["coalesce", ["feature-state", "wide"], 0];
  const share = ["coalesce", ["feature-state", "share"], 0];
  const street = (id, kind, colour, low, high) => ({
    id,
    type: "line",
    source: "streets",
    filter: ["==", ["get", "kind"], kind],
    layout: { "line-cap": "round" },
    paint: { "line-color": colour, "line-width": byZoom(low, high) },
  });
  return [
    { id: "paper", type: "background", paint: { "background-color": PAPER } },
    { id: "pocket", type: "fill", source: "outline", paint: { "fill-color": "#ffffff" } },
    {
      id: "zones",
      type: "fill",
      source: "zones",
      paint: {
        "fill-color": ["interpolate", ["linear"], ["get", "share"], 0, "#f5e2bd", 1, "#bfdaec"],
        "fill-opacity": 0.75,
      },
    },
    street("beyond", BEYOND, "#dad8d1", 0.5, 3),
    street("shut", SHUT, "#d3b9b4", 0.5, 3),
    street("minor", MINOR, "#d3d7dc", 0.4, 4),
    street("major", MAJOR, "#b9c0c8", 0.9, 7),
    {
      id: "zone-edges",
      type: "line",
      source: "zones",
      paint: { "line-color": "#8b9db0", "line-width": 0.8 },
    },
    {
      id: "outline",
      type: "line",
      source: "outline",
      paint: { "line-color": INK, "line-width": 1.6, "line-dasharray": [4, 2] },
    },
    {
      id: "corridors",
      type: "line",
      source: "corridors",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": ["get", "colour"], "line-width": 3, "line-opacity": 0.45 },
    },
    {
      id: "flows",
      type: "line",
      source: "flows",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": ["get", "colour"],
        "line-width": ["interpolate", ["linear"], ["zoom"], 11, ["*", 0.6, wide], 16, ["*", 1.6, wide]],
        "line-opacity": 0.9,
      },
    },
    ...convoyLayers(),
    label("zone-codes", "places", { size: 11, colour: "#33475b" }),
    {
      id: "waiting",
      type: "circle",
      source: "mouths",
      paint: {
        "circle-radius": ["+", 11, ["*", 22, ["sqrt", share]]],
        "circle-color": ["get", "colour"],
        "circle-opacity": 0.28,
      },
    },
    {
      id: "mouths",
      type: "circle",
      source: "mouths",
      paint: {
        "circle-radius": 11,
        "circle-color": ["get", "colour"],
        "circle-stroke-color": "#ffffff",
        "circle-stroke-width": 2,
      },
    },
    label("mouth-codes", "mouths", { size: 12, colour: "#ffffff", always: true }),
    {
      id: "sites",
      type: "circle",
      source: "sites",
      paint: {
        "circle-radius": 11,
        "circle-color": "#ffffff",
        "circle-stroke-color": INK,
        "circle-stroke-width": 2,
      },
    },
    label("site-codes", "sites", { size: 12, colour: INK, always: true }),
    ...stationLayers(label),
  ];
}

function label(id, source, { size, colour, always = false }) {
  return {
    id,
    type: "symbol",
    source,
    layout: {
      "text-field": ["get", "code"],
      "text-font": FONT,
      "text-size": size,
      "text-allow-overlap": always,
      "text-ignore-placement": always,
    },
    paint: always
      ? { "text-color": colour }
      : { "text-color": colour, "text-halo-color": "#ffffff", "text-halo-width": 1.4 },
  };
}

function zonePopups(map, data, voice, words, onZone) {
  map.on("click", "zones", (event) => {
    const row = event.features[0].id;
    const content = popupContent(data, row, voice, words, () => onZone(row));
    new Popup({ maxWidth: "280px" }).setLngLat(event.lngLat).setDOMContent(content).addTo(map);
  });
  for (const [name, cursor] of [["mouseenter", "pointer"], ["mouseleave", ""]]) {
    map.on(name, "zones", () => {
      map.getCanvas().style.cursor = cursor;
    });
  }
}

function popupContent(data, row, voice, words, onAsk) {
  const zone = data.zones[row];
  const box = document.createElement("div");
  box.dir = words.lang === "ar" ? "rtl" : "ltr";
  box.className = "zone-popup";
  const line = (tag, text) => {
    const element = document.createElement(tag);
    element.textContent = text;
    box.append(element);
    return element;
  };
  line("strong", voice.say("zone", { code: zone.id }));
  line("p", voice.say("zone_inside", { n: zone.inside }));
  line("p", voice.say("zone_willing", { n: zone.willing }));
  line("p", voice.say("zone_out", { n: zone.out }));
  const ask = line("button", voice.say("zone_calls"));
  ask.type = "button";
  ask.addEventListener("click", onAsk);
  return box;
}

function streetsByKind({ lines, kind }) {
  const kinds = [MINOR, MAJOR, BEYOND, SHUT];
  return collection(
    kinds.map((one) => ({
      ...feature("MultiLineString", lines.filter((_, row) => kind[row] === one)),
      properties: { kind: one },
    })),
  );
}

function corridorLines(data, streets, colours) {
  return data.corridors.map((one, row) => ({
    ...feature("MultiLineString", one.tail.map((link) => streets.lines[link])),
    properties: { colour: colours[row] },
  }));
}

function flowLines(streets, used, colours) {
  return used.links.map((link, row) => ({
    ...feature("LineString", streets.lines[link]),
    id: row,
    properties: { colour: colours[used.corridor[row]] },
  }));
}

function zoneFeature(zone, row) {
  const share = zone.willing ? zone.out / zone.willing : 0;
  return {
    ...feature("MultiPolygon", zone.rings.map((ring) => [closed(ring)])),
    id: row,
    properties: { share },
  };
}

function zonePlace(zone) {
  const ring = zone.rings.reduce((best, one) => (one.length > best.length ? one : best), []);
  const middle = (axis) => {
    const values = ring.map((corner) => corner[axis]);
    return (Math.min(...values) + Math.max(...values)) / 2;
  };
  return point([middle(0), middle(1)], { code: zone.id });
}

function closed(ring) {
  const [first] = ring;
  const last = ring[ring.length - 1];
  return first[0] === last[0] && first[1] === last[1] ? ring : [...ring, first];
}

function point(at, properties, id) {
  return { ...feature("Point", at), properties, id };
}

function feature(type, coordinates) {
  return { type: "Feature", properties: {}, geometry: { type, coordinates } };
}

function collection(features) {
  return { type: "FeatureCollection", features };
}
