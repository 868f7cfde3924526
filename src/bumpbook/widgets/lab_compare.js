// Two finished runs side by side, asked for the same point from the same noise: shipped ones, or rows of the notebook.

import { NEAR, SIDE, setOf } from "./lab_set.js";
import { drawing, pictureOf, verdict } from "./lab_drawing.js";
import { Paint, reach } from "./lab_paint.js";
import { shareRight } from "./lab_training.js";
import { element } from "./frame.js";
import { map } from "./lab_map.js";

/** @typedef {{title: string, settings: import("./lab_settings.js").Settings, off: Uint8Array, pictures: Uint8Array}} Answer */

/**
 * @param {Answer[]} answers
 * @param {number} size of an image
 * @param {number[]} start the point asked for at first
 * @param {() => void} changed the point has moved
 */
export function compare(answers, size, start, changed) {
  let point = start;
  const columns = answers.map((answer) => {
    const set = setOf(answer.settings.rows);
    const field = map(`Map of the labels: ${answer.title}. Arrow keys move the point.`);
    const drawn = drawing(size);
    const held = set.filter((flag) => !flag).length;
    const right = Math.round(held * shareRight(answer.off, set, 0, NEAR));
    const count = held ? `${right} of ${held} held-out labels right` : "nothing held out";
    const move = (/** @type {number[]} */ label) => {
      point = label.map((value) => Math.round(Math.min(Math.max(value, 0), SIDE - 1)));
      changed();
    };
    reach(field.root, { tool: () => "ask", paint: new Paint(set, () => {}), cell: () => 0, at: () => {}, point: () => point, move });
    const root = element("div", { class: "bwlab-column" }, element("p", { class: "bwlab-name" }, answer.title), field.root,
      element("p", { class: "bwlab-count" }, count), drawn.root); // prettier-ignore
    return { root, set, answer, field, drawn };
  });
  const root = element("div", { class: "bwlab-compare" }, ...columns.map((column) => column.root));
  const show = (/** @type {CSSStyleDeclaration} */ colours) => {
    const cell = point[0] + SIDE * point[1];
    for (const { set, answer, field, drawn } of columns) {
      const off = answer.off[cell];
      const kind = set[cell] ? "trained on" : "never seen";
      field.show({ set, off: answer.off, point, cell: null, ended: true, colours });
      drawn.show(pictureOf(answer.pictures, cell, size), point, answer.settings.sigma, `${verdict(off)} (${kind})`, off <= NEAR);
    }
  };
  const words = () => {
    const cell = point[0] + SIDE * point[1];
    return `Asked for (${point.join(", ")}): ${answers.map(({ title, off }) => `${title}: ${verdict(off[cell])}`).join("; ")}.`;
  };
  return { root, show, words };
}
