// Depots, hospitals and convoys on the live map, where the scenario has any.
import { unpackSteps } from "./unpack.js";

const VIOLET = "#5a3d7a";
const PALE = "#e9dff3";

/** Return the map's sources of places outside and of convoys, from what the report carries. */
export function drivenSources(data, streets, { collection, feature, point }) {
  const ways = (data.convoys ?? []).map((one) =>
    feature("MultiLineString", unpackSteps(one.links).map((link) => streets.lines[link])),
  );
  const marks = (data.places ?? []).map((one) => point(one.at, { code: one.id, kind: one.kind }));
  return {
    convoys: { type: "geojson", data: collection(ways) },
    stations: { type: "geojson", data: collection(marks) },
  };
}

/** Return the layers of convoys, which lie under the mouths. */
export function convoyLayers() {
  const layout = { "line-cap": "round", "line-join": "round" };
  return [
    {
      id: "convoy-edges",
      type: "line",
      source: "convoys",
      layout,
      paint: { "line-color": VIOLET, "line-width": 6 },
    },
    {
      id: "convoys",
      type: "line",
      source: "convoys",
      layout,
      paint: { "line-color": "#ffffff", "line-width": 2 },
    },
  ];
}

/** Return the layers of depots and hospitals. */
export function stationLayers(label) {
  const depot = ["==", ["get", "kind"], "depot"];
  return [
    {
      id: "stations",
      type: "circle",
      source: "stations",
      paint: {
        "circle-radius": 12,
        "circle-color": ["case", depot, VIOLET, PALE],
        "circle-stroke-color": ["case", depot, "#ffffff", VIOLET],
        "circle-stroke-width": 2,
      },
    },
    label("station-codes", "stations", {
      size: 11,
      colour: ["case", depot, "#ffffff", "#1b2733"],
      always: true,
    }),
  ];
}
