// Two pairs of curves: what is drawn right of the trained and of the held-out labels, within 0.45 px and within 1 px.

import { element, svg } from "./frame.js";

const [LEFT, RIGHT, TOP, HIGH, BOTTOM] = [46, 12, 8, 150, 38]; // margins and height in pixels
/** @type {Record<string, string>} */
const LOOKS = { trained_1: "curve bwlab-far", held_out_1: "curve bwlab-held bwlab-far", trained: "curve", held_out: "curve bwlab-held" };

/** @param {number} steps that the run will take */
export function curves(steps) {
  const picture = svg("svg", { class: "bwlab-picture", role: "img", height: TOP + HIGH + BOTTOM });
  const lines = Object.entries(LOOKS).map(([name, look]) => ({ name, path: svg("path", { class: look }) }));
  const bet = svg("path", { class: "bwlab-betline" });
  const ground = svg("g");
  picture.append(ground, bet, ...lines.map(({ path }) => path));
  const key = (/** @type {string} */ look, /** @type {string} */ name) =>
    element("span", {}, svg("svg", { width: 30, height: 6, "aria-hidden": "true" }, svg("path", { class: look, d: "M0 3h30" })), name);
  const legend = element("p", { class: "bwlab-legend" }, key(LOOKS.trained, "trained on"), key(LOOKS.held_out, "held out"),
    key("curve bwlab-far bwlab-any", "the same, within 1 px"), key("bwlab-betline", "your bet")); // prettier-ignore
  const root = element("div", { class: "bwlab-part" }, element("p", { class: "bwlab-head" }, "Drawn right, within 0.45 px"), picture, legend);

  /**
   * @param {import("./lab_training.js").Look[]} looks
   * @param {number | null} betted the share that the reader bet on
   */
  const show = (looks, betted) => {
    const width = Math.round(picture.clientWidth) || 420;
    const place = (/** @type {number} */ step) => LEFT + ((width - LEFT - RIGHT) * step) / steps;
    const share = (/** @type {number} */ value) => TOP + HIGH * (1 - value);
    picture.setAttribute("viewBox", `0 0 ${width} ${TOP + HIGH + BOTTOM}`);
    ground.replaceChildren(...scales(steps, width, place));
    bet.setAttribute("d", betted === null ? "" : `M${LEFT} ${share(betted).toFixed(1)}H${width - RIGHT}`);
    for (const { name, path } of lines) {
      const points = looks.map((look) => [place(look.step), share(/** @type {any} */ (look)[name])]).filter(([, y]) => Number.isFinite(y));
      path.setAttribute("d", points.length ? `M${points.map((at) => at.map((value) => value.toFixed(1)).join(" ")).join("L")}` : "");
    }
    const last = looks.at(-1);
    const percent = (/** @type {number} */ value) => (Number.isFinite(value) ? `${Math.round(100 * value)} %` : "none");
    const words = last ? `after ${last.step} steps ${percent(last.trained)} and ${percent(last.held_out)}` : "nothing yet";
    picture.setAttribute("aria-label", `Shares of trained and of held-out labels drawn right, along ${steps} steps: ${words}`);
  };
  return { root, show };
}

/**
 * @param {number} steps
 * @param {number} width
 * @param {(step: number) => number} place
 */
function scales(steps, width, place) {
  const [right, foot] = [width - RIGHT, TOP + HIGH];
  const parts = [];
  for (const value of [0, 0.5, 1]) {
    const y = TOP + HIGH * (1 - value);
    parts.push(svg("line", { class: "grid", x1: LEFT, x2: right, y1: y, y2: y }), svg("text", { x: LEFT - 7, y: y + 4, "text-anchor": "end" }, `${100 * value} %`));
  }
  for (let i = 0; i <= 4; i++) {
    const step = Math.round((steps * i) / 4);
    parts.push(svg("text", { x: place(step), y: foot + 17, "text-anchor": "middle" }, String(step)));
  }
  parts.push(svg("text", { x: (LEFT + right) / 2, y: foot + 33, "text-anchor": "middle" }, "step of training"));
  parts.push(svg("path", { class: "axis", d: `M${LEFT} ${TOP}v${HIGH}h${right - LEFT}` }));
  return parts;
}
