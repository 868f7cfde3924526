// A training run as a film: curves above, and under the cursor what the model draws and how it holds the labels.

import { brushFor, choice, element, follow, followTheme, mount, player, scheduler, setter, slider, svg } from "./frame.js";
import { bytes, drawImage, floats, ramp, shorts } from "./pixels.js";
import { axes } from "./cloud.js";

/** @typedef {import("./frame.js").Model} Model */

const [LEFT, TOP, RIGHT, HIGH] = [44, 10, 14, 190]; // the plot's margins and height
const CURVES = [
  { name: "x", look: "stroke: var(--one)" },
  { name: "y", look: "stroke: var(--four); stroke-dasharray: 7 3" },
  { name: "both", look: "stroke: var(--three); stroke-width: 3" },
  { name: "x times y", look: "stroke: var(--ink); stroke-width: 1.6; stroke-dasharray: 2 3" },
];

/**
 * Shares of labels right in x, in y, in both, and the product of the first two, from marks (bit 1: x, bit 2: y).
 * @param {ArrayLike<number>} marks
 * @param {(label: number) => boolean} counts which labels belong to the group
 * @returns {[number, number, number, number]}
 */
export function accuracies(marks, counts) {
  let [n, x, y, both] = [0, 0, 0, 0];
  for (let i = 0; i < marks.length; i++) {
    if (!counts(i)) continue;
    n++;
    x += marks[i] & 1;
    y += (marks[i] >> 1) & 1;
    both += (marks[i] & 3) === 3 ? 1 : 0;
  }
  return [x / n, y / n, both / n, (x / n) * (y / n)];
}

/**
 * The numbers behind the film, checked.
 * @param {Model} model
 */
function read(model) {
  const [steps, shown, size] = [model.get("steps"), model.get("shown"), model.get("size")];
  const m = (model.get("_held_out")?.byteLength ?? 0);
  const k = (model.get("_cloud_labels")?.byteLength ?? 0) / 8;
  return { steps, shown, size, margin: model.get("margin"), m, k,
    labels: floats(model.get("_labels"), "labels", 2 * m),
    held: bytes(model.get("_held_out"), "labels", m),
    marks: bytes(model.get("_marks"), "marks", steps.length * m),
    images: bytes(model.get("_images"), "drawings", steps.length * shown.length * size * size),
    points: shorts(model.get("_points"), "points", steps.length * k * 2),
    places: floats(model.get("_cloud_labels"), "labels", 2 * k) }; // prettier-ignore
}

/**
 * Fill `picture` with axes for a width in CSS pixels; returns the curves, the cursor and the place of a step.
 * @param {SVGSVGElement} picture
 * @param {number[]} steps
 * @param {number} width
 */
function plot(picture, steps, width) {
  const wide = width - LEFT - RIGHT;
  const place = (/** @type {number} */ step) => LEFT + (wide * (step - steps[0])) / (steps[steps.length - 1] - steps[0]);
  picture.replaceChildren();
  picture.setAttribute("viewBox", `0 0 ${width} ${TOP + HIGH + 42}`);
  for (const share of [0, 0.5, 1]) {
    const y = TOP + HIGH * (1 - share);
    picture.append(svg("line", { class: "grid", x1: LEFT, x2: LEFT + wide, y1: y, y2: y }));
    picture.append(svg("text", { x: LEFT - 7, y: y + 4, "text-anchor": "end" }, `${100 * share} %`));
  }
  const gap = 10 ** Math.floor(Math.log10(steps[steps.length - 1] - steps[0] || 1));
  const every = gap * ([0.2, 0.5, 1, 2].find((part) => (steps[steps.length - 1] - steps[0]) / (gap * part) <= 6) ?? 2);
  for (let step = Math.ceil(steps[0] / every) * every; step <= steps[steps.length - 1]; step += every) {
    picture.append(svg("text", { x: place(step), y: TOP + HIGH + 18, "text-anchor": "middle" }, `${step}`));
  }
  picture.append(svg("text", { x: LEFT + wide / 2, y: TOP + HIGH + 36, "text-anchor": "middle" }, "step"));
  picture.append(svg("path", { class: "axis", d: `M${LEFT} ${TOP}v${HIGH}h${wide}` }));
  const lines = CURVES.map(({ look }) => svg("path", { class: "curve", style: look }));
  const cursor = svg("line", { y1: TOP, y2: TOP + HIGH, style: "stroke: var(--ink); stroke-width: 1.4" });
  picture.append(cursor, ...lines);
  return { width, place, lines, cursor };
}

function legend() {
  const items = CURVES.map(({ name, look }) => {
    const line = svg("svg", { width: 34, height: 6, "aria-hidden": "true" }, svg("path", { class: "curve", style: look, d: "M0 3h34" }));
    return element("span", {}, line, name);
  });
  return element("div", { class: "bwfilm-legend" }, element("span", {}, "within a pixel in"), ...items);
}

/** @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  return mount(el, model, "Film of a training run", (figure) => {
    const data = read(model);
    const { steps, shown, size, m, k, held } = data;
    const set = setter(model);
    const last = steps.length - 1;
    const picture = svg("svg", { class: "bwfilm-plot", role: "img", height: TOP + HIGH + 42 });
    let curve = plot(picture, steps, 700);
    const samples = element("canvas", { role: "img" });
    const cloud = element("canvas", { role: "img" });
    const panels = element("div", { class: "bwfig-parts bwfilm-panels" });
    const both = shown.some((/** @type {number} */ i) => held[i]) && !shown.every((/** @type {number} */ i) => held[i]);
    const panel = (/** @type {string} */ text, /** @type {HTMLElement} */ canvas) =>
      element("div", {}, element("p", { class: "bwfig-note", "aria-hidden": "true" }, text), canvas);
    if (shown.length) panels.append(panel(`Drawings (+ the label${both ? "; lower half held out" : ""})`, samples));
    if (k) panels.append(panel("Representation of all labels, two principal axes", cloud));

    const counts = (/** @type {number} */ i) => model.get("group") === "all" || (held[i] === 1) === (model.get("group") === "held out");
    const marksAt = (/** @type {number} */ f) => data.marks.subarray(f * m, (f + 1) * m);

    const draw = () => {
      const width = Math.round(picture.clientWidth) || 700;
      if (width !== curve.width) curve = plot(picture, steps, width);
      const shares = steps.map((/** @type {number} */ _, /** @type {number} */ f) => accuracies(marksAt(f), counts));
      curve.lines.forEach((line, c) => {
        const points = shares.map((/** @type {number[]} */ share, /** @type {number} */ f) =>
          `${curve.place(steps[f]).toFixed(1)} ${(TOP + HIGH * (1 - share[c])).toFixed(1)}`); // prettier-ignore
        line.setAttribute("d", `M${points.join("L")}`);
      });
      const f = model.get("frame");
      for (const end of ["x1", "x2"]) curve.cursor.setAttribute(end, String(curve.place(steps[f])));
      if (shown.length) drawSamples(f);
      if (k) drawCloud(f);
      const [x, y, both, product] = shares[f].map((/** @type {number} */ share) => `${Math.round(100 * share)} %`);
      const whose = { all: "labels", trained: "trained labels", "held out": "held-out labels" }[/** @type {string} */ (model.get("group"))];
      const text = `Step ${steps[f]}: ${x} of the ${whose} within a pixel in x, ${y} in y, ${both} in both; the product is ${product}.`;
      figure.say(text);
      picture.setAttribute("aria-label", `Accuracy along training. ${text}`);
    };
    const redraw = scheduler(figure, draw);

    /** @type {(canvas: HTMLCanvasElement) => {context: CanvasRenderingContext2D, side: number}} */
    const ready = (canvas) => {
      const context = brushFor(canvas);
      const side = canvas.clientWidth || 320;
      const ratio = window.devicePixelRatio || 1;
      canvas.width = canvas.height = Math.round(side * ratio);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      return { context, side };
    };

    const stamp = element("canvas", { width: size, height: size });
    const drawSamples = (/** @type {number} */ f) => {
      const { context, side } = ready(samples);
      const brush = brushFor(stamp);
      const css = getComputedStyle(figure.root);
      const across = Math.ceil(Math.sqrt(shown.length));
      const cell = side / across;
      const [edge, area] = [cell * (both ? 0.92 : 0.94), size * size];
      context.imageSmoothingEnabled = false;
      let right = 0;
      shown.forEach((/** @type {number} */ i, /** @type {number} */ place) => {
        const [left, row] = [(place % across) * cell, Math.floor(place / across)];
        const top = row * cell + (both && 2 * row >= across ? 0.06 * cell : 0);
        const start = (f * shown.length + place) * area;
        drawImage(brush, Float32Array.from(data.images.subarray(start, start + area), (value) => value / 255), size);
        context.drawImage(stamp, left, top, edge, edge);
        const good = (marksAt(f)[i] & 7) === 7;
        right += good ? 1 : 0;
        context.strokeStyle = css.getPropertyValue("--control");
        context.lineWidth = 1;
        context.strokeRect(left + 1.2, top + 1.2, edge - 2.4, edge - 2.4);
        drawCross(context, left, top, edge, i);
        const [x, y] = [0, 1].map((c) => (data.labels[2 * i + c] - data.margin) / size);
        // a bump in the upper right stays in sight
        if (!good) crossOut(context, x > 0.7 && y < 0.3 ? left + 8 : left + edge - 8, top + 8);
      });
      const words = both ? "the lower half of held-out labels" : "all of one kind";
      samples.setAttribute("aria-label", `${shown.length} drawings, ${words}; ${right} are right, the others have a cross in the corner`);
    };

    /** @type {(context: CanvasRenderingContext2D, left: number, top: number, edge: number, i: number) => void} */
    const drawCross = (context, left, top, edge, i) => {
      const [x, y] = [0, 1].map((c) => ((data.labels[2 * i + c] - data.margin + 0.5) / size) * edge);
      if (x < 0 || y < 0 || x > edge || y > edge) return;
      context.strokeStyle = "#c44601";
      context.lineWidth = 1.6;
      context.beginPath();
      context.moveTo(left + x - 5, top + y);
      context.lineTo(left + x + 5, top + y);
      context.moveTo(left + x, top + y - 5);
      context.lineTo(left + x, top + y + 5);
      context.stroke();
    };

    // the pictures are white on a dark ground, too: so is what keeps the mark apart from a bump
    /** @type {(context: CanvasRenderingContext2D, x: number, y: number) => void} */
    const crossOut = (context, x, y) => {
      context.beginPath();
      for (const way of [-4, 4]) {
        context.moveTo(x - 4, y - way);
        context.lineTo(x + 4, y + way);
      }
      for (const colour of ["#ffffff", "#c44601"]) {
        context.strokeStyle = colour;
        context.lineWidth = colour === "#ffffff" ? 5 : 2.2;
        context.stroke();
      }
    };

    const values = axes(data.places);
    const drawCloud = (/** @type {number} */ f) => {
      const { context, side } = ready(cloud);
      const c = model.get("color") === "x" ? 0 : 1;
      const colour = ramp(model.get("periodic"), figure.root.hasAttribute("data-dark"));
      const span = values[c].length - (model.get("periodic") ? 0 : 1) || 1;
      context.clearRect(0, 0, side, side);
      context.strokeStyle = getComputedStyle(figure.root).getPropertyValue("--line");
      context.strokeRect(0.5, 0.5, side - 1, side - 1);
      for (let i = 0; i < k; i++) {
        const at = 2 * (f * k + i);
        context.fillStyle = colour(values[c].indexOf(data.places[2 * i + c]) / span);
        context.beginPath();
        context.arc(side / 2 + side * 0.46 * data.points[at], side / 2 - side * 0.46 * data.points[at + 1], 4, 0, 2 * Math.PI);
        context.fill();
      }
      cloud.setAttribute("aria-label", `${k} labels on two principal axes of the encoder's last layer, coloured by ${model.get("color")}, at step ${steps[f]}`);
    };

    // ---- controls ----
    const time = slider({ name: "checkpoint", min: 0, max: last, step: 1, wide: true, value: () => model.get("frame"),
      words: (f) => `step ${steps[f]}`, input: (f) => set("frame", f) }); // prettier-ignore
    const play = player(figure, { last, value: () => model.get("frame"), input: (f) => set("frame", f) });
    const mixed = held.some((one) => one) && !held.every((one) => one);
    const group = choice({ name: "labels", options: mixed ? { all: "all", trained: "trained on", "held out": "held out" } : {},
      value: () => model.get("group"), input: (value) => set("group", value) }); // prettier-ignore
    const by = choice({ name: "colour by", options: { x: "x", y: "y" }, value: () => model.get("color"), input: (value) => set("color", value) });
    const buttons = element("div", { class: "bwfig-buttons" }, play);
    if (mixed) buttons.append(group.row);
    if (k) buttons.append(by.row);
    figure.root.append(legend(), picture, element("div", { class: "bwfig-controls" }, time.row), buttons, panels);

    const pick = (/** @type {PointerEvent} */ event) => {
      if (event.type === "pointermove" && !event.buttons) return;
      const x = event.clientX - picture.getBoundingClientRect().left;
      const away = steps.map((/** @type {number} */ step) => Math.abs(curve.place(step) - x));
      set("frame", away.indexOf(Math.min(...away)));
    };
    picture.addEventListener("pointerdown", (event) => {
      picture.setPointerCapture(event.pointerId);
      pick(event);
    });
    picture.addEventListener("pointermove", pick);

    const refresh = () => [time, group, by].forEach((control) => control.refresh());
    follow(figure, ["frame", "group", "color"], refresh);
    follow(figure, ["frame", "group", "color"], redraw);
    followTheme(figure, redraw);
    const resized = new ResizeObserver(redraw);
    resized.observe(figure.root);
    figure.end(() => resized.disconnect());
    redraw();
  });
}

export default { render };
