// The side of the worker: start ONNX Runtime Web, open a file with it, answer questions.

/**
 * The runtime's module, which brings no types along.
 * @param {string} address of its folder, with a slash at the end
 * @returns {Promise<any>}
 */
export async function startRuntime(address) {
  if (typeof WebAssembly === "undefined") throw new Error("this browser has no WebAssembly");
  try {
    const runtime = await import(`${address}ort.wasm.bundle.min.mjs`);
    runtime.env.wasm.wasmPaths = { wasm: `${address}ort-wasm-simd-threaded.wasm` };
    runtime.env.wasm.numThreads = 1; // more need a page isolated from all others, and gain nothing at this size
    return runtime;
  } catch {
    throw new Error(`the program that runs them could not be loaded from ${address}`);
  }
}

/**
 * @param {any} runtime
 * @param {string} name
 * @param {ArrayBuffer | string} file the ONNX file itself, or the address where it lies
 * @param {object} options
 * @returns {Promise<any>}
 */
export async function openFile(runtime, name, file, options = {}) {
  const bytes = typeof file === "string" ? await fetched(file, name) : file;
  try {
    return await runtime.InferenceSession.create(new Uint8Array(bytes), { executionProviders: ["wasm"], ...options });
  } catch (error) {
    const lost = /no available backend/i.test(String(error));
    throw new Error(lost ? "the program that runs them did not start" : `the file of the model “${name}” is cut short or damaged`);
  }
}

/**
 * @param {string} address
 * @param {string} name
 */
async function fetched(address, name) {
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok) throw new Error(`the file of the model “${name}” is missing${answer ? ` (status ${answer.status})` : ""}`);
  return answer.arrayBuffer();
}

/**
 * Answer each message {id, ask, ...} with {id, ...}, or with {id, error}: words that end a sentence. One after another.
 * @param {Record<string, (wish: any) => Promise<object> | object>} answers
 */
export function answerWith(answers) {
  let last = Promise.resolve();
  const answer = async (/** @type {any} */ data) => {
    let found;
    try {
      found = await answers[data.ask](data);
    } catch (error) {
      found = { error: error instanceof Error ? error.message : String(error) };
    }
    self.postMessage({ id: data.id, ...found });
  };
  self.onmessage = ({ data }) => { last = last.then(() => answer(data)); };
}
