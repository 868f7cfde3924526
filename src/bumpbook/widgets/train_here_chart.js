// Two curves of what is drawn right, and below them the loss of every step, on a logarithmic scale.

import { element, svg } from "./frame.js";

const [LEFT, RIGHT, TOP, SHARES, GAP, LOSS, BOTTOM] = [48, 12, 8, 120, 16, 80, 40]; // heights and margins in pixels
const FOOT = TOP + SHARES + GAP + LOSS;
const LOOKS = { trained: "curve", held_out: "curve bwtrain-held" };

/** @param {number} steps that the run will take */
export function chart(steps) {
  const picture = svg("svg", { class: "bwtrain-picture", role: "img", height: FOOT + BOTTOM });
  const lines = { trained: svg("path", { class: LOOKS.trained }), held_out: svg("path", { class: LOOKS.held_out }), loss: svg("path", { class: "curve bwtrain-loss" }) };
  const ground = svg("g");
  picture.append(ground, ...Object.values(lines));
  const key = (/** @type {string} */ look, /** @type {string} */ name) =>
    element("span", {}, svg("svg", { width: 34, height: 6, "aria-hidden": "true" }, svg("path", { class: look, d: "M0 3h34" })), name);
  const legend = element("div", { class: "bwtrain-legend" }, key(LOOKS.trained, "trained labels right"), key(LOOKS.held_out, "held out right"), key("curve bwtrain-loss", "loss"));
  const root = element("div", { class: "bwtrain-plot" }, legend, picture);

  /**
   * @param {number[]} losses of every step so far
   * @param {import("./train_here.js").Look[]} looks
   */
  const show = (losses, looks) => {
    const width = Math.round(picture.clientWidth) || 420;
    const wide = width - LEFT - RIGHT;
    const place = (/** @type {number} */ step) => LEFT + (wide * step) / steps;
    const share = (/** @type {number} */ value) => TOP + SHARES * (1 - value);
    const [low, high] = decades(losses);
    const depth = (/** @type {number} */ loss) => FOOT - (LOSS * (Math.log10(loss) - low)) / (high - low);
    picture.setAttribute("viewBox", `0 0 ${width} ${FOOT + BOTTOM}`);
    ground.replaceChildren(...axes(steps, width, [low, high], place));
    for (const name of /** @type {const} */ (["trained", "held_out"])) {
      lines[name].setAttribute("d", path(looks.map((look) => [place(look.step), share(look[name])])));
    }
    lines.loss.setAttribute("d", path(losses.map((loss, i) => [place(i + 1), depth(loss)])));
    const last = looks.at(-1);
    const words = last ? `after ${last.step} steps ${Math.round(100 * last.trained)} % and ${Math.round(100 * last.held_out)} %` : "nothing yet";
    picture.setAttribute("aria-label", `Shares of trained and of held-out labels drawn right, and the loss, along ${steps} steps: ${words}`);
  };
  return { root, show };
}

/**
 * The whole powers of ten around all losses; the usual ones before there are any.
 * @param {number[]} losses
 */
function decades(losses) {
  const logs = losses.map((loss) => Math.log10(Math.max(loss, 1e-12)));
  return [Math.min(-4, ...logs.map(Math.floor)), Math.max(-1, ...logs.map(Math.ceil))];
}

/** @param {number[][]} points */
const path = (points) => (points.length ? `M${points.map((point) => point.map((value) => value.toFixed(1)).join(" ")).join("L")}` : "");

/**
 * @param {number} steps
 * @param {number} width
 * @param {number[]} powers of ten at the ends of the loss
 * @param {(step: number) => number} place
 */
function axes(steps, width, [low, high], place) {
  const right = width - RIGHT;
  const parts = [];
  const level = (/** @type {number} */ y, /** @type {string} */ text) =>
    parts.push(svg("line", { class: "grid", x1: LEFT, x2: right, y1: y, y2: y }), svg("text", { x: LEFT - 7, y: y + 4, "text-anchor": "end" }, text));
  for (const value of [0, 0.5, 1]) level(TOP + SHARES * (1 - value), `${100 * value} %`);
  for (const power of [low, high]) level(FOOT - (LOSS * (power - low)) / (high - low), String(10 ** power));
  for (let i = 0; i <= 4; i++) {
    const step = Math.round((steps * i) / 4);
    parts.push(svg("text", { x: place(step), y: FOOT + 18, "text-anchor": "middle" }, String(step)));
  }
  parts.push(svg("text", { x: (LEFT + right) / 2, y: FOOT + 35, "text-anchor": "middle" }, "step"));
  parts.push(svg("path", { class: "axis", d: `M${LEFT} ${TOP}v${SHARES}h${right - LEFT}M${LEFT} ${FOOT - LOSS}v${LOSS}h${right - LEFT}` }));
  return parts;
}
