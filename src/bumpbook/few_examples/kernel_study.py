"""Does the network learn features, or would its label code alone do? Networks beside a kernel regression on their code."""

from bumpbook.frame.studies import Study, register
from bumpbook.frame.sweeps import sweep
from bumpworld.experiment import Experiment
from bumpworld.instruments.baselines import KernelRegression
from bumpworld.measure import judge
from bumpworld.store import Result, Store

LABELS = (8, 16, 32, 64, 128)


def network(labels: int, seed: int) -> Experiment:
    """The network of the sweep "few-shot" that was trained on so many bumps and no stripes."""
    return next(
        e
        for e in sweep("few-shot").experiments
        if e.canvas.kind == "bump"
        and not e.canvas.margin
        and e.seed == seed
        and len(e.train_on.split(e.canvas).train) == labels
    )


def measure(setting: dict, seed: int) -> dict:
    """Shares of the held-out labels right within 1 px: the network's, from its record, and the kernel's."""
    store, experiment = Store(), network(setting["labels"], seed)
    result = Result(experiment, store.load_record(experiment), None)
    canvas, split = experiment.canvas, experiment.train_on.split(experiment.canvas)
    (unseen,) = split.test.values()
    kernel = KernelRegression(experiment.unet).fit(split.train, canvas.render(split.train))
    right = judge(kernel.predict(unseen), unseen, canvas).right()[:, 2].float().mean().item()
    ((_, _, own),) = (shares for name, shares in result.accuracy().items() if name != "train")
    return {
        "learned": result.learned,
        "network": round(own, 4),
        "kernel": round(right, 4),
        "tried": len(unseen),
    }


STUDY = register(
    Study(
        name="label-kernel",
        question="Does a network need fewer labels than a regression on its own label code?",
        version=1,
        settings=tuple({"labels": n} for n in LABELS),
        seeds=3,
        measure=measure,
    )
)
