"""How much of the first edition's scores was noise: six scores of one layer, averaged over more and more noises."""

from bumpbook.frame.studies import Study, register
from bumpbook.frame.sweeps import sweep
from bumpworld.canvas import Canvas
from bumpworld.diffusion import DiffusionModel
from bumpworld.experiment import Experiment
from bumpworld.instruments.represent import encoder_layer, scores_of, two_d_labels, under_each_noise
from bumpworld.store import Store, load_or_train
from bumpworld.train import train

from .codes_study import SEEN, networks

COUNTS = (1, 2, 3, 4, 6, 8, 12)


def experiment(periodic: bool, seed: int) -> Experiment:
    """Narrow bumps told x and y, on the torus or in the open frame."""
    if not periodic:
        return networks()["bump", "axes", seed]
    return next(
        e
        for e in sweep("torus").experiments
        if (e.canvas.kind, e.canvas.sigma, e.canvas.periodic, e.seed) == ("bump", 1, True, seed)
    )


def measure(setting: dict, seed: int) -> dict:
    """Scores of the last encoder layer on representations averaged over each of `COUNTS` noises."""
    result = load_or_train(experiment(setting["periodic"], seed), Store())
    return {"learned": result.learned, **by_count(result.model, result.experiment.canvas)}


def at_first(setting: dict, seed: int) -> dict:
    """The same at the first checkpoint of the network's training."""
    e = experiment(setting["periodic"], seed)
    step = next(step for step in train(e) if step.number == e.checkpoint_every)
    # a network at its first checkpoint has not learned its labels, and is not asked to
    return {"learned": True, "step": step.number, **by_count(step.model.eval(), e.canvas)}


def by_count(model: DiffusionModel, canvas: Canvas) -> dict:
    """The last encoder layer's name, and its scores by the number of noises averaged."""
    layer, labels = encoder_layer(model), two_d_labels(canvas).numpy()
    total, found = 0.0, {}
    t = SEEN * model.schedule.steps // 1000
    for count, kept in enumerate(under_each_noise(model, canvas, (layer,), t, noises=COUNTS[-1]), start=1):
        total = total + kept[layer]
        if count in COUNTS:
            values = scores_of(total / count, labels, canvas.periodic)
            found[str(count)] = {name: round(value, 4) for name, value in values.items()}
    return {"layer": layer, "scores": found}


STUDY = register(
    Study(
        name="noises",
        question="How much of a representation's scores is noise?",
        version=1,
        settings=({"periodic": True}, {"periodic": False}),
        seeds=5,
        measure=measure,
    )
)
FIRST = register(
    Study(
        name="first-noises",
        question="How much of the dimension at the first checkpoint is noise?",
        version=1,
        settings=({"periodic": True},),
        seeds=5,
        measure=at_first,
    )
)
