"""Everything that is measured on one model, as plain numbers: what a record on disk holds."""

import torch
from torch import Tensor

from . import checks
from .canvas import Canvas
from .diffusion import DiffusionModel, sample
from .experiment import Experiment
from .measure import Judgement, judge

# every model is judged on the same noise, so that two models differ by what they learned
NOISE_SEED = 1234
# noise levels, in thousandths of the schedule, at which the loss is taken
LOSS_TIMES = (50, 150, 300, 500, 700, 900)


def draw(model: DiffusionModel, labels: Tensor, steps: int = 20, seed: int = NOISE_SEED) -> Tensor:
    """Images (n, 1, size, size) for ``labels`` (n, label_dims), by DDIM from seeded noise, at most 256 at a time.

    Any finite label is drawn, outside the canvas too: judging refuses those.
    """
    generator = torch.Generator().manual_seed(checks.seed("seed", seed))
    labels = checks.numbers("labels", labels, "n", "label_dims")
    return torch.cat([sample(model, part, steps, generator=generator) for part in labels.split(256)])


def judge_model(model: DiffusionModel, canvas: Canvas, steps: int = 20) -> Judgement:
    """The verdict on one drawing of every label of ``canvas``, in lattice order."""
    labels = checks.instance("canvas", canvas, Canvas).lattice()
    return judge(draw(model, labels, steps), labels, canvas)


def verdict(model: DiffusionModel, experiment: Experiment, steps: int = 20) -> dict:
    """Position error in x and in y, residual and shape of the drawing of every label, as short lists."""
    canvas = checks.instance("experiment", experiment, Experiment).canvas
    result = judge_model(model, canvas, steps)
    short = lambda values: [round(value, 2) for value in values.tolist()]
    return {
        "error_x": short(result.error[:, 0]),
        "error_y": short(result.error[:, 1]),
        "residual": short(result.residual.clamp(max=99)),
        "shape": [int(s) for s in result.shape],
    }


@torch.no_grad()
def losses(model: DiffusionModel, experiment: Experiment) -> dict[str, float]:
    """Mean squared error of the image estimate a pixel, over six noise levels, on "train" and each held-out region."""
    checks.instance("model", model, DiffusionModel)
    checks.instance("experiment", experiment, Experiment)
    split = experiment.train_on.split(experiment.canvas)
    images, generator = experiment.canvas.render(split.labels), torch.Generator().manual_seed(NOISE_SEED)
    errors = []
    for x0, label in zip(images.split(256), split.labels.split(256), strict=True):
        total, label = torch.zeros(len(x0)), label.to(model.device)
        for time in LOSS_TIMES:
            t = torch.full((len(x0),), time * model.schedule.steps // 1000)
            x_t = model.schedule.add_noise(model.scale * x0, t, torch.randn(x0.shape, generator=generator))
            estimate = model.denoise(x_t.to(model.device), t.to(model.device), label).cpu()
            total += ((estimate / model.scale - x0) ** 2).mean((1, 2, 3))
        errors.append(total / len(LOSS_TIMES))
    error = torch.cat(errors)
    return {name: float(f"{error[mask].mean():.6g}") for name, mask in split.masks.items()}
