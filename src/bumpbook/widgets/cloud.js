// Points that are turned in three or four dimensions and seen in perspective.

const EYE = 3.2; // distance of the eye, in radii of the cloud
const EYE_4D = 1.3; // the same for the step from four dimensions to three

/**
 * Where points (n, d), d = 2 to 4, within a ball of radius 1 appear: x to the right, y down, depth towards the eye.
 *
 * The fourth coordinate, when there is one, decides how near a point is before the usual turn: that is how a flat
 * torus, which has no room in three dimensions, becomes a doughnut. `fourth` turns the plane of the first and last axis.
 * @param {ArrayLike<number>} points
 * @param {number} d
 * @param {{turn: number, tilt: number, fourth: number}} view angles in degrees
 * @returns {Float32Array} (n, 3)
 */
export function project(points, d, { turn, tilt, fourth }) {
  const [ct, st, cp, sp, cf, sf] = [turn, tilt, fourth].flatMap((a) => [Math.cos((a * Math.PI) / 180), Math.sin((a * Math.PI) / 180)]);
  const n = points.length / d;
  const seen = new Float32Array(3 * n);
  let widest = 0; // of the cloud in three dimensions, squared
  for (let i = 0; i < n; i++) {
    let [x, y, z, near] = [points[d * i], points[d * i + 1], d > 2 ? points[d * i + 2] : 0, 1];
    if (d > 3) {
      const w = points[d * i + 3];
      near = EYE_4D / (EYE_4D - (sf * x + cf * w));
      x = cf * x - sf * w;
    }
    seen.set([near * x, near * y, near * z], 3 * i);
    widest = Math.max(widest, near * near * (x * x + y * y + z * z));
  }
  const fit = d > 3 && widest > 0 ? 1 / Math.sqrt(widest) : 1;
  for (let i = 0; i < n; i++) {
    const [x, y, z] = [fit * seen[3 * i], fit * seen[3 * i + 1], fit * seen[3 * i + 2]];
    const right = ct * x - st * y;
    const back = st * x + ct * y;
    const depth = cp * z - sp * back; // tilt 0 looks straight down the third axis
    const up = sp * z + cp * back;
    const scale = EYE / (EYE - depth);
    seen.set([scale * right, -scale * up, depth], 3 * i);
  }
  return seen;
}

/**
 * Pairs of points whose labels are next to each other in x or in y, around the torus in a periodic world.
 * @param {ArrayLike<number>} labels (n, 2)
 * @param {boolean} periodic
 * @returns {Int32Array} a, b, a, b, ...
 */
export function edges(labels, periodic) {
  const n = labels.length / 2;
  const [columns, rows] = axes(labels);
  const at = new Map();
  for (let i = 0; i < n; i++) at.set(columns.indexOf(labels[2 * i]) * rows.length + rows.indexOf(labels[2 * i + 1]), i);
  const pairs = [];
  const turn = (/** @type {number} */ place, /** @type {number} */ count) => (periodic && count > 2 ? place % count : place);
  for (const [key, i] of at) {
    const [x, y] = [Math.floor(key / rows.length), key % rows.length];
    for (const [u, v] of [[turn(x + 1, columns.length), y], [x, turn(y + 1, rows.length)]]) {
      const j = u < columns.length && v < rows.length ? at.get(u * rows.length + v) : undefined;
      if (j !== undefined) pairs.push(i, j);
    }
  } // prettier-ignore
  return Int32Array.from(pairs);
}

/**
 * The values that x takes, and those that y takes, rising.
 * @param {ArrayLike<number>} labels (n, 2)
 * @returns {[number[], number[]]}
 */
export function axes(labels) {
  const values = (/** @type {number} */ c) =>
    [...new Set(Array.from({ length: labels.length / 2 }, (_, i) => labels[2 * i + c]))].sort((a, b) => a - b);
  return [values(0), values(1)];
}
