"""Sums over corners against layers whose axes are known, and findings that a doctored study breaks."""

import re

import pytest
import torch
from made_studies import astray as errors
from made_studies import corners
from torch import nn

from bumpbook.frame.findings import Unsupported, finding
from bumpbook.frame.predictions import read_predictions
from bumpbook.manifolds import astray_table, corners_findings, corners_study, corners_table
from bumpbook.manifolds.corners import PAIRS, SIDES, astray, squares, summed
from bumpbook.manifolds.corners_figures import whose_sum
from bumpbook.manifolds.edit import edited
from bumpworld import Canvas
from bumpworld.diffusion import DiffusionModel, NoiseSchedule
from bumpworld.store import Store
from bumpworld.unet import ConditionalUNet, UNetConfig
from shared import ROOT, assert_house_figure

INNER = Canvas().lattice()[((Canvas().lattice() >= 4) & (Canvas().lattice() < 12)).all(1)]
NOISE = torch.randn(64, 1, 16, 16, generator=torch.Generator().manual_seed(1))
TIMES = torch.full((64,), 700)


class Holding(ConditionalUNet):
    """A network whose middle layer holds ``hold(labels)`` and nothing else."""

    def __init__(self, hold):
        super().__init__(
            UNetConfig(channels=(8, 8), heads=2, label_features=8, time_features=4, embedding=12)
        )
        self.hold = hold

    def features(self, images, t, labels, layer):
        return self.hold(labels)


def missed(hold, pair, side="far"):
    """Root mean square by which the sum misses what ``hold`` gives for the labels, over its spread."""
    asked = squares(INNER, pair, SIDES[side][pair], 16, 3)
    held = hold(INNER)
    off = summed(Holding(hold), "middle", asked)(held, NOISE, TIMES, INNER) - held
    return float((off**2).mean().sqrt() / held.std())


def waves(told):
    return torch.cat([torch.sin(told), torch.cos(0.7 * told)], 1)


def turned(labels):
    return torch.stack([labels.sum(1), labels[:, 1] - labels[:, 0]], 1) / 2**0.5


@pytest.mark.parametrize(
    ("hold", "image", "diagonal"),
    [
        # stripes are f(x) + g(y), pixel by pixel; a bump is no sum along any axes; a sheet is one along all
        (lambda labels: Canvas(kind="sos").render(labels).flatten(1), True, False),
        (lambda labels: Canvas().render(labels).flatten(1), False, False),
        (waves, True, False),
        (lambda labels: waves(turned(labels)), False, True),
        (lambda labels: labels @ torch.tensor([[1.0, 2.0, 0.5], [0.3, -1.0, 4.0]]), True, True),
    ],
)
def test_a_sum_is_exact_along_its_own_axes_and_along_no_others(hold, image, diagonal):
    for side in SIDES:
        for pair, exact in (("image", image), ("diagonal", diagonal)):
            assert (missed(hold, pair, side) < 1e-5) == exact, (side, pair)
            assert exact or missed(hold, pair, side) > 0.3


def model(code):
    """Random weights, and a condition that is linear in its code: a sum along the code's own axes."""
    torch.manual_seed(0)
    angle = {"label_angle": 45.0} if code == "turned" else {}
    net = ConditionalUNet(
        UNetConfig(
            channels=(8, 8),
            heads=2,
            label_features=8,
            time_features=4,
            embedding=12,
            label_code=code,
            **angle,
        )
    )
    net.condition = nn.Sequential(nn.Linear(net.condition[0].in_features, 12))
    with torch.no_grad():
        for weight in net.parameters():
            weight.copy_(0.4 * torch.randn_like(weight))
    return DiffusionModel(net, NoiseSchedule.linear(1000), "x0", 16).eval().requires_grad_(False)


@pytest.mark.parametrize(("code", "own"), [("axes", "image"), ("turned", "diagonal")])
def test_a_network_told_by_a_sum_draws_the_same_from_the_sum_of_its_codes_axes(code, own):
    network = model(code)
    before = network.denoise(NOISE, TIMES, INNER)
    for pair in PAIRS:
        asked = squares(INNER, pair, SIDES["far"][pair], 16, 0)
        with edited(network, "condition", summed(network.net, "condition", asked)):
            after = network.denoise(NOISE, TIMES, INNER)
        assert torch.allclose(after, before, atol=1e-4) == (pair == own), pair


def test_the_control_is_as_far_off_in_another_direction():
    network = model("axes").net
    held = network.features(NOISE, TIMES, INNER, "middle")
    asked = squares(INNER, "diagonal", 4, 16, 0)
    off, astray = (summed(network, "middle", asked, c)(held, NOISE, TIMES, INNER) - held for c in (None, 5))
    off, astray = off.flatten(1), astray.flatten(1)
    torch.testing.assert_close(off.norm(dim=1), astray.norm(dim=1), rtol=1e-3, atol=0)
    assert torch.cosine_similarity(off, astray).abs().max() < 0.5


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("side", SIDES)
def test_corners_are_those_of_a_square_on_the_lattice(pair, side):
    one, two, opposite = squares(INNER, pair, SIDES[side][pair], 16, 2)
    torch.testing.assert_close(one + two - opposite, INNER)
    first, second = one - INNER, two - INNER
    assert ((first * second).sum(1) == 0).all() and (first.norm(dim=1) == second.norm(dim=1)).all()
    assert float(first.norm(dim=1).mean()) == pytest.approx(SIDES[side]["image"], abs=0.4)
    found = torch.stack([one, two, opposite])
    assert found.min() >= 0 and found.max() <= 15 and (found == found.round()).all()
    # not always the same way
    assert len(first.unique(dim=0)) > 1


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: squares(torch.tensor([[0.0, 0.0]]), "diagonal", 4, 16, 0), "no square of 4 steps stands"),
        (lambda: squares(INNER, "oblique", 4, 16, 0), "pair is 'oblique'"),
        (lambda: squares(INNER, "image", 0, 16, 0), "step is 0"),
        (lambda: summed(model("axes").net, "head", INNER.expand(3, -1, -1)), "layer is 'head'"),
        (lambda: summed(model("axes").net, "middle", INNER), "corners has shape"),
        (lambda: corners_study.experiment("dots", "axes", 0), "world is 'dots'"),
        (lambda: corners_study.experiment("sos", "pair", 0), "code is 'pair'"),
    ],
)
def test_nonsense_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_a_neighbour_lies_three_px_away_along_one_axis():
    for axis, other in enumerate(corners_study.neighbours(INNER, Canvas())):
        apart = (other - INNER).abs()
        assert (apart[:, axis] == 3).all() and (apart[:, 1 - axis] == 0).all()
        assert other.min() >= 0 and other.max() <= 15


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    (tmp_path / "predictions").mkdir()
    for topic in ("corners", "astray"):
        said = (ROOT / f"results/predictions/{topic}.json").read_text()
        (tmp_path / "predictions" / f"{topic}.json").write_text(said)
    for seed in range(5):
        errors(seed)
    return Store()


NAMES = [f"manifolds-corners{name}" for name in ("", "-turn", "-neighbour", "-cause")]


def test_what_was_found_is_said_with_its_numbers(store):
    for seed in range(5):
        corners(seed)
    used, turned, follows, cause = (finding(name).data for name in NAMES)
    assert (
        "x and y, 100 % of the held-out stripes" in used
        and "along the diagonals, 0 % are. But an error as large" in used
    )
    assert (
        "other labels' layers, leaves 5 %; errors as large in two other kinds of direction leave 90 % and 70 %"
        in used
    )
    short = finding("manifolds-corners-short").data
    assert "along x and y 100 % of unseen labels" in short and "along the diagonals 0 %" in short
    assert "leaves 5 % if it leads towards other labels, and 90 % in a random direction" in short
    assert "<details" not in short and "met its rule by the mean alone, −0.16 (" in used
    assert "In a random direction it leaves 90 %" in used and "to the same length, leaves 70 %" in used
    assert "stripes are drawn in 100 % and 0 %, bumps from either sum (100 % to 100 %)" in used
    assert (
        "nearly as much harm as the diagonals" in used
        and "place in 12 % (n = 5, all alike) of drawings, from the diagonals in 0 %" in used
    )
    assert "off by 0.60 (n = 5, all alike)" in used and "diagonals by 1.80" in used
    # every prediction is judged beside the sentence
    assert used.count("| agrees |") == len(corners_findings.LIMITS) + len(astray_table.LIMITS)
    assert "the one along the diagonals draws 60 %, the one along x and y 44 %" in turned
    assert "x and y are told, the one along the diagonals draws 0 %" in turned
    assert "told x and y 1.00 (n = 5, all alike)" in turned and "told x + y and x − y −0.16 (" in turned
    assert "at least 100 % are drawn within a pixel of the other label, and at most 0 %" in follows
    assert "Within 0.45 px of the other label it is 60 % to 60 %" in follows
    assert "at least 100 % of the square within a pixel" in cause and "the sum draws 60 % or more" in cause


def sums(layer, side, image, diagonal):
    """Sums as they were found, but for one cell."""
    good, none = [1.0, 0.6], [0.0, 0.0]
    found = {
        "condition": {
            "near": {"image": good, "diagonal": good},
            "far": {"image": [0.4, 0.1], "diagonal": good},
        },
        "middle": {s: {"image": good, "diagonal": none} for s in SIDES},
    }
    found[layer][side] = {"image": [image, image], "diagonal": [diagonal, diagonal]}
    return {"sums": found}


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("", sums("middle", "far", 1.0, 0.9)),
        ("", sums("middle", "far", 0.0, 1.0)),
        ("", {"astray": [0.1, 0.0]}),
        # another label's sum does less harm, or no less than the diagonals
        ("", {"elsewhere": [1.0, 0.6]}),
        ("", {"elsewhere": [0.3, 0.1]}),
        ("", {"elsewhere": [0.0, 0.0]}),
        ("", sums("middle", "near", 1.0, 1.0)),
        ("-turn", sums("condition", "far", 1.0, 0.2)),
        ("-turn", sums("condition", "far", 0.2, 0.9)),
        ("-neighbour", {"follows": {"told": [0.0, 0.0], "neighbour": [0.2, 0.0]}}),
        ("-neighbour", {"follows": {"told": [0.8, 0.0], "neighbour": [0.8, 0.0]}}),
        ("-cause", {"square": {"sum": [0.2, 0.0], "shuffled": [0.0, 0.0]}}),
        ("-cause", {"square": {"sum": [1.0, 0.6], "shuffled": [0.8, 0.5]}}),
        ("-cause", {"control": [0.9, 0.9]}),
    ],
)
def test_a_doctored_study_breaks_the_sentence(store, name, change):
    for seed in range(5):
        corners(seed, **change)
    with pytest.raises(Unsupported, match="no longer support"):
        finding(f"manifolds-corners{name}")
    if not name:
        with pytest.raises(Unsupported, match="no longer support"):
            finding("manifolds-corners-short")


@pytest.mark.parametrize(
    "change",
    [
        # no direction does harm, or every one does; no more of it where labels differ most; sums that are off alike
        {"spread": [0.9, 0.9]},
        {"span": [0.1, 0.1]},
        {"random": [0.05, 0.05]},
        {"span": [0.95, 0.95]},
        {"sizes": {"image": 1.8, "diagonal": 1.8}},
    ],
)
def test_doctored_errors_break_the_sentence(store, change):
    for seed in range(5):
        corners(seed)
    assert finding("manifolds-corners").data
    for seed in range(5):
        errors(seed, **change)
    with pytest.raises(Unsupported, match="no longer support"):
        finding("manifolds-corners")


@pytest.mark.parametrize("topic", ["corners", "astray"])
def test_limits_are_those_that_were_written_down(topic):
    said = {p["name"]: p for p in read_predictions(topic, Store(ROOT / "results"))["predictions"]}
    all_limits = {"corners": corners_findings.LIMITS, "astray": astray_table.LIMITS}[topic]
    assert set(said) == set(all_limits)
    for name, limits in all_limits.items():
        for word in ("agrees", "partly"):
            numbers = [value for limit in limits if (value := getattr(limit, word)) is not None]
            assert [float(n) for n in re.findall(r"-?\.?\d+", said[name][word])] == numbers, (name, word)
            # "from", "up to", "above" or "below", as they were said
            assert all(
                limit.reach in said[name][word] for limit in limits if getattr(limit, word) is not None
            )


def test_the_figure_shows_every_network_of_every_row(store):
    for seed in range(3):
        corners(seed)
    rows = corners_table.rows()
    assert_house_figure(lambda: whose_sum(rows))
    axes = whose_sum({"a": rows["stripes told x + y and x − y: condition"]}).axes[0]
    dots = {line.get_label(): line.get_xdata().tolist() for line in axes.lines if line.get_marker() == "o"}
    assert dots == {"along x and y": [0.2, 0.8, 0.2], "along x + y and x − y": [0.6] * 3}
    assert len(rows) == 8


@pytest.mark.parametrize("spread", [False, True])
def test_astray_stays_in_the_labels_span_and_is_as_long(spread):
    network = model("axes").net
    few = INNER[:6]
    held = network.features(NOISE, TIMES, INNER, "middle")
    asked = squares(INNER, "diagonal", 4, 16, 0)
    off = summed(network, "middle", asked)(held, NOISE, TIMES, INNER) - held
    made = astray(network, "middle", asked, 5, few, spread)(held, NOISE, TIMES, INNER) - held
    torch.testing.assert_close(made.flatten(1).norm(dim=1), off.flatten(1).norm(dim=1), rtol=1e-3, atol=0)
    # six points span five directions, of which every error is a sum: least squares leaves nothing
    shown = network.features(NOISE[:1].expand(6, -1, -1, -1), TIMES[:6], few, "middle").flatten(1)
    basis = (shown[1:] - shown[0]).double().T
    wanted = made.flatten(1).double().T
    rest = wanted - basis @ torch.linalg.lstsq(basis, wanted).solution
    assert rest.norm() < 1e-3 * wanted.norm()
