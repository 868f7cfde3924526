// Seeded numbers: uniform, normal.

/**
 * Uniform numbers in [0, 1) from a seed: mulberry32. `denoiser.seeded_noise` draws the same.
 * @param {number} seed a whole number in [0, 2^32)
 * @returns {() => number} the next one
 */
export function uniforms(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Standard normal numbers by Box and Muller.
 * @param {() => number} uniform
 * @param {number} count
 */
export function normals(uniform, count) {
  const drawn = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    drawn[i] = radius * Math.cos(angle);
    if (i + 1 < count) drawn[i + 1] = radius * Math.sin(angle);
  }
  return drawn;
}

/**
 * The noise of a seed.
 * @param {number} seed
 * @param {number} count
 */
export const noise = (seed, count) => normals(uniforms(seed), count);
