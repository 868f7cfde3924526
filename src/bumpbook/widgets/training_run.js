// A training run in the browser: every step is one run of an ONNX file that holds the backward pass as well.

import { ddimStep, noise, normals, read, render, samplingTimes, uniforms, visible } from "./denoiser_maths.js";
import { atStep, batches, firstWeights, spread, times, wanted } from "./training_maths.js";

/**
 * What is to be trained, and on what. `train` and `held` are labels as pairs, `layout` says how weights begin.
 * @typedef {{world: import("./denoiser_maths.js").World, train: Float32Array, held: Float32Array, alphaBar: Float32Array,
 *   layout: import("./training_maths.js").Filling[], batch: number, steps: number, rate: number, warmUp: number,
 *   betas: number[], ema: number, target: string, scale: number, looks: number}} Plan
 */

const CHANGING = ["weights", "mean", "square", "averaged"];

export class Run {
  /**
   * @param {any} runtime
   * @param {{step: any, draw: any}} sessions
   * @param {Plan} plan
   * @param {number} seed decides the first weights, the order of labels and the noise
   */
  constructor(runtime, sessions, plan, seed) {
    this.runtime = runtime;
    this.sessions = sessions;
    this.plan = plan;
    this.seed = seed;
    this.number = 0;
    this.uniform = uniforms(seed);
    const weights = firstWeights(plan.layout, this.uniform);
    const zeros = () => this.tensor(new Float32Array(weights.length), [weights.length]);
    /** @type {Record<string, any>} tensors that come out of a step and go into the next one */
    this.state = { mean: zeros(), square: zeros() };
    for (const name of ["weights", "averaged"]) this.state[name] = this.tensor(weights.slice(), [weights.length]);
    this.rows = batches(plan.train.length / 2, plan.batch, this.uniform);
    this.images = pictures(plan.world, plan.train).map((image) => image.map((value) => plan.scale * value));
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
    const { plan } = this;
    this.number += 1;
    const numbers = Object.entries(atStep(this.number, plan)).map(([name, value]) => [name, this.tensor(Float32Array.of(value), [1])]);
    const after = await this.sessions.step.run({ ...this.state, ...this.noisy(), ...Object.fromEntries(numbers) });
    for (const name of CHANGING) this.state[name] = after[`new_${name}`];
    const loss = after.loss.data[0];
    if (!Number.isFinite(loss)) throw new Error(`the loss is no longer a number at step ${this.number}`);
    return { number: this.number, loss, milliseconds: performance.now() - start };
  }

  /** A batch of noisy images, their times and labels, and what the network is wanted to answer. */
  noisy() {
    const { world, batch, train, alphaBar, target } = this.plan;
    const pixels = world.size ** 2;
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
    const shape = [batch, 1, world.size, world.size];
    const labels = Float32Array.from(rows.flatMap((row) => [train[2 * row], train[2 * row + 1]]));
    return { x: this.tensor(x, shape), wanted: this.tensor(asked, shape),
      t: this.tensor(Float32Array.from(t), [batch]), labels: this.tensor(labels, [batch, 2]) }; // prettier-ignore
  }

  /**
   * Draw held-out labels and trained ones, as many together as a batch has, with the averaged weights.
   * @returns {Promise<{images: Float32Array[], right: boolean[], trained: number, heldOut: number}>} the drawings of the
   *   held-out labels, which of them are right, and the shares right of both kinds
   */
  async look() {
    const { world, batch, looks, scale, held, train } = this.plan;
    const most = Math.min(held.length / 2, Math.floor(batch / 2));
    const labels = [...spread(held, most), ...spread(train, batch - most)];
    const drawn = await this.draw(labels, looks);
    const images = drawn.map((image) => image.map((value) => value / scale));
    const right = images.map((image, i) => read(image, world, labels[i]).right);
    const share = (/** @type {boolean[]} */ some) => some.filter(Boolean).length / some.length;
    return { images: images.slice(0, most), right: right.slice(0, most), heldOut: share(right.slice(0, most)), trained: share(right.slice(most)) };
  }

  /**
   * @param {number[][]} labels
   * @param {number} steps of the sampler
   */
  async draw(labels, steps) {
    const { world, batch, alphaBar, target } = this.plan;
    const pixels = world.size ** 2;
    const walk = samplingTimes(alphaBar.length, steps);
    let x = noise(this.seed ^ 0x5eed, batch * pixels);
    for (const [i, t] of walk.entries()) {
      const inputs = { averaged: this.state.averaged, x: this.tensor(x, [batch, 1, world.size, world.size]),
        t: this.tensor(new Float32Array(batch).fill(t), [batch]), labels: this.tensor(Float32Array.from(labels.flat()), [batch, 2]) }; // prettier-ignore
      const { output } = await this.sessions.draw.run(inputs);
      x = ddimStep(x, output.data, target, alphaBar[t], i + 1 < steps ? alphaBar[walk[i + 1]] : 1);
    }
    return labels.map((_, i) => x.slice(i * pixels, (i + 1) * pixels));
  }
}

/**
 * The images of labels, in pixel values.
 * @param {import("./denoiser_maths.js").World} world
 * @param {Float32Array} labels
 */
function pictures(world, labels) {
  return Array.from({ length: labels.length / 2 }, (_, i) => {
    const label = [labels[2 * i], labels[2 * i + 1]];
    return Float32Array.from(render(world, label, visible(world, label)));
  });
}
