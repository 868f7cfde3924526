"""Arrays as few bytes: what a page carries of a widget's numbers, and frames that do not jump."""

import numpy as np

from bumpworld.instruments import arrays

DIMENSIONS = (2, 3, 4)


def as_frames(frames) -> np.ndarray:
    """``frames`` as one finite float64 array (f, n, d) with d of 2, 3 or 4; a single cloud (n, d) is one frame.

    Raises ValueError for other shapes, fewer than two points, and values that are not finite.
    """
    allowed = "clouds (n, d) of the same points, none of which may differ in shape"
    array = arrays.array("frames", frames, allowed, np.float64)
    array = array[None] if array.ndim == 2 else array
    if array.ndim != 3 or array.shape[0] < 1 or array.shape[1] < 2 or array.shape[2] not in DIMENSIONS:
        raise ValueError(
            f"frames have shape {array.shape}; allowed are (frames, points, 2 to 4) and (points, 2 to 4)"
        )
    if not np.isfinite(array).all():
        raise ValueError(
            f"frame {int(np.argwhere(~np.isfinite(array))[0, 0])} holds values that are not finite"
        )
    return array


def as_labels(labels, count: int) -> np.ndarray:
    """``labels`` as float32 (count, 2). Raises ValueError for another shape, values not finite, or a label twice."""
    array = arrays.array("labels", labels, f"({count}, 2), one (x, y) a point", np.float32)
    if array.shape != (count, 2):
        raise ValueError(f"labels have shape {array.shape}; allowed is ({count}, 2), one (x, y) a point")
    if not np.isfinite(array).all():
        raise ValueError("labels hold values that are not finite")
    if len(np.unique(array, axis=0)) < count:
        raise ValueError("labels hold the same (x, y) twice; each point needs its own")
    return array


def align(frames: np.ndarray) -> np.ndarray:
    """Turn each frame (f, n, d) to lie over the next one as well as it can, from the last backwards.

    Principal axes may change sign or order from one checkpoint to the next, and the cloud would jump. A rotation (or
    reflection) within the shown axes changes no distance. It is the orthogonal Procrustes solution.
    """
    aligned = frames - frames.mean(axis=1, keepdims=True)
    for k in range(len(aligned) - 2, -1, -1):
        left, _, right = np.linalg.svd(aligned[k].T @ aligned[k + 1])
        aligned[k] = aligned[k] @ (left @ right)
    return aligned


def unit_shorts(frames: np.ndarray, same_scale: bool = False) -> bytes:
    """Frames (f, n, d) around the middle of their ranges, as 16-bit integers out of 32767.

    The farthest point of each frame (or of all of them, on the ``same_scale``) lies at radius 1.
    """
    centred = frames - (frames.max(axis=1, keepdims=True) + frames.min(axis=1, keepdims=True)) / 2
    radius = np.linalg.norm(centred, axis=2).max(axis=1)
    radius = np.full_like(radius, radius.max()) if same_scale else radius
    scaled = centred / np.where(radius > 0, radius, 1)[:, None, None]
    return np.round(32767 * scaled).astype("<i2").tobytes()
