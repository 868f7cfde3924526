"""Whose luck is it? Networks of different seeds draw anything from nothing to all of one wide square.

A seed decides the weights that a network starts from, and the order, the times and the noise in which it meets its images.
Siblings share the one or the other, or begin as one network and part on the way: from that step on their orders differ.
"""

from dataclasses import replace

import torch
from torch import Tensor

from bumpbook.frame.longer_sweeps import MIDDLE
from bumpbook.frame.studies import Study, register
from bumpbook.frame.tables import FINE
from bumpworld.diffusion import DiffusionModel
from bumpworld.evaluate import draw
from bumpworld.experiment import Experiment
from bumpworld.measure import judge
from bumpworld.train import fit, new_model

# as many as the slowest of the usual networks takes; siblings that stopped when they had learned would differ in this too
STEPS = 280
PARTS = (40, 80)
SIBLINGS = 3
# the layers that turn time and label into the condition; what follows works on the image
READS = "net.condition."
WEIGHTS, ORDER, CONDITION, IMAGE, NETWORK = "weights", "order", "condition", "image", "network"
# which layers siblings start with alike: those that read the label (True), those that work on the image (False)
ALIKE = {ORDER: (), CONDITION: (True,), IMAGE: (False,), WEIGHTS: (True, False), NETWORK: (True, False)}
SETTINGS = (
    *({"shared": shared, "part": 0} for shared in (ORDER, WEIGHTS, CONDITION, IMAGE)),
    *({"shared": NETWORK, "part": step} for step in PARTS),
)


def measure(setting: dict, seed: int) -> dict:
    """Train `SIBLINGS` networks that share the order of their images, or their starting weights, or are one up to the step "part".

    They may share a part of their starting weights: of the layers that turn time and label into the condition, or of all
    others, which work on the image. "right": the share of the middle square that each draws within 0.45 px, and "trained"
    the share of what it trained on; "then": what the first of them drew of the square when they parted.
    """
    found = {"right": [], "trained": [], "then": 0.0}
    e = Experiment(train_on=MIDDLE, until_learned=False, steps=STEPS, seed=seed)
    split, generator = e.train_on.split(e.canvas), torch.Generator()
    images = e.canvas.render(split.train)
    for sibling in range(SIBLINGS):
        # no network's weights and order come from one seed, which would draw the same numbers for both
        own = SIBLINGS * seed + sibling
        start, order = (1000 + own, seed) if setting["shared"] == ORDER else (2000 + own, 1000 + own)
        # until they part, siblings meet the same images, those of `train`
        generator.manual_seed(seed + 1 if setting["part"] else order)
        for step in fit(_start(e, setting["shared"], start), images, split.train, e, None, generator):
            if step.number == setting["part"]:
                generator.manual_seed(order)
                if not sibling:
                    found["then"] = _right(step.model, split.test["square"], e)
        found["right"].append(_right(step.model, split.test["square"], e))
        found["trained"].append(_right(step.model, split.train, e))
    return found


def _start(e: Experiment, shared: str, own: int) -> DiffusionModel:
    """The untrained model of a sibling: what is ``shared`` as the seed of ``e`` has it, all else as the sibling's ``own``."""
    model, ours = new_model(e), new_model(replace(e, seed=own)).state_dict()
    alike = {
        n: value if n.startswith(READS) in ALIKE[shared] else ours[n]
        for n, value in model.state_dict().items()
    }
    model.load_state_dict(alike)
    return model


def _right(model: DiffusionModel, labels: Tensor, e: Experiment) -> float:
    """Share of ``labels`` (n, 2) that the model draws within 0.45 px."""
    return round(judge(draw(model, labels), labels, e.canvas).right(FINE)[:, 2].double().mean().item(), 3)


STUDY = register(
    Study(
        "siblings",
        "Whose luck is it how much of a wide hole a network fills, its starting weights' or its images' order?",
        version=1,
        settings=SETTINGS,
        seeds=20,
        measure=measure,
    )
)
