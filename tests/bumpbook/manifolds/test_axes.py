"""Findings and figures on axes and cause: they hold for what was found, and a doctored study breaks them."""

import numpy as np
import pytest
import torch
from made_studies import ACROSS, ALONG, NONE, SHEET, all_networks, cause, keep, network

from bumpbook import check
from bumpbook.frame.findings import Unsupported, finding
from bumpbook.frame.predictions import read_predictions
from bumpbook.manifolds import (
    axes_figures,
    axes_findings,
    cause_figures,
    cause_findings,
    codes_study,
    head_figure,
    learning_findings,
    noises_study,
    untold_findings,
)
from bumpbook.manifolds.axes_table import contrasts, known_shapes, networks
from bumpbook.manifolds.cause_study import moves
from bumpbook.manifolds.noises_study import COUNTS
from bumpbook.manifolds.noises_study import STUDY as NOISES
from bumpbook.manifolds.seam import largest_step
from bumpbook.manifolds.untold_study import SEAM, UNTOLD
from bumpworld import Canvas
from bumpworld.instruments.represent import two_d_labels
from bumpworld.store import ResultError, Store
from shared import ROOT, assert_house_figure

LABELS = Canvas().lattice().double().numpy()


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    (tmp_path / "predictions").mkdir()
    for name in ("blank-image.json",):
        (tmp_path / "predictions" / name).write_text((ROOT / "results/predictions" / name).read_text())
    return Store()


def words(name):
    return finding(name).data


def breaks(name):
    with pytest.raises(Unsupported, match="no longer support"):
        finding(name)


class TestAxes:
    def test_what_was_found_is_said_with_its_numbers(self, store):
        all_networks()
        text = words("manifolds-axes")
        assert "98 %" in text and "55 %" in text
        assert "| trained, seeds 5 and up, which judge | 0.43 (n = 5, all alike)" in text
        assert "| the label's code alone | −0.69 (n = 10, all alike)" in text

    @pytest.mark.parametrize(
        "doctored",
        [{"blank_middle": ACROSS}, {"blank_middle": SHEET}, {"code": ALONG}, {"random_middle": ALONG}],
    )
    def test_a_doctored_study_breaks_the_sentence(self, store, doctored):
        all_networks(**doctored)
        breaks("manifolds-axes")

    def test_less_than_was_foretold_is_called_so(self, store):
        all_networks()
        assert "That **held**" in words("manifolds-axes")
        all_networks(blank_middle=[0.98, 0.8, 0.7, 0.83])
        assert "That **held in part**" in words("manifolds-axes")

    def test_the_seeds_that_suggested_it_do_not_judge_it(self, store):
        all_networks(blank_middle=ACROSS)
        for seed in range(5):  # as good as can be on the old seeds
            path = codes_study.SOS.path({"world": "sos", "code": "turned-45"}, seed, store)
            path.unlink()
            network("sos", "turned-45", seed, code=ACROSS, random_middle=ACROSS, blank_middle=ALONG)
        breaks("manifolds-axes")

    def test_before_all_judges_are_there_nothing_is_said(self, store):
        for seed in range(8):
            network("sos", "turned-45", seed, code=ACROSS, random_middle=ACROSS, blank_middle=ALONG)
        assert words("manifolds-axes").startswith("**Not measured here.**") and "3 of 5" in words(
            "manifolds-axes"
        )

    def test_networks_that_did_not_learn_are_left_out(self, store):
        network("sos", "axes", 0, blank_middle=ALONG)
        network("sos", "axes", 1, blank_middle=ACROSS, learned=False)
        assert len(networks("sos")) == 1
        assert contrasts("sos", "axes", "blank middle") == pytest.approx([0.43])
        with pytest.raises(ResultError, match="pair"):
            contrasts("sos", "pair", "blank middle")

    def test_bumps_have_none_and_the_failed_prediction_is_named(self, store):
        all_networks()
        assert "**That failed**: 0.00" in words("manifolds-axes-bumps")
        assert "a contrast of 0.12, and no sheet" in words("manifolds-axes-bumps")
        path = codes_study.BUMP.path({"world": "bump", "code": "turned-45"}, 0, store)
        for seed in range(5):
            codes_study.BUMP.path({"world": "bump", "code": "turned-45"}, seed, store).unlink()
            network("bump", "turned-45", seed, code=ACROSS, blank_middle=ALONG, seen_middle=ALONG)
        assert path.is_file()
        breaks("manifolds-axes-bumps")

    @pytest.mark.parametrize("blank", [NONE, SHEET, ALONG])
    def test_pairs_that_leave_bumps_no_axes_a_sheet_or_many_break_it(self, store, blank):
        all_networks()
        for seed in range(5):
            network("bump", "pair", seed, code=NONE, blank_middle=blank, seen_middle=SHEET)
        breaks("manifolds-axes-bumps")

    def test_a_null_that_fails_breaks_the_sentence_that_it_passes(self, store):
        all_networks()
        assert "scores 0.98 along x and y" in words("manifolds-axes-seen")
        for seed in range(10):
            codes_study.SOS.path({"world": "sos", "code": "turned-45"}, seed, store).unlink()
            network("sos", "turned-45", seed, code=ACROSS, seen_middle=ALONG, fresh_middle=NONE)
        breaks("manifolds-axes-seen")

    def test_pairs_are_told_as_they_came(self, store):
        all_networks()
        assert "even where each pair has a name of its own" in words("manifolds-axes-pairs")
        for seed in range(10):
            codes_study.SOS.path({"world": "sos", "code": "pair"}, seed, store).unlink()
            network("sos", "pair", seed)
        assert "names must share parts" in words("manifolds-axes-pairs")

    def test_the_sheet_breaks_with_its_plane_and_with_its_dimension(self, store):
        all_networks()
        assert "30 dimensions (participation ratio) become 2.5" in words(
            "manifolds-sheet"
        ) and "90 %" in words("manifolds-sheet")
        for wrong in ([2.5, 0.5], [20.0, 0.9]):
            for seed in range(5):
                codes_study.BUMP.path({"world": "bump", "code": "one-hot"}, seed, store).unlink()
                network("bump", "one-hot", seed, sheet={"seen down1": wrong})
            breaks("manifolds-sheet")

    def test_the_table_of_predictions_names_failures(self, store):
        all_networks()
        text = words("manifolds-foretold")
        assert text.count("| held |") == 4 and text.count("| failed |") == 1


class TestNoises:
    def scores(self, start, end):
        path = np.linspace(0, 1, len(COUNTS))
        return {
            str(n): {k: start[k] + (end[k] - start[k]) * s for k in start}
            for n, s in zip(COUNTS, path, strict=True)
        }

    def test_the_mistake_is_named_with_its_size(self, store):
        good = self.scores(
            {"hyper": 0.44, "parallel": 0.76, "orthogonal": 0.18},
            {"hyper": 0.08, "parallel": 0.89, "orthogonal": 0.2},
        )
        for seed in range(5):
            keep(NOISES, {"periodic": True}, seed, {"layer": "down1", "scores": good})
        text = words("manifolds-noises")
        assert (
            "0.44 for hyper-factorized is 0.08" in text and "0.76 for the same step elsewhere is 0.89" in text
        )
        assert_house_figure(lambda: axes_figures.noise_curves(axes_findings.noises()))

    def orthogonal(self, across, trained):
        for seed in range(5):
            same = {"hyper": 0.4, "parallel": 0.8, "orthogonal": across}
            keep(NOISES, {"periodic": True}, seed, {"layer": "down1", "scores": self.scores(same, same)})
            network("bump", "one-hot", seed, sheet={"seen down1": [trained, 0.9]})

    def test_orthogonal_between_x_and_y_and_not_between_values(self, store):
        self.orthogonal(0.2, 2.5)
        assert "mean size of 0.20, that on a ring 0.41" in words("manifolds-orthogonal")
        assert "in 30 dimensions, end up in 2.5" in words("manifolds-orthogonal")

    @pytest.mark.parametrize(("across", "trained"), [(0.45, 2.5), (0.2, 15.0)])
    def test_steps_as_on_a_ring_or_values_that_stay_orthogonal_break_it(self, store, across, trained):
        self.orthogonal(across, trained)
        breaks("manifolds-orthogonal")

    def test_no_mistake_no_sentence(self, store):
        same = {"hyper": 0.4, "parallel": 0.8, "orthogonal": 0.2}
        for seed in range(5):
            keep(NOISES, {"periodic": False}, seed, {"layer": "down1", "scores": self.scores(same, same)})
        breaks("manifolds-noises")


class TestCause:
    def test_what_was_found_holds(self, store):
        all_networks()
        for seed in range(5):
            for code in ("axes", "turned-45", "one-hot"):
                cause(seed, code)
        assert "within 0.45 px, 100 % or more within a pixel" in words("manifolds-cause-languages")
        assert "of the held-out square is still drawn within 0.45 px, 100 % within a pixel" in words(
            "manifolds-cause-sum"
        )
        assert "that held in part" in words("manifolds-cause-sum")
        steer = words("manifolds-cause-steer")
        assert "2 components are enough" in steer and "added there, in 0 %" in steer
        assert "appears at B, within a pixel, in 0 % of drawings, from the last layer in 100 %" in words(
            "manifolds-cause-where"
        )

    @pytest.mark.parametrize(
        ("name", "change"),
        [
            ("sum", {"square": {"told": [1, 1], "sum": [0.5, 0.5], "shuffled": [0, 0]}}),
            ("sum", {"square": {"told": [1, 1], "sum": [1, 1], "shuffled": [0.9, 0.9]}}),
            ("steer", {"control": [0.9, 0.9]}),
            ("steer", {"components": {k: [0.1, 0.1] for k in "12348"}}),
            # the middle layer's step moves as much
            ("steer", {"steered": dict.fromkeys(("condition", "middle"), [1.0, 0.6])}),
        ],
    )
    def test_a_doctored_study_breaks_the_sentence(self, store, name, change):
        all_networks()
        for seed in range(5):
            cause(seed, **change)
        breaks(f"manifolds-cause-{name}")
        for seed in range(5):
            for code in ("axes", "turned-45"):
                cause(seed, code)
            cause(seed, "one-hot", **change)
        if not change.keys() & {"components", "steered"}:
            breaks("manifolds-cause-languages")

    def test_moves_stay_on_the_lattice_and_change_one_number_by_two_or_more(self):
        told, to = moves(Canvas().lattice(), 3, 50)
        apart = (to - told).abs()
        assert (apart.amin(1) == 0).all() and (apart.amax(1) >= 2).all()
        assert to.min() >= 0 and to.max() <= 15


class TestImagesAndSeams:
    def alone(self, along, across, pixels=0.44):
        for seed in range(5):
            measured = {
                "additive": {"seen pixels": 0.3, "fresh down1": 0.2, "seen down1": 0.6},
                "shares": {
                    "seen pixels": [pixels, 0.42, 0.42, 0.45],
                    "fresh down1": [0.43, 0.42, 0.42, 0.43],
                    "seen down1": [along, 0.6, 0.6, across],
                },
            }
            keep(UNTOLD, {"periodic": False, "never": True}, seed, measured)

    def test_images_alone_are_a_step_towards_a_sheet(self, store):
        self.alone(0.67, 0.63)
        text = words("manifolds-images-alone")
        assert "x and y explains 67 % of it and one along the diagonals 63 %" in text
        assert "pixels have 44 % and 45 %; its contrast is 0.04." in text

    @pytest.mark.parametrize(
        ("along", "across", "pixels"),
        [(0.9, 0.6, 0.44), (0.5, 0.67, 0.44), (0.46, 0.46, 0.44), (0.6, 0.63, 0.7)],
        ids=["axes", "the diagonals for axes", "hardly a gain", "pixels that have it"],
    )
    def test_axes_or_no_gain_break_the_sentence(self, store, along, across, pixels):
        self.alone(along, across, pixels)
        breaks("manifolds-images-alone")

    def torus(self, mapped, plain, pair=1.4, bare=1.0, around=4.1, named=8.0):
        cells = {(code, pad, True): mapped for code in ("axes", "one-hot") for pad in ("zeros", "circular")}
        cells |= {
            ("axes", "zeros", False): plain,
            ("one-hot", "zeros", False): plain,
            ("pair", "zeros", False): pair,
        }
        for (code, padding, place), ratio in cells.items():
            for seed in range(5):
                values = {
                    "seen middle": [ratio, ratio],
                    "fresh middle": [1.0, 1.0],
                    "code alone": [bare, bare],
                }
                sheet = {"seen middle": [around if place else named, 0.4], "code alone": [51.0, 0.0]}
                setting = {"code": code, "padding": padding, "place": place}
                keep(SEAM, setting, seed, {"largest": values, "sheet": sheet})

    def test_a_map_closes_the_circle(self, store):
        self.torus(1.3, 11.0)
        text = words("manifolds-padding")
        assert (
            "11 times as long" in text and "1.4 times when each pair" in text and "1.3 to 1.3 times" in text
        )
        # a short step alone shows no circle: what has none stands beside it
        assert "this measure cannot say" in text and "The bare names of pairs have 1.00" in text
        assert "the layer has 4.1 dimensions" in text and "of pairs it has 8, the names 51" in text
        assert untold_findings._unordered().high < 1.3

    @pytest.mark.parametrize("changed", [{"bare": 6.0}, {"around": 2.6}, {"named": 4.2}, {"named": 60.0}])
    def test_nulls_that_say_something_else_break_the_sentence(self, store, changed):
        self.torus(1.3, 11.0, **changed)
        breaks("manifolds-padding")

    @pytest.mark.parametrize(
        ("mapped", "plain", "pair"), [(1.3, 2.0, 1.4), (6.0, 11.0, 1.4), (1.3, 11.0, 9.0)]
    )
    def test_a_circle_that_closes_or_stays_open_elsewhere_breaks_the_sentence(
        self, store, mapped, plain, pair
    ):
        self.torus(mapped, plain, pair)
        breaks("manifolds-padding")

    def test_one_row_is_enough_to_break_it(self, store):
        self.torus(1.3, 11.0)
        assert words("manifolds-padding")
        for seed in range(5):
            values = {"seen middle": [6.0, 6.0], "fresh middle": [1.0, 1.0], "code alone": [1.0, 1.0]}
            sheet = {"seen middle": [4.1, 0.4], "code alone": [30.0, 0.0]}
            setting = {"code": "one-hot", "padding": "circular", "place": True}
            keep(SEAM, setting, seed, {"largest": values, "sheet": sheet})
        breaks("manifolds-padding")

    def test_largest_steps_of_a_circle_and_of_a_line(self):
        circle = np.concatenate([np.cos(LABELS * np.pi / 8), np.sin(LABELS * np.pi / 8)], axis=1)
        assert [step.ratio for step in largest_step(circle, LABELS)] == pytest.approx([1, 1])
        assert [(step.ratio, step.at) for step in largest_step(LABELS, LABELS)] == [(15, 15), (15, 15)]
        with pytest.raises(ValueError, match="do not move with y"):
            largest_step(LABELS[:, :1], LABELS)


class TestStudy:
    def test_a_label_reaches_an_untrained_network_only_through_random_blocks(self):
        experiment = codes_study.networks()["sos", "turned-45", 0]
        labels = two_d_labels(experiment.canvas).numpy()
        kinds = {
            "fresh": codes_study.new_model(experiment).eval(),
            "random": codes_study.with_random_blocks(experiment),
        }
        held = {
            name: codes_study.clouds(model, experiment.canvas, ("middle",), 999, 1, blank=True)["middle"]
            for name, model in kinds.items()
        }
        assert codes_study.shares(held["fresh"], labels) is None
        found = codes_study.shares(held["random"], labels)
        assert found[0] < 0.5 and found[-1] > 0.95  # the code's own axes, the diagonals

    def test_known_shapes_are_what_the_text_says(self):
        shapes = known_shapes()
        assert shapes["flat sheet"] == pytest.approx([1] * 4)
        assert shapes["images of SOS"][0] == pytest.approx(1) and shapes["images of SOS"][-1] < 0.4
        assert abs(shapes["images of bumps"][0] - shapes["images of bumps"][-1]) < 0.03
        assert np.mean(shapes["random points"]) == pytest.approx(0.4, abs=0.02)


@pytest.mark.parametrize(
    "draw",
    [
        axes_figures.axes_by_code,
        head_figure.whose_axes,
        lambda: axes_figures.share_by_angle({"a": [1, 1, 1, 1], "b": [1, 0.5, 0.4, 0.2]}),
        lambda: axes_figures.turned_share({"a": np.array([ALONG, ACROSS])}),
        lambda: cause_figures.edits(cause_findings.records()),
        lambda: cause_figures.pasted_layers(cause_findings.records()),
        lambda: cause_figures.steered_row(Canvas().render(LABELS[:3]), torch.tensor(LABELS[:3]), Canvas()),
    ],
)
def test_figures_are_house_figures(store, draw):
    all_networks()
    for seed in range(2):
        cause(seed)
    assert_house_figure(draw)


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: axes_figures.share_by_angle({}), "shapes is {}"),
        (lambda: axes_figures.share_by_angle({"a": [1, 1]}), "one for each angle"),
        (lambda: axes_figures.turned_share({}), "rows is {}"),
        (lambda: axes_figures.noise_curves([]), "table is"),
        (lambda: cause_figures.edits([]), "records is"),
        (lambda: cause_figures.pasted_layers([]), "records is"),
        (
            lambda: cause_figures.steered_row(torch.zeros(2, 1, 16, 16), torch.zeros(1, 2), Canvas()),
            r"\(2, 1, 16, 16\)",
        ),
    ],
)
def test_nonsense_is_refused(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()


def test_points_without_axes_are_told_from_those_with():
    hills = np.exp(-((LABELS[:, None] - LABELS[::5] - 0.5) ** 2).sum(2) / 18)
    assert check("manifolds-angle", hills).right

    def hint(points):
        outcome = check("manifolds-angle", points)
        assert not outcome.right
        return outcome.hint

    assert "flat sheet" in hint(LABELS)
    assert "without order" in hint(np.random.default_rng(0).normal(size=(256, 20)))
    assert "x and y for axes" in hint(
        np.hstack([LABELS, 9 * np.eye(16)[LABELS.astype(int)].reshape(256, 32)])
        + np.random.default_rng(0).normal(size=(256, 34)) * 2
    )
    assert "shape" in hint(LABELS[:5])


class TestNoiseAlongTraining:
    def keep(self, first, over, end=2.4, still=2.4):
        for seed in range(5):
            for study, values in ((noises_study.FIRST, (first + seed, over + seed)), (NOISES, (end, still))):
                scores = {str(n): {"dimension": d} for n, d in zip((1, COUNTS[-1]), values, strict=True)}
                keep(study, {"periodic": True}, seed, {"layer": "down1", "scores": scores})

    def test_half_of_the_fall_is_noise(self, store):
        self.keep(63.0, 32.0)
        text = words("manifolds-dimension-noise")
        assert (
            "from 65 to 2.4 under one noise, and from 34 to 2.4 over 12" in text and "verdict: agrees" in text
        )

    @pytest.mark.parametrize(
        ("over", "still"),
        [(60.0, 2.4), (5.0, 2.4), (32.0, 40.0)],
        ids=["none of it", "all", "no fall is left"],
    )
    def test_another_share_breaks_the_sentence(self, store, over, still):
        self.keep(63.0, over, still=still)
        breaks("manifolds-dimension-noise")

    def test_the_limits_are_those_that_were_written_down(self):
        (said,) = read_predictions("first-noises", Store(ROOT / "results"))["predictions"]
        assert said["measure"] == learning_findings.FALL
        assert said["agrees"] == "up to .5" and learning_findings.HALF == 0.5 and said["partly"] == "below .8"
