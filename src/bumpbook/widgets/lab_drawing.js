// What the network draws at the asked point, with a ring where it belongs and one sentence on what came out.

import { FAR, NEAR, NO_SHAPE, UNSEEN } from "./lab_set.js";
import { brushFor, element } from "./frame.js";
import { drawImage } from "./pixels.js";

/** @param {number} size of an image, in pixels */
export function drawing(size) {
  const canvas = element("canvas", { width: size, height: size, role: "img" });
  const ring = element("div", { class: "bwlab-ring" });
  const frame = element("div", { class: "bwlab-image" }, canvas, ring);
  const words = element("p", { class: "bwlab-reading" });
  const root = element("div", { class: "bwlab-drawing" }, frame, words);
  const context = brushFor(canvas);
  /**
   * @param {ArrayLike<number> | null} image from 0 to 1; null: none yet
   * @param {number[]} label
   * @param {number} sigma
   * @param {string} text
   * @param {boolean | null} right
   */
  const show = (image, label, sigma, text, right) => {
    if (image) drawImage(context, image, size);
    else context.clearRect(0, 0, size, size);
    const [left, top] = label.map((value) => (100 * (value + 0.5)) / size);
    ring.style.cssText = `left: ${left}%; top: ${top}%; width: ${Math.max(440 * sigma, 400) / size}%`;
    words.textContent = text;
    words.dataset.right = String(right);
    canvas.setAttribute("aria-label", `A drawing asked for at (${label.map(tidy).join(", ")}): ${text}`);
  };
  return { root, show };
}

/**
 * What a distance says in words.
 * @param {number} off hundredths of a pixel
 */
export function verdict(off) {
  if (off === UNSEEN) return "not drawn yet";
  if (off === NO_SHAPE) return "✗ no such shape";
  if (off <= NEAR) return "✓ right";
  return off <= FAR ? `✗ ${(off / 100).toFixed(2)} px off: its neighbour?` : `✗ ${(off / 100).toFixed(1)} px off`;
}

/** @param {number} value */
export const tidy = (value) => String(Number(value.toFixed(1)));

/**
 * The picture of a cell out of many, as shares of ink.
 * @param {Uint8Array} pictures
 * @param {number} cell
 * @param {number} size
 */
export const pictureOf = (pictures, cell, size) => Float32Array.from(pictures.subarray(cell * size * size, (cell + 1) * size * size), (value) => value / 255);
