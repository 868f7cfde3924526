// Numbers out of bytes, and the book's colours for images and for points.

/** @typedef {[number, number, number]} Colour */

// plots/style.py: white paper to dark ink.
/** @type {Colour[]} */
const INK = [[255, 255, 255], [181, 218, 240], [86, 168, 220], [14, 102, 166], [8, 51, 92], [4, 26, 48]];
// Two ends that differ in lightness, or a circle that comes back to where it began.
/** @type {Record<string, Colour[]>} */
const RAMPS = {
  line: [[68, 1, 84], [65, 68, 135], [42, 120, 142], [34, 155, 118], [96, 180, 60], [190, 175, 20]],
  lineDark: [[110, 110, 205], [75, 140, 200], [45, 165, 165], [70, 195, 120], [150, 215, 70], [253, 231, 37]],
  circle: [[0, 114, 178], [0, 150, 140], [120, 150, 20], [214, 140, 0], [196, 69, 1], [150, 60, 140], [0, 114, 178]],
  circleDark: [[86, 180, 233], [60, 195, 165], [170, 195, 70], [240, 175, 40], [240, 120, 80], [200, 120, 205], [86, 180, 233]],
}; // prettier-ignore

/**
 * A colour of a ramp at `t` from 0 to 1.
 * @param {Colour[]} stops
 * @param {number} t
 * @returns {Colour}
 */
function between(stops, t) {
  const place = Math.min(Math.max(t, 0), 1) * (stops.length - 1);
  const low = Math.min(Math.floor(place), stops.length - 2);
  const part = place - low;
  const mix = (/** @type {0 | 1 | 2} */ c) => Math.round(stops[low][c] * (1 - part) + stops[low + 1][c] * part);
  return [mix(0), mix(1), mix(2)];
}

/**
 * The ramp by which points are coloured, as a CSS colour at `t` from 0 to 1.
 * @param {boolean} circular a ramp whose ends meet
 * @param {boolean} dark
 * @returns {(t: number) => string}
 */
export function ramp(circular, dark) {
  const stops = RAMPS[(circular ? "circle" : "line") + (dark ? "Dark" : "")];
  return (t) => `rgb(${between(stops, t).join(" ")})`;
}

/**
 * Draw an image of `size` by `size` values from 0 to 1, each as one pixel of the canvas.
 * @param {CanvasRenderingContext2D} context
 * @param {ArrayLike<number>} values
 * @param {number} size
 * @param {number} [left]
 * @param {number} [top]
 */
export function drawImage(context, values, size, left = 0, top = 0) {
  const image = new ImageData(size, size);
  for (let i = 0; i < size * size; i++) {
    image.data.set(between(INK, values[i]), 4 * i);
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, left, top);
}

/**
 * The bytes of a trait, checked for their number.
 * @param {any} value DataView, ArrayBuffer or typed array, as the front end hands over bytes
 * @param {string} name
 * @param {number} length
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytes(value, name, length) {
  const view = ArrayBuffer.isView(value) ? value : new DataView(value ?? new ArrayBuffer(0));
  if (view.byteLength !== length) {
    throw new Error(`its ${name} have ${view.byteLength} bytes instead of ${length}, so the page or file was cut short`);
  }
  return new Uint8Array(/** @type {ArrayBuffer} */ (view.buffer).slice(view.byteOffset, view.byteOffset + view.byteLength));
}

/**
 * Numbers from -1 to 1, which Python wrote as 16-bit whole numbers.
 * @param {any} value
 * @param {string} name
 * @param {number} count
 * @returns {Float32Array}
 */
export function shorts(value, name, count) {
  return Float32Array.from(new Int16Array(bytes(value, name, 2 * count).buffer), (n) => n / 32767);
}

/**
 * 32-bit floating point numbers.
 * @param {any} value
 * @param {string} name
 * @param {number} count
 * @returns {Float32Array}
 */
export const floats = (value, name, count) => new Float32Array(bytes(value, name, 4 * count).buffer);
