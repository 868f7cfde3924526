"""Figures of chapter 2 show what the formulas, the network and the records say, and refuse nonsense."""

import numpy as np
import pytest
import torch

from bumpbook import ddpm as ddpm_room
from bumpbook.ddpm import figures as ddpm
from bumpbook.ddpm import training_figures as training_curves
from bumpbook.ddpm import unet_figure as unet_drawing
from bumpbook.frame.style import RED
from bumpworld import Canvas, NoiseSchedule
from bumpworld.diffusion import SampleState
from bumpworld.unet import ConditionalUNet, UNetConfig
from made_up import learning_run
from shared import assert_house_figure

CANVAS, SCHEDULE = Canvas(size=8), NoiseSchedule.linear()


@pytest.fixture(scope="module")
def bump():
    return CANVAS.render([[2, 5]])


def states():
    image = torch.randn(2, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    return [SampleState(t, image, image.clamp(0, 1)) for t in range(999, 0, -100)]


def images_of(figure):
    return [np.asarray(picture.get_array()) for axes in figure.axes for picture in axes.images]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: ddpm.noise_ladder(CANVAS.render([[2, 5]]), SCHEDULE),
        lambda: ddpm.schedules(linear=SCHEDULE, cosine=NoiseSchedule.cosine()),
        lambda: ddpm.position_loss(SCHEDULE, CANVAS, draws=4),
        lambda: ddpm.target_weights(SCHEDULE),
        lambda: ddpm.ideal_estimates(CANVAS.render([[2, 5]]), CANVAS.render(CANVAS.lattice()), SCHEDULE),
        lambda: training_curves.film_strip(states(), SCHEDULE, held_out=True),
        lambda: unet_drawing.unet(UNetConfig.quick()),
        lambda: training_curves.learning([0.1, 0.05], [{"trained on": 0.5, "held out": 0.0}], every=2),
        lambda: training_curves.target_race([learning_run("x0"), learning_run("eps")]),
        lambda: ddpm_room.drawings(CANVAS.render([[2, 5]]), torch.tensor([[2.0, 5.0]]), CANVAS),
        lambda: training_curves.emergence([learning_run(), learning_run(seed=1)], "square"),
    ],
)
def test_figures_are_closed_as_wide_as_the_page_and_change_no_setting(draw):
    assert_house_figure(draw)


def test_the_last_look_at_a_run_is_no_point_of_its_curve():
    curve, last = training_curves.target_race([learning_run("eps")]).axes[0].lines
    assert curve.get_xdata().tolist() == [10, 20, 30, 40, 50] and last.get_xdata().tolist() == [60]
    assert (last.get_linestyle(), last.get_markerfacecolor()) == ("None", "white")


def test_ladder_mixes_image_and_noise_as_the_schedule_says(bump):
    times = (0, 300, 999)
    noise = torch.randn(bump.shape, generator=torch.Generator().manual_seed(3))
    figure = ddpm.noise_ladder(bump, SCHEDULE, times, seed=3)
    for t, shown in zip(times, images_of(figure), strict=True):
        wanted = SCHEDULE.add_noise(bump, torch.tensor([t]), noise)[0, 0]
        assert np.allclose(shown, wanted)


def test_slider_shows_another_frame_for_every_time(bump):
    widget = ddpm.noise_slider(bump, SCHEDULE, times=(0, 200, 999))
    stack = widget.children[1]
    assert len({bytes(child.value) for child in stack.children}) == 3


def test_matched_filter_sits_on_the_bound_while_noise_is_faint():
    axes = ddpm.position_loss(SCHEDULE, Canvas(), draws=128).axes[0]
    bound, dots = axes.lines[0], axes.lines[1]
    first = int(dots.get_xdata()[0])
    assert dots.get_ydata()[0] == pytest.approx(bound.get_ydata()[first], rel=0.25)


def test_no_reading_of_the_same_images_errs_less_than_the_best_guess():
    _, squares, guess = ddpm.position_loss(SCHEDULE, Canvas(), draws=128).axes[0].lines[:3]
    filtered = dict(zip(squares.get_xdata(), squares.get_ydata(), strict=True))
    # on average over all noise; of so few images a little may be missing
    assert all(error < 1.05 * filtered[t] for t, error in zip(*guess.get_data(), strict=True))


def test_the_best_guess_ends_where_always_the_middle_is():
    guess = ddpm.position_loss(SCHEDULE, Canvas(), draws=256).axes[0].lines[2]
    errors = np.asarray(guess.get_ydata())
    # places half a pixel apart from 0 to 15, all alike likely
    middle = np.sqrt((31**2 - 1) / 12) / 2
    assert errors[-1] == pytest.approx(middle, rel=0.06) and errors[0] < 0.3 * middle


def test_weights_are_the_three_losses_over_one_another():
    axes = ddpm.target_weights(SCHEDULE).axes[0]
    eps, v, x0 = (np.asarray(line.get_ydata(), float) for line in axes.lines[:3])
    alpha_bar = SCHEDULE.alpha_bar.double().numpy()
    assert np.allclose(eps, alpha_bar / (1 - alpha_bar))
    assert np.allclose(v - eps, x0)  # 1 / (1 - a) - a / (1 - a) = 1


def test_belief_is_certain_at_first_and_knows_nothing_at_last(bump):
    figure = ddpm.ideal_estimates(bump, CANVAS.render(CANVAS.lattice()), SCHEDULE, times=(0, 999))
    noisy, estimate, belief = images_of(figure)[0::2], images_of(figure)[2:4], images_of(figure)[4:6]
    assert len(noisy) == 3
    assert np.allclose(estimate[0], bump[0, 0], atol=1e-3)
    assert np.unravel_index(belief[0].argmax(), (8, 8)) == (5, 2)  # row y, column x
    assert belief[0].max() > 0.999
    assert np.allclose(belief[1], 1 / 64, rtol=0.2)


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize(
    ("config", "size"),
    [(UNetConfig.quick(), 16), (UNetConfig.paper(), 32), (UNetConfig(channels=(8, 16), blocks=2), 16)],
)
def test_the_drawing_names_every_layer_with_the_shape_that_it_has(config, size, phone):
    net = ConditionalUNet(config)
    figure = unet_drawing.unet(config, size)
    texts = [text.get_text() for text in (figure.draw_narrow() if phone else figure).axes[0].texts]
    images, labels = torch.zeros(1, 1, size, size), torch.zeros(1, config.label_dims)
    kept = {}
    net(images, torch.zeros(1, dtype=torch.long), labels, keep=kept.__setitem__)
    for name in net.layers[1:]:
        _, channels, side, _ = kept[name].shape
        assert texts[texts.index(name) + 1] == f"{channels} × {side}²"
    attended = sum(1 for name, _ in net.named_modules() if name.endswith(".attention.qkv"))
    assert texts.count("attn") == attended


def test_wrong_drawings_alone_are_crossed_out_and_none_is_framed():
    crossed = lambda axes: RED in [line.get_color() for line in axes.lines]
    images, labels = CANVAS.render([[2, 5], [2, 5]]), torch.tensor([[2.0, 5.0], [6.0, 1.0]])
    good, bad = ddpm_room.drawings(images, labels, CANVAS, columns=2).axes
    assert crossed(bad) and not crossed(good)
    beside = CANVAS.render([[2.7, 5]])
    near, far = (ddpm_room.drawings(beside, labels[:1], CANVAS, 1, at).axes[0] for at in (1.0, 0.45))
    assert crossed(far) and not crossed(near)
    # a dashed frame says that nobody showed it
    assert all(axes.spines["left"].get_linestyle() in ("-", "solid") for axes in (good, bad, near, far))


@pytest.mark.parametrize(
    ("drawn", "asked", "corner"),
    [((2, 5), (2, 2), (0.88, 0.88)), ((2, 5), (6, 1), (0.12, 0.88)), ((6, 1), (2, 5), (0.12, 0.88))],
)
def test_a_cross_hides_neither_a_bump_nor_the_place_asked_for(drawn, asked, corner):
    (axes,) = ddpm_room.drawings(CANVAS.render([drawn]), torch.tensor([asked]), CANVAS, columns=1).axes
    assert tuple(axes.lines[-1].get_xydata()[0]) == corner


def test_emergence_tells_seeds_and_regions_apart():
    figure = training_curves.emergence(
        [learning_run(right_from=(20, 40)), learning_run(seed=1, right_from=(30, 50))], "square"
    )
    curves = {line.get_label(): line.get_ydata().tolist() for axes in figure.axes for line in axes.lines}
    assert curves["trained on"] == [0, 0.5, 1, 1, 1, 1]
    assert curves["held out"] == [0, 0, 0, 0.5, 1, 1]
    last = [m for m in images_of(figure) if m.shape == (8, 8)][-1]
    assert (last == 1).all()


def test_no_bar_when_nobody_watches(monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: False, raising=False)
    steps = iter(range(3))
    assert ddpm_room.progress(steps, 3) is steps
    monkeypatch.setenv("JPY_SESSION_NAME", "chapter.ipynb")
    assert list(ddpm_room.progress(range(3), 3)) == [0, 1, 2]


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: ddpm.noise_ladder(torch.zeros(2, 1, 8, 8), SCHEDULE), r"\(2, 1, 8, 8\)"),
        (lambda: ddpm.noise_ladder(torch.zeros(1, 1, 8, 8), SCHEDULE, (1000,)), "1000"),
        (
            lambda: ddpm.ideal_estimates(torch.zeros(1, 1, 8, 8), torch.zeros(5, 1, 8, 8), SCHEDULE),
            "5 images",
        ),
        (lambda: training_curves.film_strip([], SCHEDULE), "states is"),
        (lambda: unet_drawing.unet(UNetConfig.quick(), size=15), "15"),
        (lambda: training_curves.learning([], [], 10), "losses is"),
        (lambda: training_curves.target_race([]), "results is"),
        (lambda: training_curves.emergence([learning_run()], "cross"), "cross"),
    ],
)
def test_nonsense_is_refused(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()
