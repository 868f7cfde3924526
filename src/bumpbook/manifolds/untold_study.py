"""What a network makes of images by itself, and what keeps the learned torus open: two studies of label and padding."""

from functools import cache

import numpy as np

from bumpbook.frame.studies import Study, register
from bumpbook.frame.sweeps import sweep
from bumpworld.experiment import Experiment
from bumpworld.instruments.factorization import factorization_score
from bumpworld.instruments.represent import two_d_labels
from bumpworld.store import Store, load_or_train
from bumpworld.train import new_model

from .codes_study import BLANK, ENCODER, MIDDLE, SEEN, by_name, clouds, shares, sheet
from .seam import largest_step


@cache
def _untold() -> dict[tuple[bool, bool, int], Experiment]:
    return {(e.canvas.periodic, e.unet.label_code == "none", e.seed): e for e in sweep("untold").experiments}


@cache
def _seams() -> dict[tuple[str, str, bool, int], Experiment]:
    plain = (e for e in sweep("torus").experiments if e.canvas == sweep("seam").experiments[0].canvas)
    return {
        (e.unet.label_code, e.unet.padding, bool(e.unet.place), e.seed): e
        for e in (*plain, *sweep("seam").experiments)
    }


def images_alone(setting: dict, seed: int) -> dict:
    """Additive shares and sheet of what was read out of images, with no label told, beside pixels and an untrained network."""
    result = load_or_train(_untold()[setting["periodic"], setting["never"], seed], Store())
    model, canvas = result.model, result.experiment.canvas
    labels, fresh = two_d_labels(canvas).numpy(), new_model(result.experiment).eval()
    held = {
        "seen": clouds(model, canvas, ("pixels", ENCODER, MIDDLE), SEEN, own_label=False),
        "fresh": clouds(fresh, canvas, (ENCODER, MIDDLE), SEEN, own_label=False),
        "clean": {"images": canvas.render(labels).flatten(1).numpy()},
    }
    clouds_of = by_name(held)
    return {
        # a network that is never told a label has none to learn
        "learned": setting["never"] or result.learned,
        "additive": {name: round(factorization_score(p, labels).share, 4) for name, p in clouds_of.items()},
        "shares": {name: shares(points, labels) for name, points in clouds_of.items()},
        "sheet": {name: sheet(points, labels) for name, points in clouds_of.items()},
    }


def where_open(setting: dict, seed: int) -> dict:
    """Largest over median step around the torus, by layer, with the image seen and left out, beside an untrained network."""
    key = setting["code"], setting["padding"], setting["place"], seed
    result = load_or_train(_seams()[key], Store())
    model, canvas = result.model, result.experiment.canvas
    labels, fresh = two_d_labels(canvas).numpy(), new_model(result.experiment).eval()
    held = {
        "seen": clouds(model, canvas, (ENCODER, MIDDLE, "up1"), SEEN),
        "blank": clouds(model, canvas, (ENCODER, MIDDLE, "up1"), BLANK, blank=True),
        "fresh": clouds(fresh, canvas, (ENCODER, MIDDLE), SEEN),
        "code": {"alone": model.net.label_code(two_d_labels(canvas)).numpy()},
    }
    clouds_of = by_name(held)
    widest = {name: largest_step(points, labels) for name, points in clouds_of.items()}
    return {
        "learned": result.learned,
        "largest": {name: [round(step.ratio, 3) for step in steps] for name, steps in widest.items()},
        "at": {name: [step.at for step in steps] for name, steps in widest.items()},
        "sheet": {name: sheet(np.asarray(points), labels) for name, points in clouds_of.items()},
    }


UNTOLD = register(
    Study(
        name="images-alone",
        question="What does a network make of images that nobody labels?",
        version=1,
        settings=tuple({"periodic": p, "never": n} for p in (False, True) for n in (True, False)),
        seeds=5,
        measure=images_alone,
    )
)
SEAM = register(
    Study(
        name="open-torus",
        question="What keeps the learned torus open, the label's code or the padding?",
        version=1,
        settings=(
            *(
                {"code": c, "padding": p, "place": True}
                for c in ("axes", "one-hot")
                for p in ("zeros", "circular")
            ),
            *({"code": c, "padding": "zeros", "place": False} for c in ("one-hot", "pair", "axes")),
        ),
        seeds=5,
        measure=where_open,
    )
)
