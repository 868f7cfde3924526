// What is asked for, what was drawn last, and which step of it is shown: the figure without its looks.

import { floats } from "./pixels.js";
import { engine } from "./denoiser_engine.js";
import { arriving } from "./staff.js";

/** @typedef {import("./denoiser_maths.js").Reading} Reading */
/** @typedef {{label: number[], seed: number, steps: number}} Wish */

/**
 * A drawing by every model. What Python drew beforehand is the last state alone; the worker gives the whole way, and
 * says how long it took.
 * @typedef {Wish & {paths: Float32Array[], readings: Reading[], milliseconds: number | null}} Drawn
 */

const LOADING = "Loading the models …";
const QUICK = 5; // steps of the drawing that comes first, and is refined when the point rests
const FRAME = 60; // milliseconds a step is shown while it plays

export class Session {
  /**
   * @param {import("./frame.js").Figure} figure
   * @param {(name: string, value: any) => void} trait sets a trait of the model
   * @param {() => void} changed is called when there is something else to show
   */
  constructor({ model, say, end }, trait, changed) {
    this.model = model;
    this.say = say;
    this.trait = trait;
    this.changed = changed;
    this.network = engine(model, (coming) => say(arriving(coming), LOADING));
    this.drawn = beforehand(model);
    this.step = model.get("steps");
    this.failed = "";
    this.timer = 0;
    /** @type {Promise<void> | null} */
    this.busy = null;
    const table = model.get("_alpha_bar");
    this.alphaBar = floats(table, "noise levels", table.byteLength / 4);
    end(() => {
      clearInterval(this.timer);
      this.network.stop();
    });
  }

  /** @returns {Wish} */
  get wish() {
    const [x, y, seed, steps] = ["x", "y", "seed", "steps"].map((name) => this.model.get(name));
    return { label: [x, y], seed, steps };
  }

  /** Is the last drawing that of today's wish? */
  get fresh() {
    const { label, seed, steps } = this.wish;
    const { drawn } = this;
    return drawn?.label[0] === label[0] && drawn.label[1] === label[1] && drawn.seed === seed && drawn.steps === steps;
  }

  /** Is the image after the step that is asked for at hand? */
  get complete() {
    return this.fresh && (this.step >= this.wish.steps || this.drawn?.milliseconds !== null);
  }

  /**
   * What to show of a model: its image and, at the end of the way, what was read out of it.
   * @param {number} index
   * @returns {{image: Float32Array, reading: Reading | null} | null}
   */
  shown(index) {
    if (!this.drawn) return null;
    const { paths, readings, steps, milliseconds } = this.drawn;
    const pixels = this.model.get("_world").size ** 2;
    const ended = milliseconds === null || this.step >= steps;
    const from = ended ? paths[index].length - pixels : this.step * pixels;
    return { image: paths[index].slice(from, from + pixels), reading: ended ? readings[index] : null };
  }

  /** The wish has changed: draw it, unless it is what was drawn last. */
  ask() {
    if (!this.timer) this.step = this.wish.steps;
    this.changed();
    if (!this.fresh) this.draw();
  }

  /**
   * Draw until the drawing is that of the newest wish; wishes in between are passed over. A point that moves is drawn
   * in few steps first.
   */
  draw() {
    this.busy ??= this.follow().finally(() => {
      this.busy = null;
      this.changed();
    });
    return this.busy;
  }

  async follow() {
    if (!this.drawn?.milliseconds) this.say(LOADING);
    try {
      do {
        const { wish, drawn } = this;
        const moved = drawn?.milliseconds && drawn.label.join() !== wish.label.join();
        const now = { ...wish, steps: moved ? Math.min(QUICK, wish.steps) : wish.steps };
        const answer = await this.network.draw({ world: this.model.get("_world"), alphaBar: this.alphaBar, ...now });
        this.drawn = { ...answer, ...now };
        this.failed = "";
        this.changed();
      } while (!this.fresh);
      this.trait("readings", this.drawn?.readings);
    } catch (error) {
      this.failed = `The models cannot run here: ${error instanceof Error ? error.message : error}.`;
      this.stop();
    }
  }

  /** Walk from noise to image in front of the reader's eyes. */
  async play() {
    this.stop();
    if (!this.fresh || this.drawn?.milliseconds === null) await this.draw();
    if (this.failed) return;
    this.step = 0;
    this.timer = setInterval(() => {
      this.step += 1;
      if (this.step >= this.wish.steps) this.stop();
      this.changed();
    }, FRAME);
    this.changed();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = 0;
  }

  /**
   * Show the image after a number of steps.
   * @param {number} step
   */
  seek(step) {
    this.stop();
    this.step = step;
    if (!this.complete) this.draw();
    this.changed();
  }
}

/**
 * The drawing that Python made, so that there is something to see before anything is loaded.
 * @param {import("./frame.js").Model} model
 * @returns {Drawn | null}
 */
function beforehand(model) {
  const { images, ...drawn } = model.get("_drawn");
  const pixels = model.get("_world").size ** 2;
  const paths = images.map((/** @type {DataView} */ image) => floats(image, "image", pixels));
  return { ...drawn, paths, milliseconds: null };
}
