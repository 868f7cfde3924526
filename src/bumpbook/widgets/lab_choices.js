// What can be chosen besides painting: a set to begin with, the world, its width, and the language of labels.

import { KINDS, LANGUAGES, SIGMAS } from "./lab_settings.js";
import { SIDE, setOf } from "./lab_set.js";
import { choice, element, slider } from "./frame.js";

/** @typedef {import("./lab_settings.js").Settings} Settings */

/**
 * A small picture of a set.
 * @param {Uint8Array} set
 * @param {CSSStyleDeclaration} colours
 */
export function thumbnail(set, colours) {
  const canvas = element("canvas", { width: 2 * SIDE, height: 2 * SIDE, "aria-hidden": "true", class: "bwlab-thumb" });
  paintThumbnail(canvas, set, colours);
  return canvas;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} set
 * @param {CSSStyleDeclaration} colours
 */
function paintThumbnail(canvas, set, colours) {
  const context = canvas.getContext("2d");
  if (!context) return;
  const [seen, hatch] = ["--seen", "--empty"].map((name) => colours.getPropertyValue(name).trim());
  set.forEach((flag, i) => {
    context.fillStyle = flag ? seen : hatch;
    context.fillRect(2 * (i % SIDE), 2 * Math.floor(i / SIDE), 2, 2);
  });
}

/**
 * Buttons with the sets that come along.
 * @param {{name: string, rows: string}[]} presets
 * @param {(set: Uint8Array) => void} pick
 */
export function shelf(presets, pick) {
  const made = presets.map(({ name, rows }) => {
    const [set, canvas] = [setOf(rows), element("canvas", { width: 2 * SIDE, height: 2 * SIDE, "aria-hidden": "true", class: "bwlab-thumb" })];
    const root = element("button", { type: "button", class: "bwlab-preset", "aria-pressed": "false" }, canvas, name);
    root.addEventListener("click", () => pick(set));
    return { root, rows, set, canvas };
  });
  const root = element("div", { class: "bwlab-shelf", role: "group", "aria-label": "Sets to begin with" }, ...made.map((one) => one.root));
  /**
   * @param {string} rows of the set that is painted
   * @param {boolean} locked
   * @param {CSSStyleDeclaration} colours
   */
  const show = (rows, locked, colours) => {
    for (const one of made) {
      paintThumbnail(one.canvas, one.set, colours);
      one.root.setAttribute("aria-pressed", String(one.rows === rows));
      one.root.disabled = locked;
    }
  };
  return { root, show };
}

/**
 * @param {() => Settings} now
 * @param {(some: Partial<Settings>) => void} change
 */
export function world(now, change) {
  const parts = [
    choice({ name: "An image shows", options: KINDS, value: () => now().kind, input: (kind) => change({ kind }) }),
    slider({ name: "width", min: SIGMAS.least, max: SIGMAS.most, step: SIGMAS.step, value: () => now().sigma, words: (value) => `${value} px`, input: (sigma) => change({ sigma }) }),
    choice({ name: "It is told", options: LANGUAGES, value: () => now().language, input: (language) => change({ language }) }),
  ];
  const summary = element("summary");
  const box = element("fieldset", { class: "bwlab-world" }, ...parts.map(({ row }) => row));
  const root = element("details", { class: "bwlab-more" }, summary, box);
  const show = (/** @type {boolean} */ locked) => {
    const { kind, sigma, language } = now();
    summary.textContent = `World: ${/** @type {any} */ (KINDS)[kind]} of width ${sigma} px, told ${LANGUAGES[language]}`;
    box.disabled = locked;
    for (const part of parts) part.refresh();
  };
  return { root, show };
}

/**
 * The line of steps that a reader takes, with the one that is due marked.
 * @param {string[]} names
 */
export function path(names) {
  const steps = names.map((name, i) => element("li", {}, element("b", {}, String(i + 1)), name));
  const root = element("ol", { class: "bwlab-path" }, ...steps);
  const show = (/** @type {number} */ due) => steps.forEach((step, i) => {
    if (i === due) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  }); // prettier-ignore
  return { root, show };
}
