// A trained diffusion model in the reader's hands: a point on the map of labels, and what each model draws there.

import { button, calm, element, follow, followTheme, mount, scheduler, setter, slider, tick } from "./frame.js";
import { axis, column, describe, reach } from "./denoiser_column.js";
import { Session } from "./denoiser_session.js";

/** @typedef {import("./world.js").World} World */
/** @typedef {{refresh: () => void}} Control */

const STEPS = [5, 10, 20, 50];

/**
 * Put the point where it was asked for: on a label, or anywhere between the labels when it is free.
 * @param {import("./frame.js").Model} model
 * @param {World} world
 * @param {(name: string, value: any) => void} trait
 */
function mover(model, world, trait) {
  const last = axis(world).at(-1) ?? 0;
  return (/** @type {number[]} */ label) => {
    const unit = model.get("free") ? world.spacing / 20 : world.spacing;
    label.forEach((value, i) => {
      const near = Number(Math.min(Math.max(Math.round(value / unit) * unit, 0), last).toFixed(6));
      if (near !== model.get("xy"[i])) trait("xy"[i], near);
    });
  };
}

/**
 * Everything below the drawings: coordinates, the step, play, the noise, the number of steps.
 * @param {import("./frame.js").Figure} figure
 * @param {World} world
 * @param {Session} session
 * @param {(name: string, value: any) => void} trait
 * @param {(label: number[]) => void} move
 * @returns {{root: HTMLElement, controls: Control[]}}
 */
function panel({ model }, world, session, trait, move) {
  const last = axis(world).at(-1) ?? 0;
  const unit = () => (model.get("free") ? world.spacing / 20 : world.spacing);
  const words = (/** @type {number} */ value) => String(Number(value.toFixed(2)));
  const x = slider({ name: "x", min: 0, max: last, step: unit(), words, value: () => model.get("x"), input: (value) => move([value, model.get("y")]) });
  const y = slider({ name: "y", min: 0, max: last, step: unit(), words, value: () => model.get("y"), input: (value) => move([model.get("x"), value]) });
  const time = slider({ name: "step", wide: true, min: 0, max: model.get("steps"), step: 1, value: () => session.step,
    words: (value) => `${value} of ${model.get("steps")}`, input: (value) => session.seek(value) }); // prettier-ignore
  const limits = () => {
    x.input.step = y.input.step = String(unit());
    time.input.max = model.get("steps");
  };
  const free = tick({ name: "between the labels", value: () => model.get("free"), input: (on) => {
    trait("free", on);
    move([model.get("x"), model.get("y")]);
  } }); // prettier-ignore
  const play = button("Play", () => {
    if (session.timer) session.stop();
    else session.play();
    playing();
  });
  const playing = () => { play.textContent = session.timer ? "Pause" : "Play"; };
  const again = button("New noise", () => {
    trait("seed", Math.floor(Math.random() * 2 ** 32));
    if (!calm()) session.play();
  });
  const count = picker("steps", STEPS, () => model.get("steps"), (value) => trait("steps", value));
  const buttons = element("div", { class: "bwfig-buttons bwfig-wide" }, play, again, count.row, free.row);
  const root = element("div", { class: "bwfig-controls" }, x.row, y.row, time.row, buttons);
  return { root, controls: [{ refresh: limits }, x, y, time, free, count, { refresh: playing }] };
}

/**
 * A number chosen from a short list.
 * @param {string} name
 * @param {number[]} options
 * @param {() => number} value
 * @param {(value: number) => void} input
 */
function picker(name, options, value, input) {
  const select = element("select");
  select.addEventListener("change", () => input(Number(select.value)));
  const refresh = () => {
    if (select.value === String(value())) return;
    const all = [...new Set([...options, value()])].sort((a, b) => a - b); // Python may have set another number
    select.replaceChildren(...all.map((option) => element("option", { value: option, selected: option === value() }, String(option))));
  };
  return { row: element("label", { class: "bwden-picker" }, select, ` ${name}`), refresh };
}

/**
 * What the marks on the maps and on the drawings mean.
 * @param {import("./denoiser_column.js").Entry[]} models
 */
function legend(models) {
  const some = (/** @type {number} */ flag) => models.some(({ train }) => train && new Uint8Array(train.buffer, train.byteOffset, train.byteLength).includes(flag));
  const marks = [["bwden-dot", "trained on", some(1)], ["bwden-hole", "never seen", some(0)], ["bwden-here", "asked for", true]]; // prettier-ignore
  const entries = marks.filter(([, , present]) => present).map(([mark, text]) => element("span", {}, element("i", { class: mark, "aria-hidden": "true" }), String(text)));
  return element("p", { class: "bwden-legend" }, ...entries);
}

/** @param {import("./frame.js").Figure} figure */
function build(figure) {
  const { root, model, say } = figure;
  /** @type {World} */
  const world = model.get("_world");
  /** @type {import("./denoiser_column.js").Entry[]} */
  const models = model.get("_models");
  const trait = setter(model);
  const move = mover(model, world, trait);
  const columns = models.map((entry, i) => column(entry, world, i === 0));

  const show = () => {
    const label = [model.get("x"), model.get("y")];
    const span = world.size + 2 * world.margin;
    if (!label.every((value) => value >= 0 && value < span)) throw new Error(`the label (${label.join(", ")}) lies outside [0, ${span})`);
    columns.forEach((each, i) => {
      const shown = session.shown(i);
      each.move(label);
      each.wait(!session.complete);
      if (shown) each.show(shown.image);
      if (session.failed && !session.complete) each.tell("not drawn", null);
      else if (shown?.reading) each.tell(describe(shown.reading, world), shown.reading.right);
      else each.tell(`${session.step} of ${session.wish.steps} steps`, null);
    });
    for (const control of controls) control.refresh();
    root.toggleAttribute("data-failed", Boolean(session.failed));
    // for tests and timings: which label and seed the pictures are of, be they quick ones, and which wish
    root.dataset.first = session.drawn ? [...session.drawn.label, session.drawn.seed].join(" ") : "";
    root.dataset.drawn = session.complete ? [...label, session.wish.seed, session.wish.steps].join(" ") : "";
    if (session.failed) say(session.failed);
    else if (session.complete) say(seen(), session.step >= session.wish.steps ? heard() : "");
  };
  const seen = () => {
    const took = session.drawn?.milliseconds;
    if (!took) return "Drawn beforehand. Move the point, and your browser draws.";
    const many = models.length > 1 ? ` by each of ${models.length} models` : "";
    return `${session.wish.steps} steps${many}: ${took.toFixed(0)} ms, in your browser.`;
  };
  const heard = () => {
    const found = models.map(({ name }, i) => `${name}: ${describe(/** @type {any} */ (session.drawn).readings[i], world)}`);
    return `Asked for (${session.wish.label.join(", ")}). ${found.join("; ")}.`;
  };
  const session = new Session(figure, trait, scheduler(figure, show));
  const { root: below, controls } = panel(figure, world, session, trait, move);

  for (const { field } of columns) reach(field, world, move, () => [model.get("x"), model.get("y"), model.get("free")]);
  root.classList.add("bwden");
  root.append(element("div", { class: "bwden-models", "data-count": columns.length }, ...columns.map((each) => each.root)), legend(models), below);
  follow(figure, ["x", "y", "seed", "steps"], scheduler(figure, () => session.ask()));
  follow(figure, ["free"], scheduler(figure, show));
  followTheme(figure, () => {});
  show();
  session.ask();
}

/** @param {{model: import("./frame.js").Model, el: HTMLElement}} context */
const show = ({ model, el }) => mount(el, model, "A diffusion model draws at the point of your choice", build);

export default { render: show };
