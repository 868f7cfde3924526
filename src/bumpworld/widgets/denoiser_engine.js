// Where a figure's networks come from, and the worker that runs them. Nothing is loaded before the first drawing.

/** @typedef {import("./frame.js").Model} Model */

const PATIENCE = 60_000; // milliseconds until a silent kernel is taken for dead

/**
 * The address of the static book's own files, which its widgets.js leaves here; undefined in a notebook.
 * @returns {string | undefined}
 */
const book = () => /** @type {any} */ (globalThis).bumpworldStatic;

/**
 * A worker with the figure's networks, started at the first drawing.
 * @param {Model} model
 */
export function engine(model) {
  /** @type {Worker | null} */
  let worker = null;
  /** @type {Promise<any> | null} */
  let ready = null;
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
  const ask = (/** @type {string} */ what, /** @type {object} */ wish) =>
    new Promise((resolve, reject) => {
      waiting.set(++number, { resolve, reject });
      worker ??= hire();
      worker.postMessage({ id: number, ask: what, ...wish });
    });
  const open = async () => {
    if (typeof WebAssembly === "undefined") throw new Error("this browser has no WebAssembly");
    const folder = book() ? `${book()}vendor/ort` : model.get("runtime");
    const address = new URL(`${folder.replace(/\/$/, "")}/`, location.href).href;
    const files = model.get("_models").map((/** @type {any} */ entry, /** @type {number} */ i) => file(model, entry, i));
    const networks = (await Promise.all(files)).map((found, i) => {
      const { name, target, scale } = model.get("_models")[i];
      return { name, target, scale, file: found };
    });
    return ask("open", { address, networks, size: model.get("_world").size });
  };

  return {
    /**
     * Draw with every network; rejects with words for the reader, and may then be tried again.
     * @param {object} wish what denoiser_worker.js calls a Wish
     * @returns {Promise<any>}
     */
    async draw(wish) {
      ready ??= open();
      try {
        await ready;
      } catch (error) {
        ready = null;
        throw error;
      }
      return ask("draw", wish);
    },
    stop() {
      worker?.terminate();
    },
  };
}

/**
 * A network's ONNX file: an address in the static book, the bytes from Python in a notebook.
 * @param {Model} model
 * @param {{name: string, key: string | null}} entry
 * @param {number} index
 * @returns {Promise<string | ArrayBuffer>}
 */
function file(model, { name, key }, index) {
  if (!book()) return fromKernel(model, name, index);
  if (key) return Promise.resolve(`${book()}models/${key}.onnx`);
  return Promise.reject(new Error(`the model “${name}” is in no store, so it lives only in a running notebook`));
}

/**
 * Ask Python for a model: the question is a message, and so is the answer.
 * @param {any} model
 * @param {string} name
 * @param {number} index
 * @returns {Promise<ArrayBuffer>}
 */
function fromKernel(model, name, index) {
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
