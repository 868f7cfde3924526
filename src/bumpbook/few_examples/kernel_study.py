"""Does the network learn features, or would its label code alone do? Networks beside a kernel regression on their code."""

from bumpbook.frame.studies import Study, register
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import FINE
from bumpworld.experiment import Experiment
from bumpworld.instruments.baselines import KernelRegression
from bumpworld.measure import judge
from bumpworld.store import Result, Store

from .efficiency import KINDS

LABELS = (8, 16, 32, 64, 128)


def network(labels: int, seed: int, world: str = "bump") -> Experiment:
    """The network of the sweep "few-shot" that was trained on so many pairs of this world and no stripes."""
    return next(
        e
        for e in sweep("few-shot").experiments
        if e.canvas.kind == world
        and not e.canvas.margin
        and e.seed == seed
        and len(e.train_on.split(e.canvas).train) == labels
    )


def measure(setting: dict, seed: int) -> dict:
    """Shares of the held-out labels right: the network's, from its record, and the kernel's; within 1 px and, "_fine", within `FINE`."""
    store, experiment = Store(), network(setting["labels"], seed, setting["world"])
    result = Result(experiment, store.load_record(experiment), None)
    canvas, split = experiment.canvas, experiment.train_on.split(experiment.canvas)
    ((region, unseen),) = split.test.items()
    kernel = KernelRegression(experiment.unet).fit(split.train, canvas.render(split.train))
    verdict = judge(kernel.predict(unseen), unseen, canvas)
    found = {"learned": result.learned, "tried": len(unseen)}
    for end, tolerance in {"": 1.0, "_fine": FINE}.items():
        found[f"network{end}"] = round(result.accuracy(tolerance)[region][2], 4)
        found[f"kernel{end}"] = round(float(verdict.right(tolerance)[:, 2].double().mean()), 4)
    return found


STUDY = register(
    Study(
        name="label-kernel",
        question="Does a network need fewer labels than a regression on its own label code?",
        version=2,
        settings=tuple({"world": world, "labels": n} for world in KINDS for n in LABELS),
        seeds=3,
        measure=measure,
    )
)
