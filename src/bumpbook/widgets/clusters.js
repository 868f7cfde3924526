// Clusters on a lattice that is filled site by site in one random order, now and at every earlier moment.

import { uniforms } from "./random.js";

const NEVER = 0x7fffffff;

/**
 * Largest distance, in lattice steps, at which two bumps still overlap by `threshold`: the cosine law
 * exp(-r^2 / 4 sigma^2), solved for r. The twin of `bumpworld.instruments.overlap.interaction_radius`.
 * @param {number} sigma
 * @param {number} threshold
 * @param {number} spacing
 */
export const reach = (sigma, threshold, spacing) => (Math.sqrt(4 * Math.log(1 / threshold)) * sigma) / spacing;

/**
 * Steps dx, dy, dx, dy, ... to all sites within `radius`, without the site itself.
 * @param {number} radius
 * @returns {Int32Array}
 */
export function neighbours(radius) {
  const far = Math.ceil(radius);
  const steps = [];
  for (let y = -far; y <= far; y++) {
    for (let x = -far; x <= far; x++) {
      const squared = x * x + y * y;
      // a hair's breadth of tolerance, as in Python
      if (squared > 0 && squared <= radius * radius * (1 + 1e-9)) steps.push(x, y);
    }
  }
  return Int32Array.from(steps);
}

/**
 * Fraction of the lattice at which a cluster takes over, from published thresholds by number of neighbours
 * and, beyond the last of them, the law limit / (z + b) that meets it; Infinity without neighbours.
 * @param {number} z
 * @param {Record<string, number>} known
 * @param {number} limit
 */
export function onset(z, known, limit) {
  if (z === 0) return Infinity;
  const last = Math.max(...Object.keys(known).map(Number));
  return known[z] ?? limit / (z + limit / known[last] - last);
}

/**
 * Where on a torus of `size` sites a side one cluster takes half of the occupied sites, nine times in ten: up to twice
 * (reach / size)^(3/4) below the endless lattice's onset, for a cluster need not grow endless to fill a small world.
 * @param {number} onset
 * @param {number} radius
 * @param {number} size
 * @returns {[number, number]}
 */
export const joining = (onset, radius, size) => [Math.max(0, onset * (1 - 2 * (radius / size) ** 0.75)), onset];

/**
 * Sites 0 ... count - 1 in an order that the seed alone decides (Fisher-Yates).
 * @param {number} count
 * @param {number} seed
 * @returns {Int32Array}
 */
export function siteOrder(count, seed) {
  const order = Int32Array.from({ length: count }, (_, site) => site);
  const uniform = uniforms(seed);
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(uniform() * (count - i));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/**
 * A square lattice being filled, and its union-find forest. Each link remembers at how many sites it was made, and
 * the smaller cluster always hangs on the larger, so the clusters at any earlier number of sites are found by
 * following the links made by then: at most log2(sites) of them.
 */
export class Growth {
  /**
   * @param {number} size sites along a side
   * @param {Int32Array} moves as `neighbours` gives them
   * @param {boolean} periodic
   * @param {Int32Array} order as `siteOrder` gives it
   */
  constructor(size, moves, periodic, order) {
    const sites = size * size;
    this.size = size;
    this.moves = moves;
    this.periodic = periodic;
    this.order = order;
    this.occupied = 0;
    /** Largest cluster at each number of sites. */
    this.largest = new Int32Array(sites + 1);
    this.parent = new Int32Array(sites).fill(-1); // -1: not occupied; a root is its own parent
    this.linked = new Int32Array(sites).fill(NEVER); // number of sites when the link to the parent was made
    this.short = new Int32Array(sites); // the same forest with its paths cut short: only for now, not for earlier
    this.mass = new Int32Array(sites); // sites of a root's cluster
    this.counted = new Int32Array(sites); // room for `clusters`
    this.jumps = Int32Array.from({ length: moves.length / 2 }, (_, k) => moves[2 * k + 1] * size + moves[2 * k]);
    this.far = moves.reduce((far, step) => Math.max(far, Math.abs(step)), 0);
  }

  /**
   * Occupy sites until there are `count`, or until `milliseconds` are spent.
   * @param {number} count
   * @param {number} [milliseconds]
   */
  grow(count, milliseconds = Infinity) {
    const end = performance.now() + milliseconds;
    while (this.occupied < count) {
      this.occupy(this.order[this.occupied]);
      if (this.occupied % 64 === 0 && performance.now() > end) return;
    }
  }

  /** @param {number} site */
  occupy(site) {
    const { size, moves, jumps, far, parent, largest } = this;
    const n = ++this.occupied;
    const x = site % size;
    const y = (site - x) / size;
    parent[site] = this.short[site] = site;
    this.mass[site] = 1;
    largest[n] = Math.max(largest[n - 1], 1);
    let root = site;
    if (x >= far && x < size - far && y >= far && y < size - far) {
      for (let k = 0; k < jumps.length; k++) {
        const other = site + jumps[k];
        if (parent[other] >= 0) root = this.join(root, other, n);
      }
      return;
    }
    for (let k = 0; k < moves.length; k += 2) {
      let u = x + moves[k];
      let v = y + moves[k + 1];
      if (u < 0 || v < 0 || u >= size || v >= size) {
        if (!this.periodic) continue;
        u = ((u % size) + size) % size;
        v = ((v % size) + size) % size;
      }
      if (parent[v * size + u] >= 0) root = this.join(root, v * size + u, n);
    }
  }

  /**
   * Join the cluster of `root` with the one that `other` is in; returns the root of both.
   * @param {number} root
   * @param {number} other
   * @param {number} n
   */
  join(root, other, n) {
    const { short, mass, largest } = this;
    while (short[other] !== other) {
      short[other] = short[short[other]];
      other = short[other];
    }
    if (root === other) return root;
    const [low, high] = mass[root] > mass[other] ? [other, root] : [root, other];
    this.parent[low] = short[low] = high;
    this.linked[low] = n;
    mass[high] += mass[low];
    if (mass[high] > largest[n]) largest[n] = mass[high];
    return high;
  }

  /**
   * Write each of the first `n` sites' cluster, named by its root site, into `roots` (-1: empty).
   * @param {number} n at most `occupied`
   * @param {Int32Array} roots
   * @returns {{count: number, root: number}} how many clusters, and the root of the largest
   */
  clusters(n, roots) {
    const { order, parent, linked, counted } = this;
    roots.fill(-1);
    counted.fill(0);
    let count = 0;
    let best = -1;
    for (let i = 0; i < n; i++) {
      let root = order[i];
      while (linked[root] <= n) root = parent[root];
      roots[order[i]] = root;
      const mass = ++counted[root];
      if (mass === 1) count++;
      if (best < 0 || mass > counted[best]) best = root;
    }
    return { count, root: best };
  }
}
