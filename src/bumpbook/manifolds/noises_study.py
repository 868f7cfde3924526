"""How much of the first edition's scores was noise: six scores of one layer, averaged over more and more noises."""

from bumpbook.frame.studies import Study, register
from bumpbook.frame.sweeps import sweep
from bumpworld.experiment import Experiment
from bumpworld.instruments.represent import encoder_layer, scores_of, two_d_labels, under_each_noise
from bumpworld.store import Store, load_or_train

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
    model, canvas = result.model, result.experiment.canvas
    layer, labels = encoder_layer(model), two_d_labels(canvas).numpy()
    total, found = 0.0, {}
    t = SEEN * model.schedule.steps // 1000
    for count, kept in enumerate(under_each_noise(model, canvas, (layer,), t, noises=COUNTS[-1]), start=1):
        total = total + kept[layer]
        if count in COUNTS:
            values = scores_of(total / count, labels, canvas.periodic)
            found[str(count)] = {name: round(value, 4) for name, value in values.items()}
    return {"learned": result.learned, "layer": layer, "scores": found}


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
