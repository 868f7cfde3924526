// A world's images as canvas.py draws them: flat arrays of size * size pixels, row by row; a label is [x, y] in pixels.

/**
 * A world as canvas.py has it, in plain numbers.
 * @typedef {{size: number, sigma: number, kind: string, periodic: boolean, margin: number, spacing: number}} World
 */

/**
 * Is each factor of a label inside the frame?
 * @param {World} world
 * @param {number[]} label
 */
export function visible({ margin, size }, label) {
  return label.map((value) => value >= margin && value < margin + size);
}

/**
 * How far two positions along one axis are apart, in pixels; around the torus in a periodic world.
 * @param {World} world
 * @param {number} a
 * @param {number} b
 */
export function distance({ periodic, size }, a, b) {
  const apart = Math.abs(a - b);
  return periodic ? Math.min(apart, size - apart) : apart;
}

/**
 * One factor's Gaussian over the frame's pixels; where it is not visible, what it leaves behind there.
 * @param {World} world
 * @param {number} position
 * @param {boolean} seen
 */
export function profile(world, position, seen) {
  const { size, sigma, margin, kind } = world;
  return Float64Array.from({ length: size }, (_, i) => {
    if (!seen) return kind === "sos" ? 0 : 1;
    return Math.exp(-(distance(world, i + margin, position) ** 2) / (2 * sigma ** 2));
  });
}

/**
 * The image of a position, row by row, as canvas.py draws it.
 * @param {World} world
 * @param {number[]} at
 * @param {boolean[]} shape which factors are visible
 */
export function imageOf(world, at, shape) {
  const [column, row] = at.map((value, axis) => profile(world, value, shape[axis]));
  const { size, kind } = world;
  return Float64Array.from({ length: size * size }, (_, i) => {
    const [a, b] = [column[i % size], row[Math.floor(i / size)]];
    return kind === "sos" ? (a + b) / 2 : a * b;
  });
}
