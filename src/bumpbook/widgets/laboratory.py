"""The laboratory: paint a training set, bet, train a diffusion U-Net on it in the browser, ask it anything."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

import numpy as np
import torch
import traitlets as t
from torch import Tensor

from bumpbook.frame import given
from bumpbook.frame.painting import paint, painted
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.diffusion import DiffusionModel
from bumpworld.experiment import Experiment, to_dict
from bumpworld.measure import judge
from bumpworld.selection import Selection, everything
from bumpworld.train import WARM_UP, new_model
from bumpworld.unet import UNetConfig

from .bundle import script, style
from .denoiser import denoised, seeded_noise
from .lab_presets import LANGUAGES, NETWORK, SIDE, WORLD, lab_experiment, presets
from .onnx_training import BETAS, TrainingGraphs, first_weights, frequencies, training_graphs
from .runtime import Networked

# of a network that is to be trained, in the order in which the browser asks for them
FILES = (
    "step",
    "draw",
    "ask",
)
# what a label's drawing is called that is no shape, among distances in hundredths of a pixel
NO_SHAPE = 255
# where a set's name is too long for a button, with a place to break
TITLES = {"checkerboard": "checker\N{SOFT HYPHEN}board", "everything": "every\N{SOFT HYPHEN}thing"}
VIEWS = ("lab", "compare", "class")
START = {"kind": WORLD.kind, "sigma": WORLD.sigma, "language": "axes", "seed": 0}
STEPS = 5  # of the sampler; 20 get the same labels right
NOISE = 0x5EED  # of all drawings, whatever the seed of their run, so that two runs can be compared


class Laboratory(Networked):
    """Paint which labels a network may see, bet on the others, train it in the browser, and ask it for any label.

    The browser draws the first weights, the batches and the noise itself, from the seed, in the way that `train` does,
    and takes the same steps; only the random numbers are others. It runs on ONNX Runtime Web, which is loaded when
    training begins, in a worker of its own. Finished runs are kept in the browser's own storage.

    Parameters
    ----------
    preset : the set to begin with: a name of `lab_presets.presets`, or a `Selection` of a 16 x 16 world without a margin.
    answers : finished runs that come along, each made by `answer`. Before anything is loaded the figure answers with
        them for the labels of the lattice.
    view : "lab" for the laboratory, "compare" to ask two or three answers for the same point, "class" for a page where a
        class drops the files that it exported.
    start : the point (x, y) asked for at first, where answers are compared.
    network : a name of `lab_presets.NETWORKS`, or an experiment that says which network is trained, and how.
    runtime : address of ONNX Runtime Web for a notebook (`Networked`).
    settings : the set, the world, the language and the seed of today; `experiment` is the same in Python's words.
    history : the looks so far, dicts of "step", "loss", "trained" and "held_out" (shares right within 0.45 px), "trained_1"
        and "held_out_1" (within 1 px); None for the share of no labels. Only to be read.

    Raises
    ------
    ValueError : for an unknown preset, a selection of another world, and answers that do not fit the view.
    """

    _esm = script("laboratory.js")
    _css = style("frame.css") + style("laboratory.css")

    view = t.Enum(VIEWS, "lab").tag(sync=True)
    settings = t.Dict().tag(sync=True)
    start = t.List([8, 7]).tag(sync=True)
    history = t.List().tag(sync=True)
    _network = t.Dict().tag(sync=True)
    _presets = t.List().tag(sync=True)
    _answers = t.List().tag(sync=True)
    _experiment = t.Dict().tag(sync=True)
    _key = t.Unicode().tag(sync=True)
    _worker = t.Unicode().tag(sync=True)

    def __init__(
        self,
        preset: str | Selection = "square",
        answers: Sequence[dict] = (),
        view: str = "lab",
        network: str | Experiment = NETWORK,
        **traits,
    ):
        self._graphs: TrainingGraphs | None = None
        self._trained = network
        self._arrived: tuple[dict, bytes] | None = None
        answers = [_check(made) for made in given.each("answers", answers, Mapping, least=0)]
        checks.choice("view", view, VIEWS)
        if view == "compare" and len(answers) not in (2, 3):
            raise ValueError(f"{len(answers)} answers; allowed are 2 or 3 to compare")
        # one for all sets: the files hold no label
        base = lab_experiment(presets()["everything"], network=network)
        traits = {"settings": {**START, "rows": _rows(preset)}, **traits}
        if view == "lab":
            traits |= {
                "_presets": [{"name": TITLES.get(name, name), "rows": _rows(name)} for name in presets()],
                "_worker": script("lab_worker.js"),
                "_experiment": to_dict(base),
                "_key": base.key,
            }
        network = {} if view == "class" else _network(base)
        super().__init__(view=view, _network=network, _answers=answers, **traits)
        self.on_msg(self._keep)

    @property
    def experiment(self) -> Experiment:
        """What the figure trains now. A run of it in Python draws other random numbers, and is otherwise the same."""
        return experiment_of(self.settings, self._trained)

    def weights(self) -> DiffusionModel:
        """The network of the last finished run, with the weights that the browser trained.

        Raises RuntimeError before a run has ended.
        """
        if self._arrived is None:
            raise RuntimeError("no run has ended yet; train in the figure first")
        settings, given = self._arrived
        model = new_model(experiment_of(settings, self._trained))
        weights = torch.from_numpy(np.frombuffer(given, "<f4").copy())
        torch.nn.utils.vector_to_parameters(weights, model.net.parameters())
        return model.requires_grad_(False).eval()

    def _keep(self, _, content: dict, buffers: list) -> None:
        """A front end sends the weights of a finished run."""
        if "weights" in content and buffers:
            self._arrived = (content["weights"], bytes(buffers[0]))

    def _file(self, index: int) -> bytes | None:
        if index not in range(len(FILES)):
            return None
        self._graphs = self._graphs or training_graphs(self.experiment)
        return files_of(self._graphs)[index]


def _check(made: Mapping) -> dict:
    """An answer that has what `answer` gives one."""
    kinds = {"title": str, "settings": Mapping, "off": bytes, "pictures": bytes}
    for name, kind in kinds.items():
        checks.instance(name, given.under("answer", made, name), kind)
    return dict(made)


def files_of(graphs: TrainingGraphs) -> list[bytes]:
    """The three ONNX files in the order of `FILES`."""
    return [getattr(graphs, name) for name in FILES]


def experiment_of(settings: dict, network: str | Experiment = NETWORK) -> Experiment:
    """The experiment that the figure's settings stand for. Raises ValueError for settings that are none."""
    try:
        canvas = Canvas(size=SIDE, sigma=settings["sigma"], kind=settings["kind"])
        rows, language, seed = painted(settings["rows"]), settings["language"], int(settings["seed"])
        return lab_experiment(rows, canvas, language, network, seed)
    except (KeyError, TypeError) as error:
        raise ValueError(f"settings are {settings!r}; they lack or damage {error}") from None


def answer(title: str, experiment: Experiment, model: DiffusionModel) -> dict:
    """What a page carries of a finished run: each label's drawing and how far it lies off.

    All labels are drawn from the same noise, as the browser draws them. Raises ValueError for an experiment that the
    laboratory cannot show.
    """
    canvas, labels = experiment.canvas, experiment.canvas.lattice()
    if (canvas.size, canvas.span, canvas.spacing, canvas.periodic) != (SIDE, SIDE, 1, False):
        raise ValueError(f"{title!r} is of {canvas}; allowed are {SIDE} x {SIDE} labels with edges")
    images = _drawn(model, labels)
    found = judge(images, labels, canvas)
    off = (100 * found.error.abs().amax(1)).round().clamp(max=NO_SHAPE - 2)
    off[~found.shape] = NO_SHAPE
    grey = (255 * images.clamp(0, 1)).round().byte()
    return {
        "title": title,
        "settings": _settings(experiment),
        "off": off.byte().numpy().tobytes(),
        "pictures": zlib.compress(grey.numpy().tobytes(), 9),
    }


def _drawn(model: DiffusionModel, labels: Tensor) -> Tensor:
    noise = seeded_noise(NOISE, model.size).expand(len(labels), -1, -1, -1)
    return denoised(model, noise, labels, STEPS)


def _rows(preset: str | Selection) -> str:
    """A set's digits, as `painted` has them."""
    if not isinstance(preset, Selection):
        known = presets()
        fits = isinstance(preset, str) and preset in known
        checks.need(fits, "preset", preset, f"are {', '.join(known)} and a Selection")
        preset = known[preset]
    mask = preset.split(WORLD).train_mask.reshape(SIDE, SIDE)
    return dict(paint(mask).settings)["rows"]


def _settings(experiment: Experiment) -> dict:
    """An experiment in the figure's words. Raises ValueError for a language that the figure does not know."""
    unet = experiment.unet
    usual = {"label_angle": 0.0, "label_values": 0, "label_frequencies": UNetConfig.label_frequencies}
    plain = replace(unet, label_code="axes", **usual)
    names = [name for name, told in LANGUAGES.items() if replace(plain, **told) == unet]
    if not names:
        raise ValueError(f"labels are told as {unet.label_code!r}; allowed are {', '.join(LANGUAGES)}")
    canvas = experiment.canvas
    rows, told = _rows(experiment.train_on), names[0]
    return {
        "rows": rows,
        "kind": canvas.kind,
        "sigma": canvas.sigma,
        "language": told,
        "seed": experiment.seed,
    }


def _network(experiment: Experiment) -> dict:
    """What the browser must know, besides the files."""
    model = new_model(experiment)
    languages = {
        name: {
            "angle": told.get("label_angle", 0.0),
            "frequencies": frequencies(replace(experiment.unet, **told)).tolist(),
            "python": ", ".join(f"{key}={value!r}" for key, value in told.items()),
        }
        for name, told in LANGUAGES.items()
    }
    same = {"canvas": WORLD, "train_on": everything(), "unet": UNetConfig(), "seed": 0}
    training = _changed(replace(experiment, **same), Experiment())
    return {
        "layout": first_weights(model.net),
        "parameters": sum(value.numel() for value in model.parameters()),
        "alphaBar": experiment.schedule.alpha_bar.numpy().astype("<f4").tobytes(),
        "size": experiment.canvas.size,
        "batch": experiment.batch_size,
        "steps": experiment.steps,
        "rate": experiment.learning_rate,
        "warmUp": WARM_UP,
        "betas": list(BETAS),
        "ema": experiment.ema,
        "target": experiment.target,
        "languages": languages,
        "python": {
            "unet": ", ".join(_changed(experiment.unet, UNetConfig())),
            "training": ", ".join(training),
        },
    }


def _changed(value, plain) -> list[str]:
    """The settings of a dataclass that differ from those of ``plain``, in Python's words."""
    pairs = [(field.name, getattr(value, field.name)) for field in fields(value)]
    return [f"{name}={found!r}" for name, found in pairs if found != getattr(plain, name)]
