// The side of the worker: start ONNX Runtime Web, open a file with it, answer questions.

/**
 * The two files of ONNX Runtime Web, each as its bytes or as the address where it lies.
 * @typedef {{script: ArrayBuffer | string, wasm: ArrayBuffer | string}} Sources
 * What is being fetched: its name, the bytes that have come, and those of the whole file where that is known.
 * @typedef {{name: string, got: number, all: number | null}} Coming
 */

const PROGRAM = "the program that runs them";
// what browsers and the runtime say when they get no memory, and what a reader is told
const NO_MEMORY = /memory|alloc|\bOOM\b/i;
const TOO_LITTLE = "this browser has too little memory left for it";
const OFTEN = 100; // milliseconds between two reports of what has come
const SMALLEST = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0); // a module of WebAssembly with nothing in it

/** @type {(coming: Coming) => void} tells whoever asked */
let report = () => {};
/** @type {RequestCache} after a failure nothing is taken from the browser's cache: it may be what was damaged */
let cache = "default";

/**
 * The runtime's module, which brings no types along. Both files are fetched here and handed over as bytes, so that it
 * matters neither which type a server gives them nor, once one was lost, what a browser remembers of it.
 * @param {Sources} sources
 * @param {boolean} [again] did it fail before?
 * @returns {Promise<any>}
 */
export async function startRuntime(sources, again = false) {
  cache = again ? "reload" : "default";
  mayCompile();
  const code = await bytes(sources.script, PROGRAM);
  const wasm = await bytes(sources.wasm, PROGRAM);
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    const runtime = await import(address);
    runtime.env.wasm.wasmBinary = wasm;
    // two would gain on an idle machine, but need a page that is isolated from all others: see the status page
    runtime.env.wasm.numThreads = 1;
    return runtime;
  } catch {
    throw new Error(`${PROGRAM} is damaged`);
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Raise in words where the browser, or the policy that came with the page, allows no WebAssembly. */
function mayCompile() {
  if (typeof WebAssembly === "undefined") throw new Error("this browser has no WebAssembly");
  try {
    new WebAssembly.Module(SMALLEST);
  } catch {
    throw new Error("this site's Content-Security-Policy forbids WebAssembly, as script-src lacks 'wasm-unsafe-eval'");
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
  const graph = await bytes(file, `the file of the model “${name}”`);
  try {
    return await runtime.InferenceSession.create(new Uint8Array(graph), { executionProviders: ["wasm"], ...options });
  } catch (error) {
    if (NO_MEMORY.test(String(error))) throw new Error(TOO_LITTLE);
    const lost = /no available backend/i.test(String(error));
    throw new Error(lost ? `${PROGRAM} did not start` : `the file of the model “${name}” is cut short or damaged`);
  }
}

/**
 * What lies at an address, with a report of it while it comes; bytes are what they are.
 * @param {ArrayBuffer | string} source
 * @param {string} name
 * @returns {Promise<ArrayBuffer>}
 */
async function bytes(source, name) {
  if (typeof source !== "string") return source;
  const answer = await fetch(source, { cache }).catch(() => null);
  if (!answer?.ok || !answer.body) throw new Error(`${name} is missing${answer ? ` (status ${answer.status})` : ""}`);
  // a packed file's length is that of the packing
  const all = answer.headers.get("Content-Encoding") ? null : Number(answer.headers.get("Content-Length")) || null;
  const chunks = [];
  let [got, told] = [0, -Infinity];
  const reader = answer.body.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      chunks.push(part.value);
      got += part.value.length;
      if (performance.now() - told < OFTEN) continue;
      told = performance.now();
      report({ name, got, all });
    }
  } catch {
    throw new Error(`${name} broke off after ${(got / 1e6).toFixed(1)} MB`);
  }
  report({ name, got, all: got });
  return new Blob(chunks).arrayBuffer();
}

/**
 * Answer each question {id, ask, ...} with {id, ...}, or with {id, error}: words that end a sentence. One after another.
 * In a worker questions are messages; elsewhere they are put to the function that this returns.
 * @param {Record<string, (wish: any) => Promise<object> | object>} answers
 * @returns {(question: any, tell: (coming: Coming) => void) => Promise<any>}
 */
export function answerWith(answers) {
  /** @type {Promise<any>} */
  let last = Promise.resolve();
  const answer = async (/** @type {any} */ question, /** @type {(coming: Coming) => void} */ tell) => {
    report = tell;
    try {
      return { id: question.id, ...(await answers[question.ask](question)) };
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      return { id: question.id, error: NO_MEMORY.test(words) ? TOO_LITTLE : words };
    }
  };
  const inTurn = (/** @type {any} */ question, /** @type {(coming: Coming) => void} */ tell) => {
    const found = last.then(() => answer(question, tell));
    last = found;
    return found;
  };
  if ("WorkerGlobalScope" in self) {
    self.onmessage = async ({ data }) => self.postMessage(await inTurn(data, (coming) => self.postMessage({ id: data.id, coming })));
    self.postMessage({}); // it listens
  }
  return inTurn;
}
