"""Records as the store keeps them, with the errors that a test wants instead of a training's."""

import numpy as np

from bumpworld.experiment import to_dict


def look(step, error_x, error_y, shape=1, residual=0.1):
    """A look at all labels; each argument holds a number for each label, or is one for all of them."""
    parts = zip(
        ("error_x", "error_y", "residual", "shape"),
        np.broadcast_arrays(error_x, error_y, residual, shape),
        (float, float, float, int),
        strict=True,
    )
    return {"step": step} | {name: values.astype(kind).tolist() for name, values, kind in parts}


def record_of(experiment, looks, learned_at=None, trained=1e-4, held_out=0.01):
    """A record with these looks, and with these denoising errors of trained labels and of every region held out."""
    regions = experiment.train_on.split(experiment.canvas).region_masks
    return {
        "experiment": to_dict(experiment),
        "training": {"steps": looks[-1]["step"], "learned_at": learned_at, "seconds": 1.0, "loss": []},
        "denoising_error": {"train": trained} | dict.fromkeys(regions, held_out),
        "checkpoints": looks,
        "provenance": {"seconds": 1.0, "hardware": "made up"},
        "weights_sha256": None,
    }
