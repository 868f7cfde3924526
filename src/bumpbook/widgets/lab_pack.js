// Bytes as text, small enough for a browser's own storage: deflated and in base64.

/** @param {Uint8Array} bytes */
export function toText(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

/**
 * @param {unknown} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function fromText(text) {
  try {
    return Uint8Array.from(atob(String(text)), (letter) => letter.charCodeAt(0));
  } catch {
    throw new Error("its numbers are damaged");
  }
}

/**
 * @param {BlobPart} bytes
 * @param {any} stream
 */
async function through(bytes, stream) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
export const deflate = (bytes) => through(bytes, new CompressionStream("deflate"));

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} length that must come out
 */
export async function inflate(bytes, length) {
  const found = await through(bytes, new DecompressionStream("deflate")).catch(() => new Uint8Array(0));
  if (found.length !== length) throw new Error("its drawings are damaged");
  return found;
}
