// A worker of its own for training, so that nothing else on the page stutters meanwhile.

import { answerWith, openFile, startRuntime } from "./runtime.js";
import { Run } from "./lab_run.js";

/** @type {any} */
let runtime = null;
/** @type {{step: any, draw: any, ask: any} | null} */
let sessions = null;
/** @type {Run | null} */
let run = null;

/**
 * Load the runtime and the three files of the network.
 * @param {{address: import("./runtime.js").Sources, again?: boolean, files: (ArrayBuffer | string)[]}} wish
 */
async function open({ address, again, files }) {
  runtime = await startRuntime(address, again);
  const opened = [];
  for (const [i, name] of ["training step", "drawing", "single drawing"].entries()) opened.push(await openFile(runtime, name, files[i]));
  const [step, draw, ask] = opened;
  sessions = { step, draw, ask };
  return {};
}

/**
 * Begin again with the first weights of a seed.
 * @param {{network: import("./lab_settings.js").Network, settings: import("./lab_settings.js").Settings}} wish
 */
function begin({ network, settings }) {
  if (!sessions) throw new Error("nothing is loaded yet");
  run = new Run(runtime, sessions, network, settings);
  return {};
}

const begun = () => {
  if (!run) throw new Error("training has not begun");
  return run;
};
export const answer = answerWith({
  open,
  begin,
  step: () => begun().step(),
  look: ({ quarter }) => begun().look(quarter),
  verdict: () => begun().verdict(),
  draw: ({ wish }) => begun().ask(wish),
  weights: () => ({ weights: begun().state.averaged.data.slice() }),
});
