// Clusters of training labels beside what networks made of them, and the onsets that were foretold.

import { element, follow, followTheme, mount, scheduler, setter, slider, svg } from "./frame.js";

/** @typedef {import("./frame.js").Model} Model */
/** @typedef {{sigma: number, spacing: number, shares: Record<string, number[]>, onsets: Record<string, number | null>}} Cell */

const [LEFT, TOP, RIGHT, HIGH] = [46, 26, 12, 190]; // the plot's margins and height
const MOST = 256; // labels, at the right end of the logarithmic axis
const COLOURS = ["var(--four)", "var(--three)", "var(--accent)", "var(--mute)"];
const FIRST = 4; // explanations that stand in the open; the others are folded away

/**
 * Cluster of each place, as the number of its first member, and the number that names the largest.
 * @param {number[][]} places
 * @param {number} reach two places within it are linked
 */
export function clusters(places, reach) {
  const parent = places.map((_, i) => i);
  const find = (/** @type {number} */ i) => {
    while (parent[i] !== i) i = parent[i];
    return i;
  };
  for (let i = 0; i < places.length; i++) {
    for (let j = 0; j < i; j++) {
      const apart = Math.hypot(places[i][0] - places[j][0], places[i][1] - places[j][1]);
      // a hair's breadth of tolerance, as in Python
      if (apart <= reach * (1 + 1e-9)) parent[Math.max(find(i), find(j))] = Math.min(find(i), find(j));
    }
  }
  const names = places.map((_, i) => find(i));
  const count = new Map();
  for (const name of names) count.set(name, (count.get(name) ?? 0) + 1);
  const best = [...count].reduce((most, one) => (one[1] > most[1] ? one : most), [-1, 0]);
  return { names, best: best[0], size: best[1], count: count.size };
}

/** @param {number} value */
const percent = (value) => `${Math.round(100 * value)} %`;
const mean = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * What the figure's state says, checked.
 * @param {Model} model
 */
function read(model) {
  const [cells, widths, spacings, amounts] = ["_cells", "_widths", "_spacings", "_amounts"].map((name) => model.get(name));
  if (![cells, widths, spacings, amounts].every((list) => Array.isArray(list) && list.length)) throw new Error("its numbers are missing");
  return { cells: /** @type {Cell[]} */ (cells), widths, spacings, amounts, names: /** @type {string[]} */ (model.get("_names")),
    places: /** @type {Record<string, number[][]>} */ (model.get("_places")), size: model.get("_size"), kappa: model.get("_kappa") }; // prettier-ignore
}

/** @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  return mount(el, model, "Where learning starts, and who foretold it", (figure) => {
    const data = read(model);
    const set = setter(model);
    const frame = svg("svg", { viewBox: `-0.5 -0.5 ${data.size} ${data.size}`, role: "img" });
    const picture = svg("svg", { role: "img", height: TOP + HIGH + 44 });
    const now = () => {
      const [sigma, spacing] = [data.widths[model.get("sigma")], data.spacings[model.get("spacing")]];
      const cell = data.cells.find((one) => one.sigma === sigma && one.spacing === spacing);
      if (!cell) throw new Error(`no cell at width ${sigma} and spacing ${spacing}`);
      return { sigma, spacing, cell, labels: data.amounts[model.get("amount")] };
    };
    const colour = (/** @type {string} */ name) => COLOURS[data.names.indexOf(name) % COLOURS.length];

    const draw = () => {
      const { sigma, spacing, cell, labels } = now();
      const all = data.places[String(spacing)];
      const places = all.slice(0, Math.min(labels, all.length));
      const found = clusters(places, data.kappa * sigma);
      frame.replaceChildren(...discs(places, found, (data.kappa * sigma) / 2, "bwonset-ground"), ...discs(places, found, 0.16, "bwonset-label"));
      plot(cell, labels);
      tell(cell, labels, places.length, found);
    };
    const redraw = scheduler(figure, draw);

    /** @type {(cell: Cell, labels: number) => void} */
    const plot = (cell, labels) => {
      const width = Math.round(picture.clientWidth) || 420;
      const wide = width - LEFT - RIGHT;
      const place = (/** @type {number} */ n) => LEFT + (wide * Math.log(Math.max(n, 1))) / Math.log(MOST);
      const share = (/** @type {number} */ value) => TOP + HIGH * (1 - value);
      picture.setAttribute("viewBox", `0 0 ${width} ${TOP + HIGH + 44}`);
      picture.replaceChildren(...scales(width, place, share));
      for (const name of model.get("shown")) {
        const at = cell.onsets[name];
        if (typeof at !== "number" || at < 1 || at > MOST) continue;
        picture.append(svg("line", { class: "bwonset-mark", x1: place(at), x2: place(at), y1: TOP - 8, y2: TOP + HIGH, style: `stroke: ${colour(name)}` }));
      }
      const means = [];
      for (const [n, shares] of Object.entries(cell.shares)) {
        const look = Number(n) === labels ? "bwonset-network bwonset-now" : "bwonset-network";
        for (const value of shares) picture.append(svg("circle", { class: look, cx: place(Number(n)), cy: share(value), r: Number(n) === labels ? 5 : 3.5 }));
        means.push(`${place(Number(n)).toFixed(1)} ${share(mean(shares)).toFixed(1)}`);
      }
      if (means.length) picture.append(svg("path", { class: "curve", d: `M${means.join("L")}`, style: "stroke: var(--ink)" }));
    };

    /** @type {(cell: Cell, labels: number, there: number, found: ReturnType<typeof clusters>) => void} */
    const tell = (cell, labels, there, found) => {
      const joined = `${there} training labels in ${found.count} ${found.count === 1 ? "cluster" : "clusters"}; the largest holds ${percent(found.size / there)} of them.`;
      const shares = cell.shares[String(labels)];
      const learned = shares
        ? `Networks draw ${percent(mean(shares))} of the unseen labels right (n = ${shares.length}).`
        : labels > there
          ? `There are no ${labels} labels to train on at this spacing.`
          : "No network was trained here.";
      const never = model.get("shown").filter((/** @type {string} */ name) => cell.onsets[name] === null);
      const marks = never.length ? ` Never, by: ${never.join("; ")}.` : "";
      figure.say(`${joined} ${learned}${marks}`);
      frame.setAttribute("aria-label", `Training labels, coloured by cluster. ${joined}`);
      const told = model.get("shown").map((/** @type {string} */ name) => `${name}: ${cell.onsets[name] ?? "never"}`).join("; ");
      picture.setAttribute("aria-label", `Share of unseen labels drawn right over the number of training labels. ${learned} Onsets foretold: ${told || "none is shown"}.`);
    };

    const controls = [
      slider({ name: "width σ", min: 0, max: data.widths.length - 1, step: 1, value: () => model.get("sigma"),
        words: (i) => `${data.widths[i]} px`, input: (i) => set("sigma", i) }),
      slider({ name: "spacing", min: 0, max: data.spacings.length - 1, step: 1, value: () => model.get("spacing"),
        words: (i) => `${data.spacings[i]} px`, input: (i) => set("spacing", i) }),
      slider({ name: "labels", min: 0, max: data.amounts.length - 1, step: 1, wide: true, value: () => model.get("amount"),
        words: (i) => `${data.amounts[i]}`, input: (i) => set("amount", i) }),
    ]; // prettier-ignore
    const boxes = data.names.map((name) => {
      const box = element("input", { type: "checkbox" });
      box.addEventListener("change", () => set("shown", data.names.filter((other) => (other === name ? box.checked : model.get("shown").includes(other)))));
      const swatch = element("span", { class: "bwonset-swatch", style: `border-color: ${colour(name)}`, "aria-hidden": "true" });
      return { name, box, row: element("label", {}, box, swatch, name) };
    });
    const rows = boxes.map(({ row }) => row);
    const more = element("details", {}, element("summary", {}, "more explanations"), element("div", { class: "bwonset-ticks" }, ...rows.slice(FIRST)));
    const heading = (/** @type {string} */ text) => element("p", { class: "bwfig-note", "aria-hidden": "true" }, text);
    figure.root.append(
      element("div", { class: "bwfig-parts" },
        element("div", { class: "bwonset-frame" }, heading("Training labels, linked where their bumps touch"), frame),
        element("div", { class: "bwonset-plot" }, heading("Unseen labels drawn right within 0.45 px"), picture)),
      element("div", { class: "bwfig-controls" }, ...controls.map(({ row }) => row)),
      element("div", { class: "bwonset-ticks", role: "group", "aria-label": "Onsets foretold by" }, ...rows.slice(0, FIRST)),
      rows.length > FIRST ? more : "",
    ); // prettier-ignore

    const refresh = () => {
      controls.forEach((control) => control.refresh());
      for (const { name, box } of boxes) box.checked = model.get("shown").includes(name);
      redraw();
    };
    refresh();
    follow(figure, ["sigma", "spacing", "amount", "shown"], refresh);
    followTheme(figure, redraw);
    const resized = new ResizeObserver(redraw);
    resized.observe(figure.root);
    figure.end(() => resized.disconnect());
    draw();
  });
}

/**
 * A disc for every place; those of the largest cluster are marked.
 * @param {number[][]} places
 * @param {ReturnType<typeof clusters>} found
 * @param {number} r
 * @param {string} look
 */
function discs(places, { names, best, size }, r, look) {
  const lit = (/** @type {number} */ i) => (size > 1 && names[i] === best ? `${look} bwonset-best` : look);
  return places.map(([x, y], i) => svg("circle", { class: lit(i), cx: x, cy: y, r }));
}

/**
 * @param {number} width
 * @param {(n: number) => number} place
 * @param {(value: number) => number} share
 */
function scales(width, place, share) {
  const parts = [];
  for (const value of [0, 0.5, 1]) {
    parts.push(svg("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: share(value), y2: share(value) }),
      svg("text", { x: LEFT - 7, y: share(value) + 4, "text-anchor": "end" }, `${100 * value} %`)); // prettier-ignore
  }
  for (const n of [1, 4, 16, 64, 256]) parts.push(svg("text", { x: place(n), y: share(0) + 18, "text-anchor": "middle" }, String(n)));
  parts.push(svg("text", { x: (LEFT + width - RIGHT) / 2, y: share(0) + 38, "text-anchor": "middle" }, "training labels"),
    svg("path", { class: "axis", d: `M${LEFT} ${TOP}v${HIGH}H${width - RIGHT}` })); // prettier-ignore
  return parts;
}

export default { render };
