// The percolation playground: sites appear in one random order, and a cluster takes over.

import { brushFor, button, element, follow, followTheme, mount, scheduler, setter, slider, svg, tick } from "./frame.js";
import { Growth, joining, neighbours, onset, reach, siteOrder } from "./clusters.js";

/** @typedef {import("./frame.js").Model} Model */

const LEAST = 0.005; // where the density axis, which is logarithmic, begins
const DECADES = -Math.log10(LEAST);
const [LEFT, TOP, WIDE, HIGH] = [44, 20, 270, 226]; // the plot's frame in its own units, a line of words above it
const FULL = 30; // a lattice that bumps cover so many times over has no gap left
const PALETTE = {
  light: { empty: [255, 255, 255], alone: [150, 160, 170], best: [0, 84, 140],
    others: [[214, 140, 0], [190, 95, 150], [60, 155, 120], [200, 165, 30], [200, 95, 40], [130, 115, 190]] },
  dark: { empty: [20, 24, 29], alone: [95, 106, 118], best: [130, 210, 255],
    others: [[170, 115, 0], [160, 85, 130], [40, 130, 100], [160, 135, 40], [160, 85, 45], [115, 105, 175]] },
}; // prettier-ignore

/** @param {number} share */
export const percent = (share) => `${share >= 0.0995 ? (100 * share).toFixed(0) : (100 * share).toFixed(1)} %`;

/** @param {number} density */
const position = (density) => 1 + Math.log10(Math.max(density, LEAST)) / DECADES;

/** @param {number} place from 0 to 1 along the axis */
const densityAt = (place) => Math.min(1, Number((10 ** ((place - 1) * DECADES)).toPrecision(3)));

/**
 * Everything the picture depends on besides the density, from the model's traits.
 * @param {Model} model
 */
function settings(model) {
  const [size, sigma, spacing, threshold] = ["size", "sigma", "spacing", "threshold"].map((name) => model.get(name));
  if (!(size >= 2 && sigma > 0 && spacing > 0 && threshold > 0 && threshold < 1)) {
    throw new Error(`size ${size}, width ${sigma}, spacing ${spacing} and threshold ${threshold} make no lattice`);
  }
  const radius = reach(sigma, threshold, spacing);
  const moves = neighbours(radius);
  const z = moves.length / 2;
  return { size, radius, moves, z, disc: neighbours(radius / 2), onset: onset(z, model.get("_site_thresholds"), model.get("_large_range")),
    periodic: model.get("periodic"), seed: model.get("seed") }; // prettier-ignore
}

/** The plot of the largest cluster's share over the density: returns its parts. */
function plot() {
  const path = (/** @type {string} */ look) => svg("path", { class: "curve", style: look });
  const seen = path("opacity: 0.35; stroke-width: 1.4");
  const now = path("");
  const dot = svg("circle", { r: 5, style: "fill: var(--one); stroke: var(--paper); stroke-width: 1.5" });
  const line = svg("line", { y1: TOP, y2: TOP + HIGH, style: "stroke: var(--four); stroke-width: 1.6; stroke-dasharray: 5 3" });
  const band = svg("rect", { y: TOP, height: HIGH, style: "fill: var(--four); opacity: 0.16" });
  const word = svg("text", { y: TOP - 6, style: "fill: var(--four)" }, "endless lattice");
  const picture = svg("svg", { viewBox: `0 0 ${LEFT + WIDE + 16} ${TOP + HIGH + 46}`, width: LEFT + WIDE + 16, role: "img" });
  for (const density of [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]) {
    const x = LEFT + WIDE * position(density);
    picture.append(svg("line", { class: "grid", x1: x, x2: x, y1: TOP, y2: TOP + HIGH }));
    picture.append(svg("text", { x, y: TOP + HIGH + 18, "text-anchor": "middle" }, `${100 * density}`));
  }
  for (const share of [0, 0.5, 1]) {
    const y = TOP + HIGH * (1 - share);
    picture.append(svg("line", { class: "grid", x1: LEFT, x2: LEFT + WIDE, y1: y, y2: y }));
    picture.append(svg("text", { x: LEFT - 7, y: y + 4, "text-anchor": "end" }, `${100 * share}`));
  }
  picture.append(svg("text", { x: LEFT + WIDE / 2, y: TOP + HIGH + 38, "text-anchor": "middle" }, "sites occupied, %"));
  picture.append(svg("text", { transform: `translate(12 ${TOP + HIGH / 2}) rotate(-90)`, "text-anchor": "middle" }, "largest cluster, % of occupied"));
  picture.append(svg("path", { class: "axis", d: `M${LEFT} ${TOP}v${HIGH}h${WIDE}` }), band, line, word, seen, now, dot);
  return { picture, seen, now, dot, line, word, band };
}

/**
 * The share of the largest cluster as a path over the density axis, up to `end` sites.
 * @param {Growth} growth
 * @param {number} end
 */
export function trace(growth, end) {
  const sites = growth.size ** 2;
  const points = [];
  for (let place = 0; place <= WIDE; place++) {
    const n = Math.min(Math.round(densityAt(place / WIDE) * sites), end);
    if (n === 0) continue;
    const x = LEFT + WIDE * position(n / sites);
    points.push(`${x.toFixed(1)} ${(TOP + HIGH * (1 - growth.largest[n] / n)).toFixed(1)}`);
    if (n === end) break;
  }
  return points.length ? `M${points.join("L")}` : "";
}

/**
 * Colours as ImageData holds them: of empty sites, then of a lone site, of the largest cluster and of others, each
 * for a site and, paler, for the ground within its reach.
 * @param {boolean} dark
 */
function inks(dark) {
  const { empty, alone, best, others } = PALETTE[dark ? "dark" : "light"];
  const word = (/** @type {number[]} */ [r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r;
  const pale = (/** @type {number[]} */ colour) => word(colour.map((c, k) => Math.round(0.4 * c + 0.6 * empty[k])));
  const all = [alone, best, ...others];
  return { nothing: word(empty), sites: all.map(word), ground: all.map(pale) };
}

/**
 * Colour every site by its cluster, and paler the ground within half the reach around it. Two such discs touch just
 * when their sites are joined, so that a cluster is one patch and no two clusters dispute a place.
 * @param {Growth} growth
 * @param {number} n
 * @param {Int32Array} roots
 * @param {Int32Array} pixels
 * @param {Int32Array} disc steps to the ground around a site, as `neighbours` gives them
 * @param {ReturnType<typeof inks>} colours
 */
export function paint(growth, n, roots, pixels, disc, { nothing, sites, ground }) {
  const { size, order, periodic, counted } = growth;
  const found = growth.clusters(n, roots);
  const full = (n * disc.length) / 2 > FULL * size * size;
  pixels.fill(full ? ground[1] : nothing);
  const hue = (/** @type {number} */ root) => {
    if (root === found.root) return 1;
    return counted[root] === 1 ? 0 : 2 + ((Math.imul(root, 0x9e3779b1) >>> 16) % (sites.length - 2));
  };
  const far = disc.reduce((most, step) => Math.max(most, Math.abs(step)), 0);
  const jumps = Int32Array.from({ length: disc.length / 2 }, (_, k) => disc[2 * k + 1] * size + disc[2 * k]);
  for (let i = 0; i < n && !full; i++) {
    const site = order[i];
    const [x, y, colour] = [site % size, Math.floor(site / size), ground[hue(roots[site])]];
    const inside = x >= far && y >= far && x < size - far && y < size - far;
    for (let k = 0; k < jumps.length && inside; k++) pixels[site + jumps[k]] = colour;
    for (let k = 0; k < disc.length && !inside; k += 2) {
      const [u, v] = [x + disc[k], y + disc[k + 1]];
      const out = u < 0 || v < 0 || u >= size || v >= size;
      if (!out || periodic) pixels[((v + size) % size) * size + ((u + size) % size)] = colour;
    }
  }
  for (let i = 0; i < n; i++) pixels[order[i]] = sites[hue(roots[order[i]])];
  return found;
}

/** @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  return mount(el, model, "Percolation on a lattice", (figure) => {
    const canvas = element("canvas", { class: "bwlattice-sites", role: "img" });
    const context = brushFor(canvas);
    const curve = plot();
    const set = setter(model);
    let now = settings(model);
    let growth = new Growth(now.size, now.moves, now.periodic, siteOrder(now.size ** 2, now.seed));
    let roots = new Int32Array(now.size ** 2);
    let image = new ImageData(now.size, now.size);
    let fresh = true;

    const draw = () => {
      const sites = now.size ** 2;
      const wanted = Math.round(model.get("density") * sites);
      growth.grow(wanted, 9);
      if (growth.occupied < wanted) redraw();
      if (fresh && growth.occupied < wanted) return; // keep the old picture until the new one has caught up
      fresh = false;
      const n = Math.min(wanted, growth.occupied);
      if (canvas.width !== now.size) canvas.width = canvas.height = now.size;
      const pixels = new Int32Array(image.data.buffer);
      const { count } = paint(growth, n, roots, pixels, now.disc, inks(figure.root.hasAttribute("data-dark")));
      context.putImageData(image, 0, 0);
      const share = n ? growth.largest[n] / n : 0;
      curve.seen.setAttribute("d", trace(growth, growth.occupied));
      curve.now.setAttribute("d", trace(growth, n));
      curve.dot.setAttribute("cx", String(LEFT + WIDE * position(n / sites)));
      curve.dot.setAttribute("cy", String(TOP + HIGH * (1 - share)));
      tell(n / sites, n, count, share);
    };
    const redraw = scheduler(figure, draw);

    /** @type {(density: number, n: number, count: number, share: number) => void} */
    const tell = (density, n, count, share) => {
      const ends = Number.isFinite(now.onset) && now.onset <= 1;
      const x = LEFT + WIDE * position(ends ? now.onset : 1);
      for (const part of [curve.line, curve.word, curve.band]) part.style.display = ends ? "" : "none";
      const [from, to] = joining(ends ? now.onset : 1, now.radius, now.size).map((d) => LEFT + WIDE * position(d));
      curve.band.setAttribute("x", String(from));
      curve.band.setAttribute("width", String(to - from));
      curve.line.setAttribute("x1", String(x));
      curve.line.setAttribute("x2", String(x));
      curve.word.setAttribute("x", String(x > LEFT + WIDE / 2 ? x - 6 : x + 6));
      curve.word.setAttribute("text-anchor", x > LEFT + WIDE / 2 ? "end" : "start");
      const parts = n
        ? `${percent(density)} of the sites are occupied, in ${count} ${count === 1 ? "cluster" : "clusters"}; the largest holds ${percent(share)} of them.`
        : "No site is occupied.";
      const law = now.z
        ? `Each site reaches ${now.z} neighbours, up to ${now.radius.toFixed(2)} steps away; onset ${percent(now.onset)} on an endless lattice, a little less on one of this size.`
        : "No neighbour is within reach: nothing connects at any density.";
      figure.say(`${parts} ${law}`);
      canvas.setAttribute("aria-label", `Lattice of ${now.size} by ${now.size} sites coloured by cluster. ${parts}`);
      curve.picture.setAttribute("aria-label", `Share of the largest cluster over density. ${parts}`);
    };

    const rebuild = () => {
      now = settings(model);
      growth = new Growth(now.size, now.moves, now.periodic, siteOrder(now.size ** 2, now.seed));
      if (image.width !== now.size) {
        roots = new Int32Array(now.size ** 2);
        image = new ImageData(now.size, now.size);
      }
      fresh = true;
      redraw();
    };
    const rebuildSafely = scheduler(figure, rebuild);
    const log = (/** @type {number} */ value) => Math.log10(value);
    const plain = (/** @type {number} */ value) => `${Number(value.toPrecision(3))}`;
    const controls = [
      slider({ name: "density", min: 0, max: 1, step: 0.002, wide: true, value: () => position(model.get("density")),
        words: () => percent(model.get("density")), input: (place) => set("density", densityAt(place)) }),
      slider({ name: "width σ", min: 0.2, max: 2.5, step: 0.05, value: () => model.get("sigma"),
        words: (value) => `${plain(value)} px`, input: (value) => set("sigma", value) }),
      slider({ name: "spacing", min: 0.25, max: 3, step: 0.05, value: () => model.get("spacing"),
        words: (value) => `${plain(value)} px`, input: (value) => set("spacing", value) }),
      slider({ name: "threshold", min: -4, max: -0.05, step: 0.05, value: () => log(model.get("threshold")),
        words: (value) => plain(10 ** value), input: (value) => set("threshold", Number((10 ** value).toPrecision(3))) }),
    ]; // prettier-ignore
    const note = element("p", { class: "bwfig-note" }, "A dot is an occupied site, a patch is a cluster; the largest is blue. Dashed: where an endless lattice joins up. Shaded: where one of this size does.");
    const torus = tick({ name: "edges joined (torus)", value: () => model.get("periodic"), input: (on) => set("periodic", on) });
    const again = button("New sites", () => set("seed", (model.get("seed") + 1) % 2 ** 31));
    figure.root.append(
      element("div", { class: "bwfig-parts" }, canvas, element("div", { class: "bwlattice-side" }, curve.picture, note)),
      element("div", { class: "bwfig-controls bwlattice-status" }, ...controls.map(({ row }) => row),
        element("div", { class: "bwfig-buttons" }, torus.row, again)),
    ); // prettier-ignore

    const pick = (/** @type {PointerEvent} */ event) => {
      if (event.type === "pointermove" && !event.buttons) return;
      const box = curve.picture.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * (LEFT + WIDE + 16);
      set("density", densityAt(Math.min(Math.max((x - LEFT) / WIDE, 0), 1)));
    };
    curve.picture.style.cursor = "ew-resize";
    curve.picture.style.touchAction = "pan-y";
    curve.picture.addEventListener("pointerdown", (event) => {
      curve.picture.setPointerCapture(event.pointerId);
      pick(event);
    });
    curve.picture.addEventListener("pointermove", pick);

    const refresh = () => [...controls, torus].forEach((control) => control.refresh());
    follow(figure, ["density", "sigma", "spacing", "threshold", "periodic"], refresh);
    follow(figure, ["density"], redraw);
    follow(figure, ["size", "sigma", "spacing", "threshold", "periodic", "seed"], rebuildSafely);
    followTheme(figure, redraw);
    draw();
  });
}

export default { render };
