// Training before the reader's eyes: a button, two curves of what is right, the loss, and drawings never trained on.

import { button, element, follow, followTheme, mount, scheduler, setter } from "./frame.js";
import { chart } from "./train_here_chart.js";
import { tiles } from "./train_here_tiles.js";
import { arriving, book, fromKernel, staff } from "./staff.js";
import { floats } from "./pixels.js";

/**
 * @typedef {{step: number, loss: number, trained: number, held_out: number}} Look
 * @typedef {import("./training_run.js").Plan} Plan
 */

const FILES = ["step", "draw"];
const LOADING = "Loading what it needs …";
const percent = (/** @type {number} */ share) => `${Math.round(100 * share)} %`;

/**
 * The plan with its bytes as numbers.
 * @param {import("./frame.js").Model} model
 * @returns {Plan}
 */
function planOf(model) {
  const plan = { ...model.get("_plan") };
  for (const name of ["train", "held", "alphaBar"]) plan[name] = floats(plan[name], "numbers", plan[name].byteLength / 4);
  return plan;
}

/** What happens, without its looks: a run that can be started, halted and begun again. */
class Training {
  /**
   * @param {import("./frame.js").Figure} figure
   * @param {(name: string, value: any) => void} trait
   * @param {() => void} changed
   */
  constructor({ model, end }, trait, changed) {
    this.model = model;
    this.trait = trait;
    this.changed = changed;
    this.plan = planOf(model);
    this.coming = "";
    this.worker = staff(model, (coming) => {
      this.coming = arriving(coming);
      changed();
    });
    /** @type {object | null} the worker that holds the weights */
    this.crew = null;
    /** @type {Promise<void> | null} */
    this.loop = null;
    this.going = false;
    this.life = 0; // counts the first weights
    this.begun = false;
    this.failed = "";
    this.milliseconds = 0;
    /** @type {number[]} */
    this.losses = [];
    /** @type {Look[]} */
    this.looks = [];
    /** @type {{images: Float32Array[], right: boolean[]} | null} */
    this.drawn = null;
    end(() => {
      this.going = false;
      this.worker.stop();
    });
  }

  get done() {
    return this.losses.length >= this.plan.steps;
  }

  /** Train until the end, or until the reader presses pause. */
  go() {
    this.going = true;
    this.failed = "";
    this.changed();
    // never two loops: one that was about to pause goes on
    this.loop ??= this.train().finally(() => { this.loop = null; });
    return this.loop;
  }

  async train() {
    try {
      this.coming = "";
      const crew = await this.worker.open(() => this.files());
      if (crew !== this.crew && this.begun) this.forget(); // a worker that was lost took its weights along
      this.crew = crew;
      while (this.going && !this.done) await this.next();
    } catch (error) {
      this.failed = `This network's files cannot run here: ${error instanceof Error ? error.message : error}.`;
    }
    this.going = false;
    this.changed();
  }

  /** One step, and a look where one is due; what comes back after the reader began again is of no use. */
  async next() {
    const { life, plan, worker } = this;
    if (!this.begun) await worker.ask("begin", { plan, seed: this.model.get("seed") });
    if (life !== this.life) return;
    this.begun = true;
    const start = performance.now();
    const { number, loss } = await worker.ask("step", {});
    const due = number % this.model.get("every") === 0 || number === plan.steps;
    const look = due && life === this.life ? await worker.ask("look", {}) : null;
    if (life !== this.life) return;
    this.losses.push(loss);
    this.milliseconds += performance.now() - start;
    if (look) {
      this.drawn = look;
      this.looks = [...this.looks, { step: number, loss, trained: look.trained, held_out: look.heldOut }];
      this.trait("history", this.looks);
    }
    this.changed();
  }

  /** Halt, and forget what was learned. */
  again() {
    this.going = false;
    this.failed = "";
    this.forget();
  }

  forget() {
    this.life += 1;
    this.begun = false;
    this.milliseconds = 0;
    [this.losses, this.looks, this.drawn] = [[], [], null];
    this.trait("history", []);
    this.changed();
  }

  async files() {
    const { model } = this;
    const file = (/** @type {string} */ name, /** @type {number} */ i) =>
      book() ? `${book()}models/${model.get("_key")}-${name}.onnx` : fromKernel(model, ["training step", "drawing"][i], i);
    return { files: await Promise.all(FILES.map(file)) };
  }
}

/**
 * What the figure says under itself.
 * @param {Training} training
 */
function words({ failed, losses, looks, plan, milliseconds, going, done, coming }) {
  if (failed) return failed;
  const held = plan.held.length / 2;
  if (!losses.length && going) return coming || LOADING;
  if (!losses.length) return `Untrained. ${held} labels will never be trained on. Press Train, and your browser learns for ${plan.steps} steps.`;
  const time = `${Math.round(milliseconds / 1000)} s`;
  const where = `Step ${losses.length} of ${plan.steps}, ${time} in your browser: loss ${losses[losses.length - 1].toPrecision(2)}`;
  const last = looks.at(-1);
  if (!last) return `${where}.`;
  const found = `${percent(last.trained)} of the trained and ${percent(last.held_out)} of the held-out labels drawn are right`;
  return `${where}; ${last.step < losses.length ? `at step ${last.step}, ` : ""}${found}.${done ? " Done." : going ? "" : " Paused."}`;
}

/** @param {import("./frame.js").Figure} figure */
function build(figure) {
  const { root, model, say } = figure;
  const trait = setter(model);
  const training = new Training(figure, trait, scheduler(figure, () => show()));
  const { plan } = training;
  const plot = chart(plan.steps);
  const drawings = tiles(plan);
  const start = button("Train", () => {
    if (training.going) training.going = false;
    else {
      if (training.done) fresh();
      training.go();
    }
    show();
  });
  const fresh = () => {
    trait("seed", Math.floor(Math.random() * 2 ** 32)); // whoever changes it, training begins again
  };
  const reset = button("New weights", fresh);
  const bar = element("progress", { max: plan.steps, value: 0, "aria-label": "steps of training" });

  let spoken = "";
  const show = () => {
    const { going, done, losses, looks, drawn, failed } = training;
    start.textContent = going ? "Pause" : done ? "Train again" : losses.length ? "Go on" : "Train";
    reset.disabled = !losses.length;
    bar.value = losses.length;
    plot.show(losses, looks);
    drawings.show(drawn);
    root.toggleAttribute("data-failed", Boolean(failed));
    root.dataset.step = String(losses.length); // for tests and timings
    root.dataset.looked = String(looks.at(-1)?.step ?? 0);
    // the ear is told at each quarter of the way, and wherever it comes to rest
    const looked = looks.at(-1)?.step ?? 0;
    if (going && !losses.length) spoken = LOADING;
    else if (!going || (looked === losses.length && (4 * looked) % plan.steps === 0)) spoken = words(training);
    say(words(training), spoken);
  };
  root.classList.add("bwtrain");
  const buttons = element("div", { class: "bwfig-buttons" }, start, reset);
  root.append(buttons, bar, element("div", { class: "bwfig-parts" }, plot.root, drawings.root));
  let seed = model.get("seed");
  follow(figure, ["seed"], () => {
    if (seed !== model.get("seed")) training.again();
    seed = model.get("seed");
  });
  followTheme(figure, scheduler(figure, () => show()));
  const resized = new ResizeObserver(scheduler(figure, () => show()));
  resized.observe(root);
  figure.end(() => resized.disconnect());
  show();
}

/** @param {{model: import("./frame.js").Model, el: HTMLElement}} context */
const render = ({ model, el }) => mount(el, model, "A network is trained in your browser", build);

export default { render };
