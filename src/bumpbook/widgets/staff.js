// What a figure needs of a page to run networks: a worker, the runtime's address, and files from Python.

/** @typedef {import("./frame.js").Model} Model */
/** @typedef {import("./runtime.js").Coming} Coming */
/** @typedef {{put: (question: any, tell: (coming: Coming) => void) => Promise<any>, dismiss: () => void}} Hired */

const PATIENCE = 60_000; // milliseconds until a silent kernel is taken for dead

/**
 * The address of the static book's own files, which its widgets.js leaves here; undefined in a notebook.
 * @returns {string | undefined}
 */
export const book = () => /** @type {any} */ (globalThis).bumpworldStatic;

/**
 * Where ONNX Runtime Web lies: in the book itself, else where the trait says. Servers that know no `.mjs` send such a
 * file as something else than a script, so the book has it under a plain name.
 * @param {Model} model
 * @returns {import("./runtime.js").Sources}
 */
function runtimeAddress(model) {
  const folder = book() ? `${book()}vendor/ort` : model.get("runtime");
  const address = new URL(`${folder.replace(/\/$/, "")}/`, location.href).href;
  return { script: `${address}ort.wasm.bundle.min.${book() ? "js" : "mjs"}`, wasm: `${address}ort-wasm-simd-threaded.wasm` };
}

/**
 * The runtime's two files from Python where it has them, else their addresses.
 * @param {Model} model
 * @returns {Promise<import("./runtime.js").Sources>}
 */
async function sources(model) {
  if (book() || !model.get("_carried")) return runtimeAddress(model);
  const [script, wasm] = await Promise.all([0, 1].map((i) => fromKernel(model, "", i, "runtime")));
  return { script, wasm };
}

/**
 * What is coming, in words.
 * @param {Coming} coming
 */
export function arriving({ name, got, all }) {
  if (got === all) return `Opening ${name} …`;
  const large = (all ?? got) >= 1e6;
  const much = (/** @type {number} */ bytes) => (large ? (bytes / 1e6).toFixed(1) : (bytes / 1e3).toFixed(0));
  return `Loading ${name}: ${much(got)}${all ? ` of ${much(all)}` : ""} ${large ? "MB" : "kB"} …`;
}

/**
 * Whoever runs the networks of one figure, by the script in the trait `_worker`: a worker, hired at the first question,
 * or the page itself where none may be hired. `open` loads the runtime and `files`, once; after a failure it ends the
 * worker, and the next call begins from nothing. `ask` puts a question to the script; `stop` dismisses it.
 * @param {Model} model
 * @param {(coming: Coming) => void} [tell] hears what is being loaded
 */
export function staff(model, tell = () => {}) {
  /** @type {Promise<Hired> | null} */
  let hired = null;
  /** @type {Promise<any> | null} */
  let ready = null;
  let failures = 0;

  const stop = () => {
    hired?.then(({ dismiss }) => dismiss(), () => {});
    hired = ready = null;
  };
  /** @type {(what: string, wish: object) => Promise<any>} */
  const ask = async (what, wish) => {
    hired ??= hire(model.get("_worker"), stop);
    const { error, ...answer } = await (await hired).put({ ask: what, ...wish }, tell);
    if (error) throw new Error(error);
    return answer;
  };
  const begin = async (/** @type {() => Promise<object>} */ wish) => {
    if (location.protocol === "file:") throw new Error("a page that is opened as a file may load nothing, and needs a web server: make serve");
    const [address, more] = await Promise.all([sources(model), wish()]);
    return ask("open", { address, again: failures > 0, ...more });
  };
  /** @type {(wish: () => Promise<object>) => Promise<any>} `wish` finds the files, anew at each try */
  const open = (wish) => {
    ready ??= begin(wish).catch((error) => {
      failures += 1;
      stop();
      throw error;
    });
    return ready;
  };
  return { ask, open, stop };
}

/**
 * @param {string} script
 * @param {() => void} lost is called when the worker ends by itself
 * @returns {Promise<Hired>}
 */
async function hire(script, lost) {
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  try {
    return await worker(address, lost);
  } catch {
    const { answer } = await import(address).catch(() => Promise.reject(new Error("this site's Content-Security-Policy allows no worker (worker-src blob:)")));
    return { put: answer, dismiss: () => {} };
  } finally {
    URL.revokeObjectURL(address);
  }
}

/**
 * A worker that has begun to listen; rejects where a policy, or the browser, starts none.
 * @param {string} address
 * @param {() => void} lost
 * @returns {Promise<Hired>}
 */
function worker(address, lost) {
  const made = new Worker(address, { type: "module" });
  /** @type {Map<number, {resolve: (answer: any) => void, tell: (coming: Coming) => void}>} */
  const waiting = new Map();
  let number = 0;
  const put = (/** @type {object} */ question, /** @type {(coming: Coming) => void} */ tell) =>
    new Promise((resolve) => {
      waiting.set(++number, { resolve, tell });
      made.postMessage({ ...question, id: number });
    });
  const dismiss = () => {
    made.terminate();
    waiting.forEach(({ resolve }) => resolve({ error: "the worker was ended" }));
  };
  return new Promise((resolve, reject) => {
    made.onerror = () => {
      dismiss();
      reject(new Error("no worker"));
    };
    made.onmessage = ({ data: { id, coming, ...answer } }) => {
      if (id === undefined) {
        made.onerror = () => {
          lost();
          dismiss();
        };
        return resolve({ put, dismiss });
      }
      if (coming) return waiting.get(id)?.tell(coming);
      waiting.get(id)?.resolve(answer);
      waiting.delete(id);
    };
  });
}

/**
 * Ask Python for a file, a model's or the runtime's: the question is a message, and so is the answer.
 * @param {any} model
 * @param {string} name the model's
 * @param {number} index
 * @param {"model" | "runtime"} kind
 * @returns {Promise<ArrayBuffer>}
 */
export function fromKernel(model, name, index, kind = "model") {
  return new Promise((resolve, reject) => {
    const finish = (/** @type {() => void} */ end) => {
      clearTimeout(timer);
      model.off("msg:custom", hear);
      end();
    };
    const hear = (/** @type {any} */ message, /** @type {DataView[]} */ buffers) => {
      if (message[kind] !== index) return;
      const { buffer, byteOffset, byteLength } = buffers?.[0] ?? new DataView(new ArrayBuffer(0));
      const lost = kind === "model" ? `the model “${name}” could not be exported` : "Python could not read the runtime";
      if (message.error) finish(() => reject(new Error(`${lost} (${message.error})`)));
      else finish(() => resolve(/** @type {ArrayBuffer} */ (buffer.slice(byteOffset, byteOffset + byteLength))));
    };
    const timer = setTimeout(() => finish(() => reject(new Error("no kernel answers, so run the cell again"))), PATIENCE);
    model.on("msg:custom", hear);
    model.send({ ask: kind, index });
  });
}
