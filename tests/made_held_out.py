"""Records of a made-up world in which every trained label is right and the held-out ones are as a test wants them."""

import torch

from bumpbook.frame.sweeps import sweep
from bumpbook.interpolation import lesions
from bumpworld.experiment import to_dict
from bumpworld.files import write_record

LESIONS = sweep("lesion").experiments


def keep(store, experiment, error_x=0.0, error_y=0.0, shape=1, learned=True, trained=0.0, steps=9):
    """A record in which every held-out label has these errors and this shape, and every trained one is off by ``trained``."""
    split = experiment.train_on.split(experiment.canvas)
    held = split.held_out
    pick = lambda value: torch.where(held, torch.as_tensor(value, dtype=torch.float32), trained).tolist()
    shapes = torch.where(held, shape, 1).tolist()
    n = len(held)
    point = {
        "step": 9,
        "error_x": pick(error_x),
        "error_y": pick(error_y),
        "residual": [0.1] * n,
        "shape": shapes,
    }
    record = {
        "experiment": to_dict(experiment),
        "recipe": 1,
        "training": {"learned_at": 5 if learned else None, "steps": steps},
        "denoising_error": dict.fromkeys(["train", *split.region_masks], 0.1),
        "provenance": {"seconds": 1.0, "hardware": "none"},
        "checkpoints": [point],
        "weights_sha256": None,
    }
    write_record(store.record_path(experiment), record)


def of(width, spacing=1.0):
    return [e for e in LESIONS if lesions.width(e) == width and e.canvas.spacing == spacing]
