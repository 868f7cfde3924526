// The middle layer from inside: one point a label along the two widest directions, neighbours joined, held-out ones ringed.

import { COUNT, SIDE } from "./lab_set.js";
import { edges } from "./cloud.js";
import { brushFor, element } from "./frame.js";
import { ramp } from "./pixels.js";

const WIDE = 300; // CSS pixels

export function inside() {
  const canvas = element("canvas", { role: "img", class: "bwlab-cloud" });
  const words = element("p", { class: "bwfig-note" }, "One point a label, coloured by x, neighbours joined, held-out ones ringed: what the middle layer makes of the label and pure noise, along its two widest directions.");
  const root = element("div", { class: "bwlab-part" }, element("p", { class: "bwlab-head" }, "Inside: the middle layer"), canvas, words);
  const context = brushFor(canvas);
  const pairs = edges(Array.from({ length: 2 * COUNT }, (_, i) => (i % 2 ? Math.floor((i >> 1) / SIDE) : (i >> 1) % SIDE)), false);
  /**
   * @param {Float32Array | null} points (256, 2) in [-1, 1]
   * @param {Uint8Array} set
   * @param {boolean} dark
   * @param {CSSStyleDeclaration} colours
   */
  const show = (points, set, dark, colours) => {
    const ratio = window.devicePixelRatio || 1;
    const [wide, high] = [canvas.clientWidth || WIDE, canvas.clientHeight || WIDE];
    [canvas.width, canvas.height] = [Math.round(wide * ratio), Math.round(high * ratio)];
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    canvas.setAttribute("aria-label", points ? `${COUNT} points, the labels in the middle layer; ${set.filter((flag) => !flag).length} of them are held out` : "Empty until training begins");
    if (!points) return;
    const unit = Math.min(wide, high) / 2 - 6;
    const at = (/** @type {number} */ i, /** @type {0 | 1} */ c) => [wide, high][c] / 2 + unit * points[2 * i + c];
    context.strokeStyle = colours.getPropertyValue("--control");
    context.globalAlpha = 0.35;
    context.lineWidth = 1;
    context.beginPath();
    for (let k = 0; k < pairs.length; k += 2) {
      context.moveTo(at(pairs[k], 0), at(pairs[k], 1));
      context.lineTo(at(pairs[k + 1], 0), at(pairs[k + 1], 1));
    }
    context.stroke();
    context.globalAlpha = 1;
    const colour = ramp(false, dark);
    for (const flag of [1, 0]) {
      for (let i = 0; i < COUNT; i++) {
        if (set[i] !== flag) continue;
        context.beginPath();
        context.arc(at(i, 0), at(i, 1), 3.4, 0, 2 * Math.PI);
        context.fillStyle = colour((i % SIDE) / (SIDE - 1));
        context.fill();
        if (flag) continue;
        context.lineWidth = 1.6;
        context.strokeStyle = colours.getPropertyValue("--wrong");
        context.stroke();
      }
    }
  };
  return { root, show };
}
