// The browser's side of clearway/publish/packing.py.

/** Return the whole numbers of a packed column. */
export function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const values = [];
  let value = 0;
  let unit = 1;
  for (const byte of bytes) {
    value += (byte & 127) * unit;
    unit *= 128;
    if (byte < 128) {
      values.push(value % 2 ? -(value + 1) / 2 : value / 2);
      value = 0;
      unit = 1;
    }
  }
  return values;
}

/** Return the whole numbers of a column packed as differences. */
export function unpackSteps(text) {
  let last = 0;
  return unpack(text).map((step) => (last += step));
}
