// The first two principal components of a cloud that moves: each look goes on from the axes of the last one, so that
// the picture turns with the cloud and does not jump.

const AXES = 3; // one more than is shown: the shown ones settle sooner

export class Principal {
  /** @param {number} count points */
  constructor(count) {
    this.count = count;
    this.dim = 0;
    this.seen = 0;
    this.points = new Float32Array(0);
    /** @type {Float64Array[]} */
    this.axes = [];
  }

  /**
   * Take up new places of some points.
   * @param {number[]} which
   * @param {Float32Array} values one after the other
   */
  put(which, values) {
    const dim = values.length / which.length;
    if (dim !== this.dim) {
      this.dim = dim;
      this.points = new Float32Array(this.count * dim);
      this.axes = Array.from({ length: AXES }, (_, k) => anywhere(dim, k));
      this.seen = 0;
    }
    which.forEach((point, i) => this.points.set(values.subarray(i * dim, (i + 1) * dim), point * dim));
    this.seen += which.length;
  }

  /**
   * Where the points lie along the first two axes, scaled into [-1, 1]; null before each was seen. Orthogonal iteration.
   * @param {number} [rounds]
   * @returns {Float32Array | null} (count, 2)
   */
  shown(rounds = 4) {
    const { count, dim, points } = this;
    if (!dim || this.seen < count) return null;
    const mean = new Float64Array(dim);
    for (let i = 0; i < points.length; i++) mean[i % dim] += points[i] / count;
    let scores = this.axes;
    for (let round = 0; round <= rounds; round++) {
      scores = this.axes.map((axis) => this.along(axis, mean));
      if (round < rounds) this.axes = orthonormal(scores.map((score) => this.across(score, mean)));
    }
    const reach = Math.max(1e-12, ...scores.slice(0, 2).map((score) => score.reduce((most, value) => Math.max(most, Math.abs(value)), 0)));
    return Float32Array.from({ length: 2 * count }, (_, i) => scores[i % 2][i >> 1] / reach);
  }

  /**
   * @param {Float64Array} axis
   * @param {Float64Array} mean
   */
  along(axis, mean) {
    const { dim, points } = this;
    const middle = axis.reduce((sum, value, i) => sum + value * mean[i], 0);
    return Float64Array.from({ length: this.count }, (_, p) => {
      let sum = -middle;
      for (let i = 0, at = p * dim; i < dim; i++, at++) sum += axis[i] * points[at];
      return sum;
    });
  }

  /**
   * @param {Float64Array} score
   * @param {Float64Array} mean
   */
  across(score, mean) {
    const { dim, points } = this;
    const axis = new Float64Array(dim);
    for (let p = 0; p < this.count; p++) for (let i = 0, at = p * dim; i < dim; i++, at++) axis[i] += score[p] * (points[at] - mean[i]);
    return axis;
  }
}

/** @param {Float64Array[]} axes Gram and Schmidt, in place */
function orthonormal(axes) {
  axes.forEach((axis, k) => {
    for (const before of axes.slice(0, k)) {
      const part = before.reduce((sum, value, i) => sum + value * axis[i], 0);
      before.forEach((value, i) => { axis[i] -= part * value; });
    }
    const length = Math.hypot(...axis);
    // the first weights tell no label from another: a cloud that is one point has no axes yet
    if (length > 1e-9) axis.forEach((value, i) => { axis[i] = value / length; });
    else axis.set(anywhere(axis.length, k));
  });
  return axes;
}

/**
 * An axis that points nowhere in particular, the same each time.
 * @param {number} dim
 * @param {number} k
 */
const anywhere = (dim, k) => Float64Array.from({ length: dim }, (_, i) => Math.sin((k + 1) * (i + 1)) / Math.sqrt(dim / 2));
