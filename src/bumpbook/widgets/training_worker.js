// A worker of its own for training, so that nothing else on the page stutters meanwhile.

import { answerWith, openFile, startRuntime } from "./runtime.js";
import { Run } from "./training_run.js";

/** @type {any} */
let runtime = null;
/** @type {{step: any, draw: any} | null} */
let sessions = null;
/** @type {Run | null} */
let run = null;

/**
 * Load the runtime and the two files of the network.
 * @param {{address: import("./runtime.js").Sources, again?: boolean, files: (ArrayBuffer | string)[]}} wish
 */
async function open({ address, again, files }) {
  runtime = await startRuntime(address, again);
  const [step, draw] = [await openFile(runtime, "training step", files[0]), await openFile(runtime, "drawing", files[1])];
  sessions = { step, draw };
  return {};
}

/**
 * Begin again with the first weights of a seed.
 * @param {{plan: import("./training_run.js").Plan, seed: number}} wish
 */
function begin({ plan, seed }) {
  if (!sessions) throw new Error("nothing is loaded yet");
  run = new Run(runtime, sessions, plan, seed);
  return {};
}

const step = async () => (run ? run.step() : Promise.reject(new Error("training has not begun")));
const look = async () => (run ? run.look() : Promise.reject(new Error("training has not begun")));

export const answer = answerWith({ open, begin, step, look });
