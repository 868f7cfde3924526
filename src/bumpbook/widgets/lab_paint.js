// Brush, eraser, fill, clear and undo on the set of labels; by mouse, pen, finger and keys.

import { COUNT, SIDE, way } from "./lab_set.js";
import { KEYS } from "./frame.js";
import { cellAt, labelAt } from "./lab_map.js";

const MEMORY = 60; // strokes that can be taken back

export class Paint {
  /**
   * @param {Uint8Array} set
   * @param {() => void} changed
   */
  constructor(set, changed) {
    this.set = set;
    this.changed = changed;
    /** @type {Uint8Array[]} */
    this.before = [];
  }

  /** From here on is one stroke. */
  begin() {
    this.before = [...this.before.slice(1 - MEMORY), this.set.slice()];
  }

  /**
   * Draw from one cell to another.
   * @param {number} from
   * @param {number} to
   * @param {number} flag 1 paints, 0 erases
   */
  stroke(from, to, flag) {
    const set = this.set.slice();
    for (const cell of way(from, to)) set[cell] = flag;
    this.put(set);
  }

  /** @param {Uint8Array} set */
  put(set) {
    if (set.every((flag, i) => flag === this.set[i])) return;
    this.set = set;
    this.changed();
  }

  /** @param {number | Uint8Array} set all labels, none, or these */
  replace(set) {
    this.begin();
    this.put(typeof set === "number" ? new Uint8Array(COUNT).fill(set) : set.slice());
  }

  undo() {
    const set = this.before.pop();
    if (set) this.put(set);
  }
}

/**
 * Let a map be painted on, or its point be moved. `tool` says which of them: "brush", "eraser" or "ask".
 * @param {HTMLElement} root
 * @param {{tool: () => string, paint: Paint, cell: () => number, at: (cell: number) => void, point: () => number[],
 *   move: (label: number[]) => void}} hand
 */
export function reach(root, { tool, paint, cell, at, point, move }) {
  let last = -1;
  const flag = () => (tool() === "eraser" ? 0 : 1);
  const go = (/** @type {PointerEvent} */ event) => {
    if (tool() === "ask") return move(labelAt(root, event));
    const now = cellAt(root, event);
    paint.stroke(last < 0 ? now : last, now, flag());
    last = now;
    at(now);
  };
  root.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    root.setPointerCapture(event.pointerId);
    last = -1;
    if (tool() !== "ask") paint.begin();
    go(event);
  });
  root.addEventListener("pointermove", (event) => {
    if (root.hasPointerCapture(event.pointerId)) go(event);
  });
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey) {
      if (event.key !== "z") return;
      event.preventDefault();
      return paint.undo();
    }
    const [dx, dy] = KEYS[event.key] ?? [0, 0];
    const asks = tool() === "ask";
    if (!dx && !dy && (asks || event.key !== " ")) return;
    event.preventDefault(); // the page would scroll
    if (asks) {
      const unit = event.shiftKey ? 0.1 : 1;
      return move(point().map((value, i) => Math.min(Math.max(Number((value + unit * [dx, dy][i]).toFixed(2)), 0), SIDE - 1)));
    }
    const from = cell();
    const inside = (/** @type {number} */ value) => Math.min(Math.max(value, 0), SIDE - 1);
    const to = inside((from % SIDE) + dx) + SIDE * inside(Math.floor(from / SIDE) + dy);
    at(to);
    if (event.key !== " " && !event.shiftKey) return;
    paint.begin();
    paint.stroke(event.key === " " ? to : from, to, flag());
  });
}
