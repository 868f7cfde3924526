"""The gap between networks and ideal denoisers, on denoisers whose distances are known."""

import pytest
import torch
from torch import nn

from bumpbook.beyond import ideal_gap
from bumpbook.frame.exact import ideal_denoiser
from bumpworld.canvas import Canvas
from bumpworld.diffusion import DiffusionModel, NoiseSchedule
from bumpworld.files import ResultError
from bumpworld.selection import everything, held_out_square

CANVAS = Canvas(size=8)
SPLIT = held_out_square(3, 5).split(CANVAS)
SCHEDULE = NoiseSchedule.linear(1000)


class Answers(nn.Module):
    """A network whose answer is ``rule(x_t, t, labels)``."""

    def __init__(self, rule):
        super().__init__()
        self.rule, self.unused = rule, nn.Parameter(torch.zeros(1))

    def forward(self, x_t, t, labels):
        return self.rule(x_t, t, labels)


def gaps(rule, scale=1.0, times=(0, 400, 999)):
    model = DiffusionModel(Answers(rule), SCHEDULE, "x0", CANVAS.size, scale)
    return ideal_gap.gaps(model, CANVAS, SPLIT, times).set_index(["labels", "t"])


def test_a_network_that_knows_every_image_is_at_distance_0_from_the_truth():
    table = gaps(lambda x_t, t, labels: CANVAS.render(labels))
    assert table["own image"].abs().max() < 1e-12
    # then the other distances are those of the memory itself
    assert torch.allclose(
        torch.tensor(table["training set"].tolist()), torch.tensor(table["memory"].tolist()), atol=1e-6
    )


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_a_network_that_is_the_training_sets_memory_is_found_there(scale):
    known = scale * CANVAS.render(SPLIT.train)
    table = gaps(lambda x_t, t, labels: ideal_denoiser(x_t, t, known, SCHEDULE), scale)
    assert table["training set"].max() < 1e-10
    assert torch.allclose(
        torch.tensor(table["own image"].tolist()), torch.tensor(table["memory"].tolist()), atol=1e-6
    )
    # without noise the memory knows what it was trained on, and puts a neighbour in the place of what it was not
    assert table.loc[("trained", 0), "own image"] < 1e-6
    assert table.loc[("held out", 0), "own image"] > 0.3


def test_the_lattices_memory_is_right_about_held_out_images_under_faint_noise():
    world = CANVAS.render(CANVAS.lattice())
    table = gaps(lambda x_t, t, labels: ideal_denoiser(x_t, t, world, SCHEDULE))
    assert table["whole lattice"].max() < 1e-10
    assert table.loc[("held out", 0), "own image"] < 1e-6 < table.loc[("held out", 999), "own image"]


def test_a_blank_answer_is_one_energy_away_from_every_image():
    table = gaps(lambda x_t, t, labels: torch.zeros_like(x_t))
    assert table["own image"].tolist() == pytest.approx([1] * len(table))


def test_a_split_without_held_out_labels_is_refused():
    model = DiffusionModel(Answers(lambda x_t, t, labels: x_t), SCHEDULE, "x0", CANVAS.size)
    with pytest.raises(ValueError, match="holds out 0 labels"):
        ideal_gap.gaps(model, CANVAS, everything().split(CANVAS))


def test_settings_are_worlds_with_pairs_or_values_held_out():
    for setting, seed in ideal_gap.STUDY.cases():
        chosen = ideal_gap.experiment(setting["held_out"], seed)
        split = chosen.train_on.split(chosen.canvas)
        seen = set(split.train[:, 0].tolist())
        missing = {x for x in split.labels[split.held_out][:, 0].tolist() if x not in seen}
        assert bool(missing) == (setting["held_out"] == "values") and chosen.seed == seed
    with pytest.raises(ValueError, match=r"allowed are \('pairs', 'values'\)"):
        ideal_gap.experiment("square", 0)


def test_networks_that_did_not_learn_are_left_out_of_the_curves():
    table = gaps(lambda x_t, t, labels: x_t).reset_index().to_dict("list")
    records = [
        {"setting": {"held_out": "pairs"}, "seed": s, "measured": {"learned": s == 1, "gaps": table}}
        for s in range(3)
    ]
    assert set(ideal_gap.curves(records).seed) == {1}
    with pytest.raises(ResultError, match="no network of 1 learned"):
        ideal_gap.curves(records[:1])
