// The package's formulas in the browser: DDIM as in diffusion.py, the matched filter as in measure.py.

import { distance, imageOf, profile, visible } from "./world.js";

/** @typedef {import("./world.js").World} World */

/**
 * What a matched filter found: a factor that is not visible is null, `clear` says that the fit is good enough to count
 * as a shape, and `right` that it is the label's own shape in the label's place.
 * @typedef {{x: number | null, y: number | null, clear: boolean, right: boolean}} Reading
 *
 * @typedef {{x: number | null, y: number | null, residual: number, error: number}} Fit
 */

const BLANK_RMS = 0.05; // measure.BLANK_RMS
const MAX_LEFT = 0.05; // measure.MAX_LEFT
const MAX_RESIDUAL = 0.3; // measure.MAX_RESIDUAL

/**
 * Falling times that end the schedule's last time first; Python's `round` takes halves to the even number.
 * @param {number} total steps of the schedule
 * @param {number} steps steps of the sampler
 */
export function samplingTimes(total, steps) {
  return Array.from({ length: steps }, (_, i) => {
    const exact = total * (1 - i / steps);
    const near = Math.round(exact);
    return (near - exact === 0.5 && near % 2 ? near - 1 : near) - 1;
  });
}

/**
 * The next, less noisy image by DDIM with eta = 0 (diffusion.ddim_step), from the network's raw output.
 * @param {Float32Array} x noisy image, in scaled units
 * @param {Float32Array} output
 * @param {string} target what the output stands for: "eps", "v" or "x0"
 * @param {number} alphaBar at this time
 * @param {number} before alphaBar at the next time; 1 when no noise is left
 */
export function ddimStep(x, output, target, alphaBar, before) {
  const signal = Math.sqrt(alphaBar);
  const sigma = Math.sqrt(1 - alphaBar);
  return x.map((value, i) => {
    let x0 = output[i];
    if (target === "eps") x0 = (value - sigma * output[i]) / signal;
    if (target === "v") x0 = signal * value - sigma * output[i];
    const eps = (value - signal * x0) / sigma;
    return Math.sqrt(before) * x0 + Math.sqrt(Math.max(0, 1 - before)) * eps;
  });
}

/**
 * What an image shows, held against the label that it was drawn for.
 * @param {Float32Array} image in pixel values
 * @param {World} world
 * @param {number[]} label
 * @returns {Reading}
 */
export function read(image, world, label) {
  const asked = visible(world, label);
  const energy = image.reduce((sum, v) => sum + v * v, 0);
  const shapes = world.margin ? [[true, true], [true, false], [false, true]] : [[true, true]];
  const fits = shapes.map((shape) => fit(image, world, shape));
  const best = fits.reduce((a, b) => (b.error < a.error ? b : a));
  // as measure._best_fit: a mean over the pixels alone would let a whole bump pass in a large frame
  const left = energy - best.error;
  const shows = left > MAX_LEFT || (left > 0 && best.residual < MAX_RESIDUAL);
  const isBlank = world.margin > 0 && Math.sqrt(energy / image.length) < BLANK_RMS && !shows;
  const found = isBlank ? { x: null, y: null, clear: true } : { x: best.x, y: best.y, clear: best.residual < MAX_RESIDUAL };
  if (!asked.includes(true)) return { ...found, right: isBlank };
  const own = held(fits[shapes.findIndex((shape) => shape.every((see, i) => see === asked[i]))], world, label);
  return { ...found, right: own.clear && own.off <= 1 };
}

/**
 * A drawing held against a label in a world without a margin: is it a shape, and how many pixels does it lie off in the
 * worse of x and y?
 * @param {Float32Array} image in pixel values
 * @param {World} world
 * @param {number[]} label
 */
export const judge = (image, world, label) => held(fit(image, world, [true, true]), world, label);

/**
 * @param {Fit} found
 * @param {World} world
 * @param {number[]} label
 */
function held({ x, y, residual }, world, label) {
  const apart = [x, y].map((value, i) => (value === null ? 0 : distance(world, value, label[i])));
  return { clear: residual < MAX_RESIDUAL, off: Math.max(...apart) };
}

/**
 * The least-squares position of one shape, given by which factors are visible: a coarse grid, then a zoom.
 * @param {Float32Array} image
 * @param {World} world
 * @param {boolean[]} shape
 * @returns {Fit}
 */
function fit(image, world, shape) {
  const { size, sigma, kind, margin, periodic } = world;
  // a profile narrower than a pixel changes faster than it is wide
  const first = sigma < 0.75 ? Math.max(sigma ** 2 / 4, 0.01) : Math.min(0.25, sigma / 2);
  const count = Math.ceil(size / first - 1e-9);
  const whole = Array.from({ length: count }, (_, i) => margin + i * first);
  const zoom = (/** @type {number[]} */ at) => {
    let width = first;
    for (let pass = 0; pass < 8; pass++) {
      const windows = at.map((middle) =>
        Array.from({ length: 9 }, (_, i) => {
          const near = middle + (width * (i - 4)) / 4;
          return periodic ? (near + size) % size : Math.min(Math.max(near, margin), margin + size - 1e-4);
        }),
      );
      at = best(image, world, shape, windows);
      width /= 3;
    }
    return at;
  };
  const miss = (/** @type {number[]} */ at) => imageOf(world, at, shape).reduce((sum, v, i) => sum + (image[i] - v) ** 2, 0);
  let at = zoom(best(image, world, shape, [whole, whole]));
  // in a narrow sum of stripes one coordinate makes up for the other's lying on the wrong side of its pixel
  if (sigma < 0.75 && kind === "sos" && !shape.includes(false)) {
    for (const axes of [[true, false], [false, true], [true, true]]) {
      const other = zoom(at.map((value, axis) => (axes[axis] ? 2 * Math.round(value) - value : value)));
      if (miss(other) < miss(at)) at = other;
    }
  }
  const drawn = imageOf(world, at, shape);
  const mean = drawn.reduce((sum, v) => sum + v, 0) / drawn.length;
  const error = miss(at);
  const spread = drawn.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return { x: shape[0] ? at[0] : null, y: shape[1] ? at[1] : null, residual: error / spread, error };
}

/**
 * The point of a grid whose drawing r is nearest to the image: the largest 2 <image, r> - |r|^2.
 * @param {Float32Array} image
 * @param {World} world
 * @param {boolean[]} shape
 * @param {number[][]} grid values of x and of y
 */
function best(image, world, shape, grid) {
  const { size, kind } = world;
  const [columns, rows] = grid.map((values, axis) => lines(world, shape[axis] ? values : [0], shape[axis]));
  const square = (/** @type {Float64Array} */ line) => line.reduce((sum, v) => sum + v * v, 0);
  const total = (/** @type {Float64Array} */ line) => line.reduce((sum, v) => sum + v, 0);
  const sizes = columns.map((line) => [square(line), total(line)]);
  let top = -Infinity;
  let at = [0, 0];
  rows.forEach((row, j) => {
    const [rowSquare, rowTotal] = [square(row), total(row)];
    const along = new Float64Array(size); // the image, summed over its rows with this profile
    let down = 0; // and its own match with the profile, for a sum of stripes
    for (let r = 0; r < size; r++) {
      for (let c = 0; c < size; c++) {
        const pixel = image[r * size + c];
        along[c] += kind === "sos" ? pixel : row[r] * pixel;
        down += row[r] * pixel;
      }
    }
    columns.forEach((column, i) => {
      let match = 0;
      for (let c = 0; c < size; c++) match += column[c] * along[c];
      let energy = rowSquare * sizes[i][0];
      if (kind === "sos") {
        match = (match + down) / 2;
        energy = (size * (rowSquare + sizes[i][0]) + 2 * rowTotal * sizes[i][1]) / 4;
      }
      if (2 * match - energy > top) {
        top = 2 * match - energy;
        at = [grid[0][i], grid[1][j]];
      }
    });
  });
  return at;
}

let kept = { key: "", lines: [new Float64Array(0)] };

/**
 * The profiles of a grid of positions. Those of the coarse grid, the same for every image of a world, are kept.
 * @param {World} world
 * @param {number[]} values
 * @param {boolean} seen
 */
function lines(world, values, seen) {
  const key = values.length > 9 ? [world.size, world.sigma, world.margin, world.periodic, values.length, seen].join() : "";
  if (key && key === kept.key) return kept.lines;
  const made = values.map((value) => profile(world, value, seen));
  if (key) kept = { key, lines: made };
  return made;
}
