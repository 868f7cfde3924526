"""Records of a made-up world in which every trained label is right and the held-out ones are as a test wants them."""

import torch
from made_records import look, record_of

from bumpbook.frame.sweeps import sweep
from bumpbook.interpolation import lesions
from bumpworld.files import write_record

LESIONS = sweep("lesion").experiments


def keep(store, experiment, error_x=0.0, error_y=0.0, shape=1, learned=True, trained=0.0, steps=9):
    """A record in which every held-out label has these errors and this shape, and every trained one is off by ``trained``."""
    held = experiment.train_on.split(experiment.canvas).held_out
    pick = lambda value: torch.where(held, torch.as_tensor(value, dtype=torch.float32), trained)
    point = look(steps, pick(error_x), pick(error_y), torch.where(held, shape, 1))
    write_record(store.record_path(experiment), record_of(experiment, [point], 5 if learned else None))


def of(width, spacing=1.0):
    return [e for e in LESIONS if lesions.width(e) == width and e.canvas.spacing == spacing]
