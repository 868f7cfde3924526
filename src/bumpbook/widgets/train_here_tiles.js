// The drawings of labels that are never trained on, each with a cross where its label lies.

import { element } from "./frame.js";
import { drawImage } from "./pixels.js";
import { spread } from "./training_maths.js";

const MOST = 16;

/** @param {import("./training_run.js").Plan} plan */
export function tiles({ world, held, batch }) {
  const drawn = Math.min(held.length / 2, Math.floor(batch / 2)); // as many as the worker draws at a look
  const labels = spread(held, drawn);
  const shown = labels.length <= MOST ? labels.map((_, i) => i) : Array.from({ length: MOST }, (_, i) => Math.floor((i * drawn) / MOST));
  const across = Math.ceil(Math.sqrt(shown.length));
  const grid = element("div", { class: "bwtrain-tiles", role: "img", style: `grid-template-columns: repeat(${across}, minmax(0, 1fr))` });
  const all = shown.map((i) => tile(world, labels[i]));
  grid.append(...all.map(({ root }) => root));
  const note = element("p", { class: "bwfig-note", "aria-hidden": "true" }, "Never trained on (+ where it belongs)");
  const root = element("div", { class: "bwtrain-drawings" }, note, grid);
  const show = (/** @type {{images: Float32Array[], right: boolean[]} | null} */ look) => {
    shown.forEach((i, place) => all[place].show(look ? look.images[i] : null, look ? look.right[i] : null));
    const right = look ? shown.filter((i) => look.right[i]).length : 0;
    const words = look ? `${right} are right, the others have a dashed frame` : "still empty";
    grid.setAttribute("aria-label", `Drawings of ${shown.length} held-out labels: ${words}`);
  };
  return { root, show };
}

/**
 * @param {import("./denoiser_maths.js").World} world
 * @param {number[]} label
 */
function tile({ size, margin }, label) {
  const canvas = element("canvas", { width: size, height: size, "aria-hidden": "true" });
  const [left, top] = label.map((value) => (100 * (value - margin + 0.5)) / size);
  const cross = element("div", { class: "bwtrain-cross", style: `left: ${left}%; top: ${top}%` });
  const root = element("div", { class: "bwtrain-tile" }, canvas, cross);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser has no 2D canvas");
  const show = (/** @type {Float32Array | null} */ image, /** @type {boolean | null} */ right) => {
    root.dataset.right = String(right);
    if (image) drawImage(context, image, size);
    else context.clearRect(0, 0, size, size);
  };
  return { root, show };
}
