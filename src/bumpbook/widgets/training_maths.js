// What surrounds a training step, as train.py has it: first weights, batches, noise levels, the rate of learning.

/**
 * How a parameter is filled at first: `count` equal numbers, or uniform ones from -value to value.
 * @typedef {{count: number, kind: "same" | "uniform", value: number}} Filling
 */

/**
 * The first weights of a network as one vector.
 * @param {Filling[]} layout
 * @param {() => number} uniform
 */
export function firstWeights(layout, uniform) {
  const weights = new Float32Array(layout.reduce((sum, { count }) => sum + count, 0));
  let at = 0;
  for (const { count, kind, value } of layout) {
    for (const end = at + count; at < end; at++) weights[at] = kind === "same" ? value : value * (2 * uniform() - 1);
  }
  return weights;
}

/**
 * The numbers from 0 in random order (Fisher and Yates).
 * @param {number} count
 * @param {() => number} uniform
 */
export function shuffled(count, uniform) {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/**
 * Rows of successive batches: passes over all labels in random order, joined end to end.
 * @param {number} count
 * @param {number} size
 * @param {() => number} uniform
 * @returns {Generator<number[], never>}
 */
export function* batches(count, size, uniform) {
  /** @type {number[]} */
  let queue = [];
  for (;;) {
    while (queue.length < size) queue = queue.concat(shuffled(count, uniform));
    yield queue.slice(0, size);
    queue = queue.slice(size);
  }
}

/**
 * One time for each image of a batch, one in each of as many equal strata of the schedule.
 * @param {number} batch
 * @param {number} steps of the noise schedule
 * @param {() => number} uniform
 */
export const times = (batch, steps, uniform) =>
  shuffled(batch, uniform).map((stratum) => Math.min(steps - 1, Math.floor(((stratum + uniform()) / batch) * steps)));

/**
 * The numbers that change from step to step: the rate of learning (it warms up, then falls as a cosine), what corrects
 * Adam's young averages, and the share that the average of the weights keeps.
 * @param {number} number of the step, from 1
 * @param {{steps: number, rate: number, warmUp: number, betas: number[], ema: number}} plan
 */
export function atStep(number, { steps, rate, warmUp, betas, ema }) {
  const cosine = 0.05 + (0.95 * (1 + Math.cos((Math.PI * number) / steps))) / 2;
  return {
    rate: rate * Math.min(1, number / warmUp) * cosine,
    first: 1 - betas[0] ** number,
    second: 1 - betas[1] ** number,
    keep: Math.min(ema, number / (number + 10)),
  };
}

/**
 * What the network is asked for (diffusion.make_target).
 * @param {string} target "eps", "v" or "x0"
 * @param {number} x0
 * @param {number} noise
 * @param {number} alphaBar
 */
export function wanted(target, x0, noise, alphaBar) {
  if (target === "eps") return noise;
  return target === "x0" ? x0 : Math.sqrt(alphaBar) * noise - Math.sqrt(1 - alphaBar) * x0;
}
