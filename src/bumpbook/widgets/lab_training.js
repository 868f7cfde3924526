// A run as the page sees it: loading, steps, looks, pauses, the verdict at the end, and questions in between.

import { COUNT, FAR, NEAR, NO_SHAPE, UNSEEN, setOf } from "./lab_set.js";
import { Principal } from "./lab_pca.js";
import { arriving, book, fromKernel, staff } from "./staff.js";

/** @typedef {import("./lab_settings.js").Settings} Settings */
/**
 * Shares right at a step, of trained and of held-out labels, within 0.45 px and within 1 px; NaN where there is no label.
 * @typedef {{step: number, loss: number, trained: number, held_out: number, trained_1: number, held_out_1: number}} Look
 */

const FILES = ["step", "draw", "ask"];
const NAMES = ["training step", "drawing", "single drawing"];
const EVERY = 4; // steps between two looks, each at a quarter of the labels

export class Training {
  /**
   * @param {import("./frame.js").Figure} figure
   * @param {import("./lab_settings.js").Network} network
   * @param {() => void} changed
   * @param {() => void} finished
   */
  constructor({ model, end }, network, changed, finished) {
    this.model = model;
    this.network = network;
    this.changed = changed;
    this.finished = finished;
    this.coming = "";
    this.worker = staff(model, (coming) => {
      this.coming = arriving(coming);
      changed();
    });
    /** @type {object | null} the worker that holds the weights */
    this.crew = null;
    /** @type {Promise<void> | null} */
    this.loop = null;
    this.life = 0; // counts runs: what comes back from an older one is of no use
    this.going = this.begun = this.done = this.loading = false;
    this.failed = "";
    this.milliseconds = 0;
    /** @type {number[]} */
    this.losses = [];
    /** @type {Look[]} */
    this.looks = [];
    this.off = new Uint8Array(COUNT);
    this.pictures = new Uint8Array(COUNT * network.size ** 2);
    this.cloud = new Principal(COUNT);
    /** @type {Settings | null} */
    this.settings = null;
    this.set = new Uint8Array(COUNT);
    this.clear();
    end(() => {
      this.life += 1;
      this.going = false;
      this.worker.stop();
    });
  }

  clear() {
    this.going = this.begun = this.done = this.loading = false;
    this.failed = "";
    this.milliseconds = 0;
    [this.losses, this.looks, this.settings] = [[], [], null];
    this.off = new Uint8Array(COUNT).fill(UNSEEN);
    this.pictures = new Uint8Array(this.pictures.length);
    this.cloud = new Principal(COUNT);
  }

  /** Forget what was learned. */
  again() {
    this.life += 1;
    this.clear();
    this.changed();
  }

  /**
   * Train until the end, or until the reader presses pause.
   * @param {Settings} settings taken up where a run begins
   */
  go(settings) {
    this.settings ??= settings;
    this.set = setOf(this.settings.rows);
    this.going = true;
    this.failed = "";
    this.changed();
    // never two loops: one that was about to pause goes on
    this.loop ??= this.train().finally(() => { this.loop = null; });
    return this.loop;
  }

  async train() {
    for (let life = -1; this.going && !this.done && life !== this.life; ) {
      life = this.life;
      try {
        await this.advance(life);
      } catch (error) {
        if (life !== this.life) continue;
        const failed = `This network cannot be trained here: ${error instanceof Error ? error.message : error}.`;
        this.worker.stop(); // after a failure nothing in it is trusted: the next run begins from nothing
        this.life += 1;
        this.clear();
        this.failed = failed;
      }
    }
    this.going = false;
    this.changed();
  }

  /** @param {number} life */
  async advance(life) {
    const here = () => life === this.life;
    this.loading = true;
    const crew = await this.worker.open(() => this.files());
    this.loading = false;
    if (!here()) return;
    if (this.begun && crew !== this.crew) throw new Error("the worker was lost, and its weights with it");
    this.crew = crew;
    if (!this.begun) {
      await this.worker.ask("begin", { network: this.network, settings: this.settings });
      if (here()) this.begun = true;
      for (let quarter = 0; here() && quarter < 4; quarter++) await this.look(quarter, here, quarter === 3);
    }
    while (here() && this.going && this.losses.length < this.network.steps) await this.next(here);
    if (here() && this.losses.length >= this.network.steps) await this.end(here);
  }

  /** @param {() => boolean} here */
  async next(here) {
    const start = performance.now();
    const { number, loss } = await this.worker.ask("step", {});
    if (!here()) return;
    this.losses.push(loss);
    if (number % EVERY === 0) await this.look((number / EVERY) % 4, here, true);
    if (!here()) return;
    this.milliseconds += performance.now() - start;
    this.changed();
  }

  /**
   * @param {number} quarter
   * @param {() => boolean} here
   * @param {boolean} counted
   */
  async look(quarter, here, counted) {
    const { cells, pictures, off, middle } = await this.worker.ask("look", { quarter });
    if (!here()) return;
    const pixels = this.network.size ** 2;
    cells.forEach((/** @type {number} */ cell, /** @type {number} */ i) => {
      this.off[cell] = off[i];
      this.pictures.set(pictures.subarray(i * pixels, (i + 1) * pixels), cell * pixels);
    });
    this.cloud.put(cells, middle);
    if (counted) this.count();
  }

  count() {
    const share = (/** @type {number} */ flag, /** @type {number} */ most) => shareRight(this.off, this.set, flag, most);
    this.looks = [...this.looks, { step: this.losses.length, loss: this.losses.at(-1) ?? NaN,
      trained: share(1, NEAR), held_out: share(0, NEAR), trained_1: share(1, FAR), held_out_1: share(0, FAR) }]; // prettier-ignore
  }

  /** @param {() => boolean} here */
  async end(here) {
    const start = performance.now();
    const { off, pictures, middle } = await this.worker.ask("verdict", {});
    if (!here()) return;
    this.off = off;
    this.pictures = pictures;
    this.cloud.put([...this.set.keys()], middle);
    this.milliseconds += performance.now() - start;
    this.count();
    this.done = true;
    this.finished();
    this.changed();
  }

  /** Seconds until the end, by what the last steps took; null before there is a guess. */
  get left() {
    const steps = this.losses.length;
    return steps < EVERY ? null : ((this.network.steps - steps) * this.milliseconds) / steps / 1000;
  }

  /**
   * Draw one label with the weights of this moment.
   * @param {{label: number[], seed: number, steps: number}} wish
   * @returns {Promise<{path: Float32Array, off: number}>}
   */
  ask(wish) {
    return this.worker.ask("draw", { wish });
  }

  /** @returns {Promise<Float32Array>} the averaged weights */
  async weights() {
    return (await this.worker.ask("weights", {})).weights;
  }

  async files() {
    const { model } = this;
    const file = (/** @type {string} */ name, /** @type {number} */ i) =>
      book() ? `${book()}models/${model.get("_key")}-${name}.onnx` : fromKernel(model, NAMES[i], i);
    return { files: await Promise.all(FILES.map(file)) };
  }
}

/**
 * The share of labels with a flag that are drawn right; NaN where there is none.
 * @param {ArrayLike<number>} off hundredths of a pixel
 * @param {Uint8Array} set
 * @param {number} flag 1 trained, 0 held out
 * @param {number} most
 */
export function shareRight(off, set, flag, most) {
  const some = [...set.keys()].filter((i) => set[i] === flag);
  return some.filter((i) => off[i] <= most && off[i] !== NO_SHAPE).length / some.length;
}
