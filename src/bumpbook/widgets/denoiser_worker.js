// A worker of its own for the network, so that nothing else on the page stutters while it draws.
//
// It is asked by messages {id, ask, ...} and answers each with {id, ...}, or with {id, error}: words that end
// the sentence "The models cannot run here: ...".

import { answerWith, openFile, startRuntime } from "./runtime.js";
import { ddimStep, read, samplingTimes } from "./denoiser_maths.js";
import { noise } from "./random.js";

/**
 * One network as it is needed here; `file` is the ONNX file itself, or the address where it lies.
 * @typedef {{name: string, target: string, scale: number, file: ArrayBuffer | string}} Network
 * @typedef {{world: import("./world.js").World, alphaBar: Float32Array, label: number[], seed: number, steps: number}} Wish
 */

/** @type {any} the runtime's module, which brings no types along */
let runtime = null;
/** @type {{session: any, network: Network}[]} */
let opened = [];

/**
 * Load the runtime and every network, and run each once: the first run is slower than all others.
 * @param {{address: import("./runtime.js").Sources, again?: boolean, networks: Network[], size: number}} wish
 */
async function open({ address, again, networks, size }) {
  runtime = await startRuntime(address, again);
  opened = [];
  for (const network of networks) opened.push({ network, session: await load(network, size) });
  for (const { session, network } of opened) await run(session, new Float32Array(size * size), 0, [0, 0], size, network);
  return {};
}

/**
 * @param {Network} network
 * @param {number} size
 */
async function load({ name, file }, size) {
  // with the batch known, all work on shapes is done once, here
  const session = await openFile(runtime, name, file, { freeDimensionOverrides: { n: 1 } });
  const side = session.inputMetadata?.find((/** @type {any} */ input) => input.name === "x")?.shape?.at(-1) ?? size;
  if (side !== size) throw new Error(`the model “${name}” draws ${side} × ${side} pixels, and this canvas has ${size} × ${size}`);
  return session;
}

/**
 * The network's raw output for one image, one time and one label.
 * @param {any} session
 * @param {Float32Array} x
 * @param {number} t
 * @param {number[]} label
 * @param {number} size
 * @param {Network} network
 * @returns {Promise<Float32Array>}
 */
async function run(session, x, t, label, size, { name }) {
  const tensor = (/** @type {ArrayLike<number>} */ data, /** @type {number[]} */ dims) => new runtime.Tensor("float32", Float32Array.from(data), dims);
  try {
    const inputs = { x: tensor(x, [1, 1, size, size]), t: tensor([t], [1]), labels: tensor(label, [1, 2]) };
    return (await session.run(inputs)).output.data;
  } catch {
    throw new Error(`the model “${name}” does not run on images of ${size} × ${size} pixels`);
  }
}

/**
 * Draw one label with every network on the same noise: all states on the way, in pixel values, and what the last shows.
 * @param {Wish} wish
 */
async function draw({ world, alphaBar, label, seed, steps }) {
  const start = performance.now();
  const { size } = world;
  const times = samplingTimes(alphaBar.length, steps);
  const first = noise(seed, size * size);
  const paths = [];
  const readings = [];
  for (const { session, network } of opened) {
    let x = first;
    const path = new Float32Array((steps + 1) * size * size);
    const keep = (/** @type {number} */ i) => path.set(x.map((v) => v / network.scale), i * size * size);
    keep(0);
    for (const [i, t] of times.entries()) {
      const output = await run(session, x, t, label, size, network);
      x = ddimStep(x, output, network.target, alphaBar[t], i + 1 < steps ? alphaBar[times[i + 1]] : 1);
      keep(i + 1);
    }
    paths.push(path);
    readings.push(read(path.slice(-size * size), world, label));
  }
  return { paths, readings, label, seed, steps, milliseconds: performance.now() - start };
}

export const answer = answerWith({ open, draw });
