// Where a figure's networks come from. Nothing is loaded before the first drawing.

import { book, fromKernel, staff } from "./staff.js";

/** @typedef {import("./frame.js").Model} Model */

/**
 * A worker with the figure's networks, started at the first drawing.
 * @param {Model} model
 * @param {(coming: import("./runtime.js").Coming) => void} tell hears what is being loaded
 */
export function engine(model, tell) {
  const { ask, open, stop } = staff(model, tell);

  const wish = async () => {
    const files = model.get("_models").map((/** @type {any} */ entry, /** @type {number} */ i) => file(model, entry, i));
    const networks = (await Promise.all(files)).map((found, i) => {
      const { name, target, scale } = model.get("_models")[i];
      return { name, target, scale, file: found };
    });
    return { networks, size: model.get("_world").size };
  };

  return {
    /**
     * Draw with every network; rejects with words for the reader, and may then be tried again.
     * @param {object} drawing what denoiser_worker.js calls a Wish
     * @returns {Promise<any>}
     */
    async draw(drawing) {
      await open(wish);
      return ask("draw", drawing);
    },
    stop,
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
