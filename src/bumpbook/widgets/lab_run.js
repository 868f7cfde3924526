// A training run in the browser: every step is one run of an ONNX file that holds the backward pass as well.

import { ddimStep, judge, samplingTimes } from "./denoiser_maths.js";
import { noise, normals, uniforms } from "./random.js";
import { imageOf } from "./world.js";
import { COUNT, NO_SHAPE, SIDE, UNSEEN, labelsOf, setOf } from "./lab_set.js";
import { told, worldOf } from "./lab_settings.js";
import { atStep, batches, firstWeights, times, wanted } from "./training_maths.js";

/** @typedef {import("./lab_settings.js").Network} Network */
/** @typedef {import("./lab_settings.js").Settings} Settings */

const CHANGING = ["weights", "mean", "square", "averaged"];
const SEEN = [true, true];
const STEPS = 5; // of the sampler: 5, 10 and 20 get the same labels right
const NOISE = 0; // of all looks and verdicts, so that two runs can be compared

export class Run {
  /**
   * @param {any} runtime
   * @param {{step: any, draw: any, ask: any}} sessions
   * @param {Network} network
   * @param {Settings} settings
   */
  constructor(runtime, sessions, network, settings) {
    this.runtime = runtime;
    this.sessions = sessions;
    this.network = network;
    this.settings = settings;
    this.world = worldOf(settings, network);
    this.labels = labelsOf(setOf(settings.rows));
    this.images = Array.from({ length: this.labels.length / 2 }, (_, i) => imageOf(this.world, [this.labels[2 * i], this.labels[2 * i + 1]], SEEN));
    const { angle, frequencies } = network.languages[settings.language];
    this.tell = (/** @type {ArrayLike<number>} */ labels) => told(labels, angle);
    this.waves = this.tensor(Float32Array.from(frequencies), [frequencies.length]);
    this.number = 0;
    this.uniform = uniforms(settings.seed);
    const weights = firstWeights(network.layout, this.uniform);
    const zeros = () => this.tensor(new Float32Array(weights.length), [weights.length]);
    /** @type {Record<string, any>} tensors that come out of a step and go into the next one */
    this.state = { mean: zeros(), square: zeros() };
    for (const name of ["weights", "averaged"]) this.state[name] = this.tensor(weights.slice(), [weights.length]);
    this.rows = batches(this.images.length, network.batch, this.uniform);
  }

  /**
   * @param {Float32Array} data
   * @param {number[]} shape
   */
  tensor(data, shape) {
    return new this.runtime.Tensor("float32", data, shape);
  }

  /** One step of training: its number, its loss and the milliseconds that it took. */
  async step() {
    const start = performance.now();
    this.number += 1;
    const numbers = Object.entries(atStep(this.number, this.network)).map(([name, value]) => [name, this.tensor(Float32Array.of(value), [1])]);
    const after = await this.sessions.step.run({ ...this.state, ...this.noisy(), frequencies: this.waves, ...Object.fromEntries(numbers) });
    for (const name of CHANGING) this.state[name] = after[`new_${name}`];
    const loss = after.loss.data[0];
    if (!Number.isFinite(loss)) throw new Error(`the loss is no longer a number at step ${this.number}`);
    return { number: this.number, loss, milliseconds: performance.now() - start };
  }

  /** A batch of noisy images, their times and labels, and what the network is wanted to answer. */
  noisy() {
    const { size, batch, alphaBar, target } = this.network;
    const pixels = size ** 2;
    const rows = this.rows.next().value;
    const t = times(batch, alphaBar.length, this.uniform);
    const draws = normals(this.uniform, batch * pixels);
    const [x, asked] = [new Float32Array(batch * pixels), new Float32Array(batch * pixels)];
    for (let i = 0; i < draws.length; i++) {
      const image = Math.floor(i / pixels);
      const [x0, left] = [this.images[rows[image]][i % pixels], alphaBar[t[image]]];
      x[i] = Math.sqrt(left) * x0 + Math.sqrt(1 - left) * draws[i];
      asked[i] = wanted(target, x0, draws[i], left);
    }
    const shape = [batch, 1, size, size];
    const labels = rows.flatMap((row) => [this.labels[2 * row], this.labels[2 * row + 1]]);
    return { x: this.tensor(x, shape), wanted: this.tensor(asked, shape),
      t: this.tensor(Float32Array.from(t), [batch]), labels: this.tensor(this.tell(labels), [batch, 2]) }; // prettier-ignore
  }

  /**
   * A quick look at a quarter of the lattice: every second column and row, drawn in one step from the same noise.
   * @param {number} quarter 0 to 3
   */
  async look(quarter) {
    const cells = Array.from({ length: COUNT }, (_, i) => i).filter((i) => (i % 2) + 2 * (Math.floor(i / SIDE) % 2) === quarter);
    const { pictures, off, middle } = await this.drawn(cells, 1);
    return { cells, pictures, off, middle };
  }

  /** All labels of the lattice, drawn properly. */
  async verdict() {
    return this.drawn(Array.from({ length: COUNT }, (_, i) => i), STEPS);
  }

  /**
   * Draw labels of the lattice, a batch at a time, and judge each drawing.
   * @param {number[]} cells
   * @param {number} steps
   * @returns {Promise<{pictures: Uint8Array, off: Uint8Array, middle: Float32Array}>} drawings in 256 grey levels; how far
   *   they lie off, in hundredths of a pixel; and the middle layer at the first step
   */
  async drawn(cells, steps) {
    const { batch, size } = this.network;
    const pixels = size ** 2;
    const [pictures, off] = [new Uint8Array(cells.length * pixels), new Uint8Array(cells.length)];
    /** @type {Float32Array[]} */
    const middles = [];
    for (let start = 0; start < cells.length; start += batch) {
      const some = cells.slice(start, start + batch);
      const labels = Array.from({ length: batch }, (_, i) => some[Math.min(i, some.length - 1)]).flatMap((i) => [i % SIDE, Math.floor(i / SIDE)]);
      const { path, middle } = await this.sample(this.sessions.draw, labels, steps, NOISE);
      const images = /** @type {Float32Array} */ (path.at(-1));
      middles.push(middle.slice(0, (middle.length / batch) * some.length));
      some.forEach((_, i) => {
        const image = images.subarray(i * pixels, (i + 1) * pixels);
        pictures.set(image.map((value) => Math.round(255 * Math.min(1, Math.max(0, value)))), (start + i) * pixels);
        off[start + i] = hundredths(image, this.world, [labels[2 * i], labels[2 * i + 1]]);
      });
    }
    return { pictures, off, middle: joined(middles) };
  }

  /**
   * One label anywhere: all states on the way from noise.
   * @param {{label: number[], seed: number, steps: number}} wish
   */
  async ask({ label, seed, steps }) {
    const { path } = await this.sample(this.sessions.ask, label, steps, seed);
    const last = /** @type {Float32Array} */ (path.at(-1));
    return { path: joined(path), off: hundredths(last, this.world, label) };
  }

  /**
   * @param {any} session
   * @param {number[]} labels pairs
   * @param {number} steps
   * @param {number} seed of the noise, the same for each label
   */
  async sample(session, labels, steps, seed) {
    const { alphaBar, target, size } = this.network;
    const [count, pixels] = [labels.length / 2, size ** 2];
    const walk = samplingTimes(alphaBar.length, steps);
    const first = noise(seed ^ 0x5eed, pixels);
    let x = Float32Array.from({ length: count * pixels }, (_, i) => first[i % pixels]);
    const [path, asked] = [[x], this.tensor(this.tell(labels), [count, 2])];
    let middle = new Float32Array(0);
    for (const [i, t] of walk.entries()) {
      const inputs = { averaged: this.state.averaged, frequencies: this.waves, labels: asked,
        x: this.tensor(x, [count, 1, size, size]), t: this.tensor(new Float32Array(count).fill(t), [count]) }; // prettier-ignore
      const found = await session.run(inputs);
      if (!i) middle = found.middle.data;
      x = ddimStep(x, found.output.data, target, alphaBar[t], i + 1 < steps ? alphaBar[walk[i + 1]] : 1);
      path.push(x);
    }
    return { path, middle };
  }
}

/** @param {Float32Array[]} parts */
function joined(parts) {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

/**
 * How far a drawing lies off its label, in hundredths of a pixel.
 * @param {Float32Array} image
 * @param {import("./world.js").World} world
 * @param {number[]} label
 */
function hundredths(image, world, label) {
  const { clear, off } = judge(image, world, label);
  return clear ? Math.min(UNSEEN - 1, Math.round(100 * off)) : NO_SHAPE;
}
