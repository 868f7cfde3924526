// What decides a run: the set, the world, the language and the seed. It goes into a link, into Python and into the worker.

import { setOf } from "./lab_set.js";

/**
 * @typedef {{rows: string, kind: string, sigma: number, language: string, seed: number}} Settings
 *
 * The network that is trained, as Python knows it: see laboratory.py. `python` are settings in its words.
 * @typedef {{layout: import("./training_maths.js").Filling[], alphaBar: Float32Array, batch: number, steps: number, rate: number,
 *   warmUp: number, betas: number[], ema: number, target: string, size: number, parameters: number,
 *   languages: Record<string, {angle: number, frequencies: number[], python: string}>, python: {unet: string, training: string}}} Network
 */

export const VERSION = 1;
export const KINDS = { bump: "one bump", sos: "two stripes" };
/** @type {Record<string, string>} */
export const LANGUAGES = { axes: "x and y", turned: "turned by 45°", smooth: "smoother" };
export const SIGMAS = { least: 0.5, most: 2, step: 0.25 };

/**
 * Settings out of anything, checked: of a link, of a file, of Python. Throws a sentence's end.
 * @param {any} given
 * @returns {Settings}
 */
export function checked(given) {
  const { rows, kind, sigma, language, seed } = given ?? {};
  setOf(rows);
  if (!Object.hasOwn(KINDS, kind)) throw new Error(`its world “${short(kind)}” is neither bump nor sos`);
  const width = Number(sigma);
  if (!(width >= SIGMAS.least && width <= SIGMAS.most)) throw new Error(`its width “${short(sigma)}” is not between ${SIGMAS.least} and ${SIGMAS.most}`);
  if (!Object.hasOwn(LANGUAGES, language)) throw new Error(`its language “${short(language)}” is none of ${Object.keys(LANGUAGES).join(", ")}`);
  const number = Number(seed);
  if (!(Number.isInteger(number) && number >= 0 && number < 2 ** 32)) throw new Error(`its seed “${short(seed)}” is no whole number below 2³²`);
  return { rows, kind, sigma: width, language, seed: number };
}

const short = (/** @type {unknown} */ value) => String(value).slice(0, 20);

/** @param {Settings} settings */
export const linkOf = (settings) =>
  `#lab?${new URLSearchParams(Object.entries({ v: VERSION, ...settings }).map(([name, value]) => [name, String(value)]))}`;

/**
 * The settings in an address' fragment; null where it is about something else. Throws where it is broken.
 * @param {string} hash
 * @returns {Settings | null}
 */
export function fromLink(hash) {
  if (!hash.startsWith("#lab?")) return null;
  const found = Object.fromEntries(new URLSearchParams(hash.slice(5)));
  if (Number(found.v) !== VERSION) throw new Error(`it is of version “${short(found.v)}”, and this page reads version ${VERSION}`);
  return checked(found);
}

/**
 * The experiment in Python: what ran, but for the random numbers.
 * @param {Settings} settings
 * @param {Network} network
 */
export function toPython({ rows, kind, sigma, language, seed }, { languages, python, size }) {
  const unet = [python.unet, languages[language].python].filter(Boolean).join(", ");
  return `import bumpworld as bw
from bumpbook.frame.painting import painted

experiment = bw.Experiment(
    canvas=bw.Canvas(size=${size}, sigma=${sigma}, kind="${kind}"),
    train_on=painted("${rows}"),
    unet=bw.UNetConfig(${unet}),
    ${python.training},
    seed=${seed},
)
`;
}

/**
 * The world of a run, as world.js has it.
 * @param {Settings} settings
 * @param {Network} network
 * @returns {import("./world.js").World}
 */
export const worldOf = ({ kind, sigma }, { size }) => ({ size, sigma, kind, periodic: false, margin: 0, spacing: 1 });

/**
 * Labels as the network is told them: in axes that may be turned, about the origin (label_codes.turn).
 * @param {ArrayLike<number>} labels pairs
 * @param {number} degrees
 */
export function told(labels, degrees) {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return Float32Array.from(labels, (value, i) => (i % 2 ? c * value - s * labels[i - 1] : c * value + s * labels[i + 1]));
}
