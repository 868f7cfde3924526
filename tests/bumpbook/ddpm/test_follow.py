"""Whom a drawing follows is measured right for denoisers that follow the one or the other by construction, and said as measured."""

import shutil

import pytest
import torch
from made_studies import keep

from bumpbook.ddpm.follow_study import IDEAL, STUDY, TIMES, finished, measure, tug
from bumpbook.frame.findings import Unsupported, finding
from bumpworld.canvas import Canvas
from bumpworld.diffusion import NoiseSchedule
from bumpworld.instruments.decoder import far_pairs
from shared import ROOT

CANVAS, SCHEDULE = Canvas(), NoiseSchedule.linear()
TOLD, SHOWN = far_pairs(CANVAS.lattice(), 32, 3)


def test_a_decoder_of_labels_follows_what_it_is_told():
    found = tug(lambda x, t, labels: CANVAS.render(labels), SCHEDULE, CANVAS, TOLD, SHOWN, 1.0)
    assert found["look_told"] == found["drawn_told"] == [1.0] * len(TIMES)
    assert found["look_shown"] == found["drawn_shown"] == [0.0] * len(TIMES)


def test_one_that_takes_all_for_picture_keeps_what_is_in_plain_view():
    # no noise at all: the estimate of a network for the noise that answers 0
    seen = lambda x, t, labels: x / SCHEDULE.signal_noise(t)[0]
    found = tug(seen, SCHEDULE, CANVAS, TOLD, SHOWN, 1.0)
    assert found["drawn_shown"][0] == 1 and found["drawn_shown"][-1] == 0 and max(found["drawn_told"]) == 0


@pytest.mark.parametrize("time", [5, 100, 900])
def test_what_is_finished_is_the_last_estimate(time):
    noisy = torch.randn(4, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    told, asked = TOLD[:4], []

    def denoise(x, t, labels):
        asked.append(int(t[0]))
        return CANVAS.render(labels)

    torch.testing.assert_close(finished(denoise, SCHEDULE, noisy, time, told), CANVAS.render(told))
    assert asked[0] == time and asked[-1] == 0 and asked == sorted(set(asked), reverse=True)


def test_without_a_label_the_image_is_followed_as_long_as_it_can_be_read():
    found = measure({"target": IDEAL}, 0)
    assert found["drawn_shown"][0] == 1 and found["drawn_shown"][TIMES.index(500)] < 0.1
    assert max(found["drawn_told"]) < 0.1


def turning(at):
    """Shares of a network that follows its image up to the time ``at``, and its label after it."""
    told = [float(time > at) for time in TIMES]
    return {"drawn_told": told, "drawn_shown": [1 - share for share in told]}


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    shutil.copytree(ROOT / "results" / "predictions", tmp_path / "predictions")

    def make(eps=30, v=30, ideal=200, x0=-1, lost=()):
        for target, at in {"eps": eps, "v": v, IDEAL: ideal, "x0": x0}.items():
            for seed in range(3):
                values = {"fine": {"train": 0.98, "square": 0.9 + seed / 100}, **turning(at)}
                keep(STUDY, {"target": target}, seed, values, learned=(target, seed) not in lost)

    return make


def test_the_shares_are_those_of_the_records(made):
    made()
    text = finding("ddpm-follow").data
    assert (
        "it draws what it is told from any noise level. Asked" in text
        and "in plain view (t = 5: 100 %)" in text
    )
    assert "from t = 100 on it draws what it is told, though 100 % of the places" in text
    # half way between two times that were asked
    assert "| the noise | 3 | 98 % (n = 3, all alike) | 91 % (range 90 to 92 %, n = 3) | 28 (" in text


def test_networks_that_did_not_learn_are_left_out(made):
    made(lost=[("eps", 2)])
    assert "| the noise | 2 | 98 %" in finding("ddpm-follow").data


@pytest.mark.parametrize(
    "changed",
    [
        {"x0": 30},  # the image's networks look, too
        {"eps": -1},  # the noise's never look
        {"eps": 120},  # they look for longer
        {"ideal": 60},  # nothing can be read there
    ],
)
def test_the_sentence_falls_where_networks_look_otherwise(made, changed):
    made(**changed)
    with pytest.raises(Unsupported, match="whatever they were asked for"):
        finding("ddpm-follow")
