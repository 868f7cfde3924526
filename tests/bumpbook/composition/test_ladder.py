"""The ladder counts what the baselines and the records say: by hand, and against closed forms."""

import numpy as np
import pytest
import torch
from made_records import look, record_of

from bumpbook.composition.ladder import MODEL, answers, ladder, score, standing
from bumpbook.composition.shapes import NAMES, fit_shapes
from bumpworld import Canvas, Experiment
from bumpworld.instruments.baselines import BASELINES
from bumpworld.selection import everything, held_out_cross, held_out_square
from bumpworld.store import Result
from bumpworld.train import new_model
from bumpworld.unet import UNetConfig

CANVAS, SQUARE = Canvas(size=8), held_out_square(3, 5)


def record(right=True, error=0.01, seed=0, learned=True, kind="bump", train_on=SQUARE):
    experiment = Experiment(
        canvas=Canvas(size=8, kind=kind), train_on=train_on, seed=seed, until_learned=True
    )
    values = np.full(64, 0.0 if right else 3.0)
    made = record_of(experiment, [look(10, values, values)], 10 if learned else None, held_out=error)
    return Result(experiment, made, None)


def test_open_answers_are_wrong_and_have_no_error():
    labels = torch.tensor([[2.0, 5.0], [5.0, 2.0], [4.0, 4.0]])
    images = CANVAS.render(labels)
    images[1] = torch.nan
    images[2] = CANVAS.render([[6.0, 4.0]])[0]
    scores = score(images, labels, CANVAS)
    assert scores.right.tolist() == [True, False, False]
    assert scores.undetermined.tolist() == [False, True, False]
    assert scores.error[0] == 0 and torch.isnan(scores.error[1])
    # two bumps at distance d: 2 pi sigma^2 (1 - exp(-d^2 / 4 sigma^2)) over 64 pixels
    assert scores.error[2] == pytest.approx(2 * np.pi * (1 - np.exp(-1)) / 64, rel=0.02)


def test_the_ladder_of_a_square_and_of_a_cross_without_stripes():
    table = ladder(CANVAS, SQUARE).set_index("source")
    assert (table.region == "square").all() and (table.undetermined == 0).all()
    assert table.right["multiplicative"] == 1 and table.error["multiplicative"] < 1e-12
    assert table.right["additive"] == 0
    # the four held-out labels lie one pixel from the nearest trained one
    assert table.right["nearest label"] == 1
    assert table.error["nearest label"] == pytest.approx(2 * np.pi * (1 - np.exp(-1 / 4)) / 64, rel=0.02)
    assert ladder(CANVAS, SQUARE, tolerance=0.45).set_index("source").right["nearest label"] == 0
    sums = ladder(Canvas(size=8, kind="sos"), SQUARE).set_index("source")
    for one in (table, sums):
        assert one.right["completion"] == 1 and one.error["completion"] < 1e-12
    assert sums.right["additive"] == 1 and sums.error["additive"] < 1e-12 and sums.right["multiplicative"] < 1
    cross = ladder(Canvas(size=8, margin=2), held_out_cross(3, 5, "2d")).set_index(["source", "region"])
    assert cross.undetermined["completion", "vertical"] == 1
    assert cross.undetermined["additive", "vertical"] == 1 and cross.right["additive", "vertical"] == 0
    assert np.isnan(cross.error["additive", "vertical"])
    assert cross.undetermined["kernel", "vertical"] == 0


def test_standing_sets_models_beside_baselines_of_their_own_split():
    other = held_out_square(2, 6)
    results = [
        record(error=0.01),
        record(right=False, error=0.03, seed=1),
        record(seed=2, learned=False),
        record(train_on=other, error=0.05),
    ]
    table = standing(results, "square")
    models = table[table.source == MODEL]
    assert models[["low", "high", "seed", "right", "error"]].to_numpy().tolist() == [
        [3, 5, 0, 1, 0.01],
        [3, 5, 1, 0, 0.03],
        [2, 6, 0, 1, 0.05],
    ]
    assert (models.trained_error == 1e-4).all()
    rest = table[table.source != MODEL]
    assert len(rest) == 10 and (rest.seed == -1).all()  # five baselines on each of two splits
    wanted = ladder(CANVAS, other).set_index("source").error["additive"]
    assert rest[(rest.low == 2) & (rest.source == "additive")].error.item() == wanted


def test_answers_are_those_of_the_baselines_and_of_the_model():
    model = new_model(
        Experiment(
            canvas=CANVAS,
            unet=UNetConfig(channels=(8, 8), heads=2, label_features=4, time_features=4, embedding=8),
        )
    )
    found = answers(CANVAS, SQUARE, (3, 4), model)
    assert list(found) == ["asked for", *BASELINES, MODEL]
    assert torch.equal(found["asked for"], CANVAS.render([[3, 4]])[0])
    for exact in ("multiplicative", "completion"):
        assert torch.allclose(found[exact], found["asked for"], atol=1e-6)
    assert found[MODEL].shape == (1, 8, 8)
    assert MODEL not in answers(CANVAS, SQUARE, (3, 4))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ladder(CANVAS, everything()), "holds nothing out"),
        (lambda: standing([], "square"), "no model that learned"),
        (lambda: standing([record(learned=False)], "square"), "no model that learned"),
        (lambda: standing([record()], "cross"), "'cross'; allowed are square"),
        (lambda: standing([record()], "train"), "'train'; allowed are square"),
        (lambda: answers(CANVAS, SQUARE, (9, 4)), r"outside \[0, 8\)"),
    ],
)
def test_nonsense_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


# Shapes.


def drawn(canvas):
    """One image of every shape, each at its own place and brightness."""
    at = torch.tensor([[4.3, 6.6]])
    g, h = (canvas.profile(v)[0] for v in at.T)
    one = torch.ones(canvas.size, dtype=torch.float64)
    noise = torch.rand(canvas.size, canvas.size, generator=torch.Generator().manual_seed(0)).double()
    images = {
        "bump": 0.6 * torch.outer(h, g),
        "cross": 0.8 * (torch.outer(h, one) + torch.outer(one, g)),
        "vertical stripe": 1.3 * torch.outer(one, g),
        "horizontal stripe": 0.5 * torch.outer(h, one),
        "nothing": torch.zeros_like(noise),
        "something else": noise,
    }
    return torch.stack([images[name] for name in NAMES])[:, None]


@pytest.mark.parametrize("canvas", [Canvas(size=12), Canvas(size=12, sigma=1.5, margin=0, kind="sos")])
def test_each_shape_is_known_whatever_its_place_and_brightness(canvas):
    found = fit_shapes(drawn(canvas), canvas)
    assert found.best.tolist() == list(range(len(NAMES)))
    assert (found.residual[range(4), range(4)] < 0.02).all()
    assert found.shares() == {name: pytest.approx(1 / 6) for name in NAMES}


def test_residuals_are_the_unexplained_share_of_least_squares():
    """A stripe fitted to a bump at its place: the best brightness explains <b, s>^2 / |b|^2 |s|^2."""
    canvas = Canvas(size=12)
    bump, stripe = canvas.render([[5, 6]])[0, 0].double(), canvas.profile(torch.tensor([5.0])).expand(12, 12)
    wanted = 1 - (bump * stripe).sum() ** 2 / (bump**2).sum() / (stripe**2).sum()
    residual = fit_shapes(bump[None, None], canvas).residual[0, NAMES.index("vertical stripe")]
    assert residual == pytest.approx(float(wanted), abs=1e-6)


def test_negative_images_are_no_shape_and_bad_ones_are_refused():
    canvas = Canvas(size=12)
    assert fit_shapes(-canvas.render([[5, 6]]), canvas).best.tolist() == [NAMES.index("something else")]
    for images, words in (
        (torch.zeros(1, 1, 8, 8), r"\(1, 1, 8, 8\)"),
        (torch.zeros(0, 1, 12, 12), "images is empty; allowed is one or more"),
        (torch.full((1, 1, 12, 12), torch.inf), "finite"),
    ):
        with pytest.raises(ValueError, match=words):
            fit_shapes(images, canvas)
