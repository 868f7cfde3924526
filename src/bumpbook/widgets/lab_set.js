// A painted set of labels: 256 flags, row by row, and the digits in which `bumpbook.frame.painting.painted` writes them.

export const SIDE = 16;
export const COUNT = SIDE * SIDE;
// How far a drawing lies off, in hundredths of a pixel: no shape at all, and not drawn yet.
export const [NO_SHAPE, UNSEEN] = [255, 254];
// The two distances within which it is right: one that a copied neighbour does not pass, and one that it does.
export const [NEAR, FAR] = [45, 100];

/**
 * The digits of a set: four labels a digit, the leftmost label the highest bit.
 * @param {Uint8Array} set
 */
export const rowsOf = (set) =>
  Array.from({ length: COUNT / 4 }, (_, i) => [0, 1, 2, 3].reduce((sum, k) => 2 * sum + set[4 * i + k], 0).toString(16)).join("");

/**
 * The set that digits stand for; throws for anything else.
 * @param {unknown} rows
 */
export function setOf(rows) {
  if (typeof rows !== "string" || !new RegExp(`^[0-9a-f]{${COUNT / 4}}$`).test(rows)) {
    throw new Error(`its set of labels is not ${COUNT / 4} of the digits 0-9 and a-f`);
  }
  return Uint8Array.from({ length: COUNT }, (_, i) => (parseInt(rows[i >> 2], 16) >> (3 - (i & 3))) & 1);
}

/**
 * How many labels are trained on and held out, and how many values of x and of y are seen.
 * @param {Uint8Array} set
 */
export function counts(set) {
  const train = set.reduce((sum, flag) => sum + flag, 0);
  const seen = (/** @type {(i: number) => number} */ value) => new Set([...set.keys()].filter((i) => set[i]).map(value)).size;
  return { train, held: COUNT - train, xs: seen((i) => i % SIDE), ys: seen((i) => Math.floor(i / SIDE)) };
}

/**
 * The labels of a set, as pairs.
 * @param {Uint8Array} set
 */
export const labelsOf = (set) =>
  Float32Array.from([...set.keys()].filter((i) => set[i]).flatMap((i) => [i % SIDE, Math.floor(i / SIDE)]));

/**
 * All cells on the straight way from one to another, both included.
 * @param {number} from
 * @param {number} to
 */
export function way(from, to) {
  const [x, y, u, v] = [from % SIDE, Math.floor(from / SIDE), to % SIDE, Math.floor(to / SIDE)];
  const steps = Math.max(Math.abs(u - x), Math.abs(v - y), 1);
  return Array.from({ length: steps + 1 }, (_, i) => Math.round(x + ((u - x) * i) / steps) + SIDE * Math.round(y + ((v - y) * i) / steps));
}
