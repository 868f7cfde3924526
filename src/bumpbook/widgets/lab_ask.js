// What is drawn at the asked point: by the network in training, by a shipped answer before, and step by step when played.

import { SIDE } from "./lab_set.js";
import { pictureOf } from "./lab_drawing.js";
import { calm } from "./frame.js";

/** @typedef {import("./lab_compare.js").Answer} Answer */

const QUICK = 5; // steps of the sampler: as many as the verdict takes
const SLOW = 20; // where the way is watched
const FRAME = 70; // milliseconds a step is shown while it plays

export class Asker {
  /**
   * @param {import("./frame.js").Figure} figure
   * @param {import("./lab_training.js").Training} training
   * @param {() => Answer | null} shipped the answer to today's question that came with the page
   * @param {() => void} changed
   */
  constructor({ end }, training, shipped, changed) {
    this.training = training;
    this.shipped = shipped;
    this.changed = changed;
    this.point = [7, 7];
    this.noise = 0;
    this.timer = 0;
    this.step = 0;
    /** @type {{path: Float32Array, off: number, label: number[], life: number, at: number, noise: number, steps: number} | null} */
    this.drawn = null;
    this.busy = false;
    end(() => clearInterval(this.timer));
  }

  /** @param {number[]} label anywhere on the map; without a network, on the lattice */
  move(label) {
    this.stop();
    const unit = this.training.begun ? 20 : 1;
    this.point = label.map((value) => Math.round(Math.min(Math.max(value, 0), SIDE - 1) * unit) / unit);
    this.changed();
    this.refresh();
  }

  /** Is the drawing that of the point, the noise and the weights of the last look? Each step would be too often. */
  get fresh() {
    const { drawn, training, noise, point } = this;
    if (!drawn || drawn.life !== training.life || drawn.noise !== noise) return false;
    return drawn.at >= (training.looks.at(-1)?.step ?? 0) && drawn.label.every((value, i) => value === point[i]);
  }

  /** Ask the network again, if there is one and its last answer is old. Wishes in between are passed over. */
  async refresh() {
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.training.begun && !this.fresh && !this.timer) await this.draw(QUICK);
    } catch {
      // the run itself says what went wrong
    }
    this.busy = false;
  }

  /** @param {number} steps */
  async draw(steps) {
    const { training, noise } = this;
    const [label, life, at] = [[...this.point], training.life, training.losses.length];
    const found = await training.ask({ label, seed: noise, steps });
    if (life !== training.life) return;
    this.drawn = { ...found, label, life, at, noise, steps };
    this.step = steps;
    this.changed();
  }

  /** What to show: an image, and how far it lies off; null where nothing has been drawn. */
  get shown() {
    const size = this.training.network.size;
    if (this.training.begun) {
      if (!this.drawn || this.drawn.life !== this.training.life) return null;
      const { path, off, steps } = this.drawn;
      const step = Math.min(this.step, steps);
      return { image: path.subarray(step * size * size, (step + 1) * size * size), off, ended: step === steps };
    }
    const answer = this.shipped();
    const cell = this.point[0] + SIDE * this.point[1];
    return answer && Number.isInteger(cell) ? { image: pictureOf(answer.pictures, cell, size), off: answer.off[cell], ended: true } : null;
  }

  /** Walk from noise to image in front of the reader's eyes. */
  async play() {
    this.stop();
    if (!this.training.begun) return;
    await this.draw(SLOW);
    if (calm()) return;
    this.step = 0;
    clearInterval(this.timer);
    this.timer = setInterval(() => {
      this.step += 1;
      if (this.step >= SLOW) this.stop();
      this.changed();
    }, FRAME);
    this.changed();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = 0;
    if (this.drawn) this.step = this.drawn.steps;
  }

  /** Other noise for the same label. */
  renew() {
    this.noise += 1;
    this.stop();
    this.refresh();
  }
}
