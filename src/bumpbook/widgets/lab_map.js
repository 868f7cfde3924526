// The map of labels: painted while it is a question, judged when it is an answer, and with a point that is asked for.

import { COUNT, FAR, NEAR, SIDE, UNSEEN } from "./lab_set.js";
import { brushFor, element } from "./frame.js";

/**
 * What the map shows: the set, the verdict on each label (null: none yet), the asked point, and the key's cell. Only when
 * training has `ended` is what is not right called wrong.
 * @typedef {{set: Uint8Array, off: ArrayLike<number> | null, point: number[] | null, cell: number | null, ended: boolean, colours: CSSStyleDeclaration}} Shown
 */

const UNIT = 22; // canvas pixels a cell

/** @param {string} name what the map is called aloud */
export function map(name) {
  const canvas = element("canvas", { width: SIDE * UNIT, height: SIDE * UNIT, "aria-hidden": "true" });
  const root = element("div", { class: "bwlab-map", role: "application", tabindex: 0, "aria-label": name }, canvas);
  const context = brushFor(canvas);
  return { root, show: (/** @type {Shown} */ shown) => draw(context, shown) };
}

/**
 * The cell under a pointer; from outside the map the nearest one.
 * @param {HTMLElement} root
 * @param {PointerEvent} event
 */
export function cellAt(root, event) {
  const [x, y] = labelAt(root, event).map((value) => Math.min(Math.max(Math.round(value), 0), SIDE - 1));
  return x + SIDE * y;
}

/**
 * The label under a pointer.
 * @param {HTMLElement} root
 * @param {PointerEvent} event
 */
export function labelAt(root, event) {
  const box = root.getBoundingClientRect();
  const at = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  return at.map((share) => Math.min(Math.max(SIDE * share - 0.5, 0), SIDE - 1));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Shown} shown
 */
function draw(context, { set, off, point, cell, ended, colours }) {
  const colour = (/** @type {string} */ name) => colours.getPropertyValue(name).trim();
  const side = SIDE * UNIT;
  context.clearRect(0, 0, side, side);
  context.fillStyle = colour("--paper");
  context.fillRect(0, 0, side, side);
  const hatch = hatching(context, colour("--hatch"));
  for (let i = 0; i < COUNT; i++) {
    const [x, y] = [UNIT * (i % SIDE), UNIT * Math.floor(i / SIDE)];
    const found = off ? off[i] : UNSEEN;
    if (set[i]) {
      context.fillStyle = colour(!off || found <= NEAR ? "--seen" : "--pale");
      context.fillRect(x + 1, y + 1, UNIT - 2, UNIT - 2);
    } else {
      context.fillStyle = off && found <= NEAR ? colour("--right") : (hatch ?? colour("--hatch"));
      context.fillRect(x + 1, y + 1, UNIT - 2, UNIT - 2);
    }
    if (off && ended && found > NEAR) mark(context, x, y, found <= FAR, colour("--wrong"), colour("--paper"));
    else if (off && !set[i] && found <= NEAR) tickmark(context, x, y, colour("--paper"));
  }
  if (cell !== null) frame(context, cell, colour("--ink"), colour("--paper"));
  if (point) ring(context, point, colour("--ink"), colour("--paper"));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} colour
 */
function hatching(context, colour) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = UNIT / 2;
  const brush = tile.getContext("2d");
  if (!brush) return null;
  brush.strokeStyle = colour;
  brush.lineWidth = 1.6;
  for (const shift of [-UNIT / 2, 0, UNIT / 2]) {
    brush.beginPath();
    brush.moveTo(shift - 1, UNIT / 2 + 1);
    brush.lineTo(shift + UNIT / 2 + 1, -1);
    brush.stroke();
  }
  return context.createPattern(tile, "repeat");
}

/**
 * Not in its place: a ring for a drawing within a pixel, often a copied neighbour, and a cross for anything else.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {boolean} near
 * @param {string} colour
 * @param {string} paper
 */
function mark(context, x, y, near, colour, paper) {
  const [u, v, r] = [x + UNIT / 2, y + UNIT / 2, UNIT * 0.24];
  context.beginPath();
  if (near) context.arc(u, v, r * 0.95, 0, 2 * Math.PI);
  else for (const turn of [1, -1]) {
    context.moveTo(u - r, v - turn * r);
    context.lineTo(u + r, v + turn * r);
  } // prettier-ignore
  for (const [width, stroke] of /** @type {[number, string][]} */ ([[6, paper], [2.8, colour]])) {
    context.lineWidth = width;
    context.strokeStyle = stroke;
    context.lineCap = "round";
    context.stroke();
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {string} paper
 */
function tickmark(context, x, y, paper) {
  context.beginPath();
  context.moveTo(x + UNIT * 0.28, y + UNIT * 0.52);
  context.lineTo(x + UNIT * 0.44, y + UNIT * 0.68);
  context.lineTo(x + UNIT * 0.74, y + UNIT * 0.32);
  context.lineWidth = 2.4;
  context.lineCap = "round";
  context.strokeStyle = paper;
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} cell
 * @param {string} ink
 * @param {string} paper
 */
function frame(context, cell, ink, paper) {
  const [x, y] = [UNIT * (cell % SIDE), UNIT * Math.floor(cell / SIDE)];
  for (const [width, stroke] of /** @type {[number, string][]} */ ([[5, paper], [2.4, ink]])) {
    context.lineWidth = width;
    context.strokeStyle = stroke;
    context.strokeRect(x + 1, y + 1, UNIT - 2, UNIT - 2);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number[]} point
 * @param {string} ink
 * @param {string} paper
 */
function ring(context, [x, y], ink, paper) {
  const [u, v] = [UNIT * (x + 0.5), UNIT * (y + 0.5)];
  context.beginPath();
  context.arc(u, v, UNIT * 0.62, 0, 2 * Math.PI);
  for (const [width, stroke] of /** @type {[number, string][]} */ ([[7, paper], [3.4, ink]])) {
    context.lineWidth = width;
    context.strokeStyle = stroke;
    context.stroke();
  }
}
