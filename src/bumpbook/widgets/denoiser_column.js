// One model of the figure: the map of its training labels with the point on it, its drawing, and what is found there.

import { KEYS, brushFor, element, svg } from "./frame.js";
import { drawImage } from "./pixels.js";

/** @typedef {import("./world.js").World} World */
/** @typedef {import("./denoiser_maths.js").Reading} Reading */
/** @typedef {{name: string, train: DataView | null}} Entry */

let hatches = 0;

/**
 * The labels of a world along one axis: 0, spacing, 2 spacing, ... below its span (Canvas.axis).
 * @param {World} world
 */
export function axis({ size, margin, spacing }) {
  const count = Math.ceil((size + 2 * margin) / spacing - 1e-3);
  return Array.from({ length: count }, (_, i) => i * spacing);
}

/**
 * Build a model's column. `move` puts the point on the map and the ring on the drawing, `show` paints an image.
 * @param {Entry} entry
 * @param {World} world
 * @param {boolean} first only the first map is a stop of the Tab key: all of them show the same point
 */
export function column({ name, train }, world, first) {
  const { picture, point } = map(world, train);
  const field = element("div", { class: "bwden-map", role: "application", tabindex: first ? 0 : -1 }, picture);
  field.setAttribute("aria-label", `Map of the labels of the model “${name}”. Arrow keys move the point.`);
  const canvas = element("canvas", { width: world.size, height: world.size, role: "img" });
  const ring = element("div", { class: "bwden-ring" });
  const words = element("p", { class: "bwden-reading" });
  const frame = element("div", { class: "bwden-image" }, canvas, ring);
  const root = element("div", { class: "bwden-model" }, element("p", { class: "bwden-name" }, name), field, frame, words);
  const context = brushFor(canvas);
  return {
    root,
    field,
    /** @param {number[]} label */
    move(label) {
      point.forEach((part) => part(label));
      const [left, top] = label.map((value) => (value - world.margin + 0.5) / world.size);
      ring.hidden = Math.min(left, top) < 0 || Math.max(left, top) > 1;
      ring.style.cssText = `left: ${100 * left}%; top: ${100 * top}%; width: ${(440 * world.sigma) / world.size}%;`;
    },
    /** @param {Float32Array} image */
    show(image) {
      drawImage(context, image, world.size);
    },
    /** @param {string} text @param {boolean | null} right */
    tell(text, right) {
      words.textContent = text;
      words.dataset.right = String(right);
      canvas.setAttribute("aria-label", `What the model “${name}” draws: ${text}`);
    },
    /** @param {boolean} old is the drawing another label's, while the models are loaded? */
    wait(old) {
      frame.toggleAttribute("data-old", old);
    },
  };
}

/**
 * What a reading says in words.
 * @param {Reading} reading
 * @param {World} world
 */
export function describe({ x, y, clear, right }, { kind }) {
  const mark = right ? "✓" : "✗";
  if (!clear) return `${mark} not a ${kind === "sos" ? "cross" : "bump"}`;
  if (x === null && y === null) return `${mark} a blank`;
  if (y === null) return `${mark} a column at x = ${x?.toFixed(1)}`;
  if (x === null) return `${mark} a row at y = ${y.toFixed(1)}`;
  return `${mark} found at (${x.toFixed(1)}, ${y.toFixed(1)})`;
}

/**
 * The map: a dot for each training label, the held-out region hatched and outlined, a cross-hair through the point.
 * @param {World} world
 * @param {DataView | null} train one byte a label, in lattice order
 */
function map(world, train) {
  const { size, margin, spacing } = world;
  const span = size + 2 * margin;
  const values = axis(world);
  const at = (/** @type {number} */ i) => [values[i % values.length], values[Math.floor(i / values.length)]];
  const indices = Array.from({ length: values.length ** 2 }, (_, i) => i);
  const trained = indices.filter((i) => train?.getUint8(i));
  const held = new Set(indices.filter((i) => train && !train.getUint8(i)));
  const id = `bwden-hatch-${hatches++}`;
  const half = spacing / 2;
  const cells = [...held].map((i) => `M${at(i)[0] - half} ${at(i)[1] - half}h${spacing}v${spacing}h${-spacing}z`);
  const dots = trained.map((i) => `M${at(i).join(" ")}h0`);
  const across = svg("line", { class: "hair", x1: -0.5, x2: span - 0.5 });
  const down = svg("line", { class: "hair", y1: -0.5, y2: span - 0.5 });
  const grip = svg("g", {}, ...["halo", "grip"].map((name) => svg("circle", { class: name, r: span / 26 })));
  const stripes = svg("line", { class: "stripe", y2: span, "stroke-width": span / 60 });
  const hatch = svg("pattern", { id, width: span / 30, height: span, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, stripes);
  const picture = svg("svg", { viewBox: `-0.5 -0.5 ${span} ${span}`, "aria-hidden": "true" }, hatch);
  picture.append(svg("path", { d: cells.join(""), fill: `url(#${id})` }));
  picture.append(svg("path", { class: "dots", d: dots.join(""), "stroke-width": 0.36 * spacing }));
  picture.append(svg("path", { class: "hole", d: outline(held, values.length, at, half) }));
  if (margin) picture.append(svg("rect", { class: "edge", x: margin - 0.5, y: margin - 0.5, width: size, height: size }));
  picture.append(across, down, grip);
  const place = (/** @type {Element} */ part, /** @type {Record<string, number>} */ values) =>
    Object.entries(values).forEach(([name, value]) => part.setAttribute(name, String(value)));
  /** @type {((label: number[]) => void)[]} */
  const point = [
    ([, y]) => place(across, { y1: y, y2: y }),
    ([x]) => place(down, { x1: x, x2: x }),
    ([x, y]) => grip.setAttribute("transform", `translate(${x} ${y})`),
  ];
  return { picture, point };
}

/**
 * The border of a set of lattice cells: every side whose neighbour is not in the set.
 * @param {Set<number>} held
 * @param {number} count labels along an axis
 * @param {(i: number) => number[]} at
 * @param {number} half half a cell's side
 */
function outline(held, count, at, half) {
  const sides = [];
  for (const i of held) {
    const [x, y] = at(i);
    const column = i % count;
    if (column === 0 || !held.has(i - 1)) sides.push(`M${x - half} ${y - half}v${2 * half}`);
    if (column === count - 1 || !held.has(i + 1)) sides.push(`M${x + half} ${y - half}v${2 * half}`);
    if (!held.has(i - count)) sides.push(`M${x - half} ${y - half}h${2 * half}`);
    if (!held.has(i + count)) sides.push(`M${x - half} ${y + half}h${2 * half}`);
  }
  return sides.join("");
}

/**
 * Let a map's point be dragged by mouse, pen and finger, and moved by the arrow keys.
 * @param {HTMLElement} field
 * @param {World} world
 * @param {(label: number[]) => void} move
 * @param {() => [number, number, boolean]} where the point is, and whether it may lie between labels
 */
export function reach(field, world, move, where) {
  const drag = (/** @type {PointerEvent} */ event) => {
    if (event.type === "pointermove" && !field.hasPointerCapture(event.pointerId)) return;
    const box = field.getBoundingClientRect();
    const span = world.size + 2 * world.margin;
    move([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map((share) => share * span - 0.5));
  };
  field.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    field.setPointerCapture(event.pointerId);
    drag(event);
  });
  field.addEventListener("pointermove", drag);
  field.addEventListener("keydown", (event) => {
    const [dx, dy] = KEYS[event.key] ?? [0, 0];
    if (!dx && !dy) return;
    event.preventDefault(); // the page would scroll
    const [x, y, free] = where();
    const unit = free ? world.spacing / 10 : world.spacing;
    move([x + dx * unit, y + dy * unit]);
  });
}
