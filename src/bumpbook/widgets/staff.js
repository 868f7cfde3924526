// What a figure needs of a page to run networks: a worker, the runtime's address, and files from Python.

/** @typedef {import("./frame.js").Model} Model */

const PATIENCE = 60_000; // milliseconds until a silent kernel is taken for dead

/**
 * The address of the static book's own files, which its widgets.js leaves here; undefined in a notebook.
 * @returns {string | undefined}
 */
export const book = () => /** @type {any} */ (globalThis).bumpworldStatic;

/**
 * Where ONNX Runtime Web lies: in the book itself, else where the trait says.
 * @param {Model} model
 */
export function runtimeAddress(model) {
  const folder = book() ? `${book()}vendor/ort` : model.get("runtime");
  return new URL(`${folder.replace(/\/$/, "")}/`, location.href).href;
}

/**
 * A worker that runs the script in the trait `_worker`, hired at the first question; `stop` dismisses it.
 * @param {Model} model
 */
export function staff(model) {
  /** @type {Worker | null} */
  let worker = null;
  /** @type {Map<number, {resolve: (answer: any) => void, reject: (error: Error) => void}>} */
  const waiting = new Map();
  let number = 0;

  const hire = () => {
    const address = URL.createObjectURL(new Blob([model.get("_worker")], { type: "text/javascript" }));
    const hired = new Worker(address, { type: "module" });
    hired.onmessage = ({ data: { id, error, ...answer } }) => {
      const asker = waiting.get(id);
      waiting.delete(id);
      if (error) asker?.reject(new Error(error));
      else asker?.resolve(answer);
    };
    hired.onerror = () => {
      for (const { reject } of waiting.values()) reject(new Error("this browser starts no worker for them"));
      waiting.clear();
    };
    return hired;
  };
  /** @type {(what: string, wish: object) => Promise<any>} */
  const ask = (what, wish) =>
    new Promise((resolve, reject) => {
      waiting.set(++number, { resolve, reject });
      worker ??= hire();
      worker.postMessage({ id: number, ask: what, ...wish });
    });
  return { ask, stop: () => worker?.terminate() };
}

/**
 * Ask Python for a model: the question is a message, and so is the answer.
 * @param {any} model
 * @param {string} name
 * @param {number} index
 * @returns {Promise<ArrayBuffer>}
 */
export function fromKernel(model, name, index) {
  return new Promise((resolve, reject) => {
    const finish = (/** @type {() => void} */ end) => {
      clearTimeout(timer);
      model.off("msg:custom", hear);
      end();
    };
    const hear = (/** @type {any} */ message, /** @type {DataView[]} */ buffers) => {
      if (message.model !== index) return;
      const { buffer, byteOffset, byteLength } = buffers?.[0] ?? new DataView(new ArrayBuffer(0));
      if (message.error) finish(() => reject(new Error(`the model “${name}” could not be exported (${message.error})`)));
      else finish(() => resolve(/** @type {ArrayBuffer} */ (buffer.slice(byteOffset, byteOffset + byteLength))));
    };
    const timer = setTimeout(() => finish(() => reject(new Error("no kernel answers, so run the cell again"))), PATIENCE);
    model.on("msg:custom", hear);
    model.send({ ask: "model", index });
  });
}
