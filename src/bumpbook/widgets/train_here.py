"""A network that learns in the reader's own browser, from its first weights on, while the reader watches."""

from dataclasses import asdict

import traitlets as t

from bumpworld.experiment import Experiment, to_dict
from bumpworld.train import WARM_UP, new_model

from .bundle import script, style
from .onnx_training import BETAS, TrainingGraphs, first_weights, training_graphs
from .runtime import Networked

# of a network that is to be trained, in the order in which the browser asks for them
FILES = (
    "step",
    "draw",
)
LOOK_STEPS = 5  # of the sampler: 5, 10 and 20 were found to get the same labels right


class TrainHere(Networked):
    """Train the experiment's network in the browser: press "Train" and watch held-out labels appear.

    The browser draws the first weights, the batches and the noise itself, from ``seed``, in the way that `train` does,
    and takes the same steps; only the random numbers are others. Every ten steps it draws held-out labels and as many
    trained ones as fill the batch, and says how many are right. It runs on ONNX Runtime Web, which is loaded when
    training begins, in a worker of its own. The network must train for a fixed number of steps.

    Parameters
    ----------
    experiment : what is trained, with labels held out and ``until_learned`` off.
    seed : decides the first weights, the order of the labels and the noise, 0 to 2^32 - 1.
    runtime : address of ONNX Runtime Web for a notebook (`Networked`).
    every : steps between two looks.
    history : the looks so far, dicts of "step", "loss", "trained" and "held_out" (shares right); only to be read.

    Raises
    ------
    ValueError : for an experiment without held-out labels, or with ``until_learned``.
    TraitError : for a value of another type or outside what is stated here.
    """

    _esm = script("train_here.js")
    _css = style("frame.css") + style("train_here.css")

    seed = t.Int(0, min=0, max=2**32 - 1).tag(sync=True)
    every = t.Int(10, min=1).tag(sync=True)
    history = t.List().tag(sync=True)
    _plan = t.Dict().tag(sync=True)
    _experiment = t.Dict().tag(sync=True)
    _key = t.Unicode().tag(sync=True)
    _worker = t.Unicode(script("training_worker.js")).tag(sync=True)

    def __init__(self, experiment: Experiment, **traits):
        self._trained, self._graphs = experiment, None
        super().__init__(
            _plan=_plan(experiment), _experiment=to_dict(experiment), _key=experiment.key, **traits
        )

    def _file(self, index: int) -> bytes | None:
        if index not in range(len(FILES)):
            return None
        self._graphs = self._graphs or training_graphs(self._trained)
        return files_of(self._graphs)[index]


def files_of(graphs: TrainingGraphs) -> list[bytes]:
    """The two ONNX files in the order of `FILES`."""
    return [getattr(graphs, name) for name in FILES]


def _plan(experiment: Experiment) -> dict:
    """What the browser must know, besides the two files."""
    if not isinstance(experiment, Experiment):
        raise ValueError(f"experiment is a {type(experiment).__name__}; allowed is an Experiment")
    if experiment.until_learned:
        raise ValueError("until_learned is True; allowed here is a fixed number of steps")
    split = experiment.train_on.split(experiment.canvas)
    if not split.held_out.any():
        raise ValueError(f"train_on is {experiment.train_on!r}; allowed is what holds labels out")
    model = new_model(experiment)
    pairs = lambda labels: labels.numpy().astype("<f4").tobytes()
    return {
        "world": asdict(experiment.canvas),
        "train": pairs(split.train),
        "held": pairs(split.labels[split.held_out]),
        "alphaBar": experiment.schedule.alpha_bar.numpy().astype("<f4").tobytes(),
        "layout": first_weights(model.net),
        "batch": experiment.batch_size,
        "steps": experiment.steps,
        "rate": experiment.learning_rate,
        "warmUp": WARM_UP,
        "betas": list(BETAS),
        "ema": experiment.ema,
        "target": experiment.target,
        "scale": model.scale,
        "looks": LOOK_STEPS,
    }
