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
    """Images (n, 1, size, size) for ``labels`` (n, 2), by DDIM from seeded noise, at most 256 at a time."""
    generator = torch.Generator().manual_seed(checks.seed("seed", seed))
    labels = checks.numbers("labels", labels, "n", "label_dims")
    return torch.cat([sample(model, part, steps, generator=generator) for part in labels.split(256)])


def judge_model(model: DiffusionModel, canvas: Canvas, steps: int = 20, seed: int = NOISE_SEED) -> Judgement:
    """The verdict on one drawing of every label of ``canvas``, in lattice order."""
    labels = checks.instance("canvas", canvas, Canvas).lattice()
    return judge(draw(model, labels, steps, seed), labels, canvas)


@torch.no_grad()
def denoising_error(model: DiffusionModel, images: Tensor, labels: Tensor) -> Tensor:
    """Mean squared error of the image estimate per image, averaged over six noise levels, shape (n,)."""
    side = checks.instance("model", model, DiffusionModel).size
    checks.shaped("labels", labels, len(checks.shaped("images", images, "n", 1, side, side)), "label_dims")
    generator = torch.Generator().manual_seed(NOISE_SEED)
    errors = []
    for part in torch.arange(len(images)).split(256):
        x0, label = images[part], labels[part].to(model.device)
        total = torch.zeros(len(part))
        for time in LOSS_TIMES:
            t = torch.full((len(part),), time * model.schedule.steps // 1000)
            x_t = model.schedule.add_noise(model.scale * x0, t, torch.randn(x0.shape, generator=generator))
            estimate = model.denoise(x_t.to(model.device), t.to(model.device), label).cpu()
            total += ((estimate / model.scale - x0) ** 2).mean((1, 2, 3))
        errors.append(total / len(LOSS_TIMES))
    return torch.cat(errors)


def verdict(model: DiffusionModel, experiment: Experiment, steps: int = 20) -> dict:
    """Position error in x and in y, residual and shape of the drawing of every label, as short lists."""
    canvas = checks.instance("experiment", experiment, Experiment).canvas
    result = judge_model(model, canvas, steps)
    return {
        "error_x": _short(result.error[:, 0], 2),
        "error_y": _short(result.error[:, 1], 2),
        "residual": _short(result.residual.clamp(max=99), 2),
        "shape": [int(s) for s in result.shape],
    }


def losses(model: DiffusionModel, experiment: Experiment) -> dict[str, float]:
    """Mean denoising error on the training labels ("train") and on each held-out region by name."""
    checks.instance("experiment", experiment, Experiment)
    split = experiment.train_on.split(experiment.canvas)
    error = denoising_error(model, experiment.canvas.render(split.labels), split.labels)
    return {name: float(f"{error[mask].mean():.6g}") for name, mask in split.masks.items()}


def as_judgement(saved: dict) -> Judgement:
    """The `Judgement` that `verdict` wrote down."""
    try:
        error = torch.tensor([saved["error_x"], saved["error_y"]], dtype=torch.float32).T
        residual, shape = torch.tensor(saved["residual"]), torch.tensor(saved["shape"], dtype=torch.bool)
        fits = error.shape == (*residual.shape, 2) and residual.shape == shape.shape
    except (TypeError, LookupError, ValueError, RuntimeError):
        fits = False
    if not fits:
        raise ValueError(f"saved is {checks.short(saved)}; allowed is what `verdict` gives")
    return Judgement(error, residual, shape)


def _short(values: Tensor, digits: int) -> list[float]:
    return [round(v, digits) for v in values.tolist()]
