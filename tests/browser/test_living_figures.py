"""The living figures in Chromium, without a kernel: drag, key, touch, dark ground, a narrow screen, damaged state."""

import re

import numpy as np
import pytest
from figure_page import PICTURES, PIXELS, box, drag, page_of, settle, shown, status
from test_pages import SIZES, violations
from traitlets import TraitError

from bumpbook.widgets import Lattice, Manifold, Onset, TrainingFilm
from bumpbook.widgets.recording import Recording
from bumpworld import Canvas, Experiment
from bumpworld.instruments.geometry import clifford_torus
from bumpworld.instruments.lattice import interaction_radius, neighbours, predicted_onset
from bumpworld.selection import held_out_square

pytestmark = pytest.mark.browser

WEIGHT = 150_000  # bytes of state and script that a page carries for one figure


def made_up_recording(size=8, looks=6):
    """A recording whose drawings go from blank to right in three looks; x is right one look before y, at the end."""
    recording = Recording(Experiment(canvas=Canvas(size=size), train_on=held_out_square(3, 5)))
    right = np.round(255 * recording.canvas.render(recording.labels)[:, 0].numpy()).astype(np.uint8)
    places = recording.cloud_labels()
    for look in range(looks):
        mark = 7 if look == looks - 1 else (0, 4, 5)[min(look, 2)]
        recording.steps.append(10 * look)
        recording.marks.append(np.full(len(recording.labels), mark, np.uint8))
        recording.images.append(right[recording.shown] // (1 if look > 2 else 255))
        recording.points.append(np.c_[places * [1, 1 + look], places[:, :1] ** 2, places[:, 1:] ** 2])
    return recording


def figures():
    points, angles = clifford_torus(8)
    return [
        Lattice(size=64, density=0.05, seed=1),
        Manifold(points, angles * 8 / (2 * np.pi), Canvas(size=8, periodic=True)),
        TrainingFilm(made_up_recording(), frame=0),
    ]


@pytest.fixture(scope="module")
def html():
    return page_of(figures())


def test_lattice_shows_its_clusters_and_answers(browser, site, html):
    with shown(browser, site, html) as page:
        lattice = page.locator(".bwfig").nth(0)
        density = lattice.get_by_role("slider", name="density")
        for _ in range(15):
            density.press("ArrowRight")
        settle(page)
        text = status(lattice)
        occupied, share = (
            float(number) / 100
            for number in re.findall(r"([\d.]+) % of (?:the sites|them)", text.replace("holds", ""))
        )
        colours = np.reshape(lattice.locator("canvas").evaluate(PIXELS), (-1, 4))[:, :3]
        lit = (colours == [0, 84, 140]).all(1).sum()
        grounds = {tuple(c) for c in colours} - {(0, 84, 140), (150, 160, 170)}
        assert lit == pytest.approx(share * occupied * 64**2, rel=0.05)
        assert 0.05 < occupied < 0.1 and len(grounds) > 3
        radius = interaction_radius(1.0)
        assert f"reaches {len(neighbours(radius))} neighbours, up to {radius:.2f} steps" in text
        assert f"onset {100 * predicted_onset(1.0).staircase:.1f} %" in text
        drag(page, lattice.locator("svg"), (0.5, 0.5), (0.97, 0.5))
        assert status(lattice).startswith(
            "100 % of the sites are occupied, in 1 cluster; the largest holds 100 %"
        )
        sites = lattice.locator("canvas").evaluate(
            PICTURES.replace("root.querySelectorAll('canvas')", "[root]")
        )
        drag(page, lattice.locator("svg"), (0.9, 0.5), (0.3, 0.5))
        assert "100 %" not in status(lattice)[:5]
        lattice.get_by_role("button", name="New sites").click()
        settle(page)
        assert (
            lattice.locator("canvas").evaluate(PICTURES.replace("root.querySelectorAll('canvas')", "[root]"))
            != sites
        )
        width = lattice.get_by_role("slider", name="width σ")
        width.press("Home")
        settle(page)
        assert "nothing connects at any density" in status(lattice)


def test_manifold_turns_and_shows_the_image_under_the_pointer(browser, site, html):
    with shown(browser, site, html) as page:
        manifold = page.locator(".bwfig").nth(1)
        stage = manifold.get_by_role("application")
        seen = {manifold.evaluate(PICTURES)}
        stage.focus()
        for key in ("ArrowLeft", "ArrowUp", "+"):
            stage.press(key)
            settle(page)
            seen.add(manifold.evaluate(PICTURES))
        drag(page, stage, (0.5, 0.9), (0.8, 0.7))
        seen.add(manifold.evaluate(PICTURES))
        manifold.get_by_role("slider", name="fourth axis").press("PageUp")
        settle(page)
        seen.add(manifold.evaluate(PICTURES))
        manifold.get_by_label("y", exact=True).check()
        settle(page)
        seen.add(manifold.evaluate(PICTURES))
        assert len(seen) == 7
        at, found = box(stage), set()
        for x in np.linspace(0.2, 0.8, 7):
            page.mouse.move(at["x"] + x * at["width"], at["y"] + 0.5 * at["height"])
            settle(page)
            label = tuple(map(int, re.search(r"is \(x, y\) = \((\d+), (\d+)\)", status(manifold)).groups()))
            reds = np.reshape(manifold.locator("canvas").nth(1).evaluate(PIXELS), (8, 8, 4))[..., 0]
            assert (
                np.unravel_index(reds.argmin(), reds.shape) == label[::-1]
            )  # the darkest pixel is the label's
            found.add(label)
        assert len(found) > 1
        manifold.get_by_role("slider", name="point x").press("Home")
        settle(page)
        assert "ringed is (x, y) = (0," in status(manifold)


def test_film_moves_with_its_cursor(browser, site, html):
    with shown(browser, site, html) as page:
        film = page.locator(".bwfig").nth(2)
        assert status(film).startswith("Step 0: 0 % of the labels within a pixel in x, 0 % in y, 0 % in both")
        seen = {film.evaluate(PICTURES)}
        time = film.get_by_role("slider", name="checkpoint")
        for step, shares in ((10, "0 %"), (20, "100 %"), (30, "100 %")):
            time.press("ArrowRight")
            settle(page)
            assert status(film).startswith(
                f"Step {step}: {shares} of the labels within a pixel in x, 0 % in y"
            )
            seen.add(film.evaluate(PICTURES))
        drag(page, film.locator("svg.bwfilm-plot"), (0.5, 0.5), (0.97, 0.5))
        assert status(film).startswith("Step 50: 100 % of the labels") and "the product is 100 %" in status(
            film
        )
        film.get_by_label("held out").check()
        settle(page)
        assert "of the held-out labels" in status(film)
        film.get_by_role("button", name="Play").click()
        page.wait_for_function(
            "(p) => p.textContent.startsWith('Step 10')", arg=film.locator(".bwfig-status").element_handle()
        )
        assert len(seen) == 4


def test_fingers_do_what_the_mouse_does(browser, site, html):
    with shown(browser, site, html, touch=True) as page:
        lattice, manifold, film = (page.locator(".bwfig").nth(i) for i in range(3))
        touch = page.context.new_cdp_session(page)

        def finger(locator, *places):
            at = box(locator)
            spots = [{"x": at["x"] + x * at["width"], "y": at["y"] + y * at["height"]} for x, y in places]
            for kind, spot in zip(["touchStart"] + ["touchMove"] * (len(spots) - 1), spots, strict=True):
                touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [spot]})
            touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
            settle(page)

        before = [status(figure) for figure in (lattice, manifold, film)]
        finger(lattice.locator("svg"), (0.4, 0.5), (0.6, 0.5), (0.8, 0.5))
        turned = manifold.evaluate(PICTURES)
        finger(manifold.get_by_role("application"), (0.4, 0.5), (0.6, 0.5), (0.7, 0.6))
        assert manifold.evaluate(PICTURES) != turned and status(manifold) == before[1]
        for x in (0.3, 0.4, 0.5, 0.6):  # a tap near some other point picks it
            finger(manifold.get_by_role("application"), (x, 0.6))
        finger(film.locator("svg.bwfilm-plot"), (0.6, 0.5))
        after = [status(figure) for figure in (lattice, manifold, film)]
        assert all(a != b for a, b in zip(before, after, strict=True)), after


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_figures_fit_every_page(browser, site, html, axe, theme):
    with shown(browser, site, html, reduced_motion="reduce") as page:
        page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        settle(page)
        ground = page.locator(".bwfig").first.evaluate("(root) => getComputedStyle(root).backgroundColor")
        assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 29)"}[theme]
        colours = np.reshape(page.locator(".bwfig canvas").first.evaluate(PIXELS), (-1, 4))[:, :3]
        assert (colours == {"light": [255, 255, 255], "dark": [20, 24, 29]}[theme]).all(1).any()
        for size, viewport in SIZES.items():
            page.set_viewport_size(viewport)
            settle(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], size
            assert not (found := violations(page, axe)), "\n".join([size, *found])


def test_nothing_jumps(browser, site, html):
    with shown(browser, site, html) as page:
        heights = "[...document.querySelectorAll('.bwfig')].map((root) => root.offsetHeight)"
        before = page.evaluate(heights)
        for slider in page.locator(".bwfig input[type=range]").all():
            for key in ("Home", "End", "ArrowLeft"):
                slider.press(key)
            settle(page)
            assert page.evaluate(heights) == before, slider.get_attribute("aria-label")


def test_a_page_stays_light():
    canvas, looks = Canvas(size=16), 17  # the quick world, looked at every ten of 160 steps
    labels, points = canvas.lattice(), np.random.default_rng(0).normal(size=(looks, 256, 4))
    cloud = Manifold(points, labels, canvas, titles=[f"step {10 * i}" for i in range(looks)])
    for widget in [Lattice(), cloud, TrainingFilm(made_up_recording(16, looks))]:
        weight = len(page_of([widget]))
        print(f"{type(widget).__name__}: {weight / 1000:.0f} KB")
        assert weight < WEIGHT


def test_damage_is_said_in_the_figures_own_frame(browser, site):
    def damage(state):
        for model in state.values():
            for buffer in model.get("buffers", []):
                if buffer["path"] in (["_frames"], ["_marks"]):
                    buffer["data"] = buffer["data"][: len(buffer["data"]) // 8 * 4]
            if "threshold" in model["state"]:
                model["state"]["threshold"] = 3

    with shown(browser, site, page_of(figures(), damage), count=0) as page:
        page.wait_for_function("document.querySelectorAll('.bwfig-error').length === 3")
        errors = page.locator(".bwfig-error").all_text_contents()
        assert "threshold 3 make no lattice" in errors[0]
        assert all("cut short" in error for error in errors[1:])
        assert page.locator("#after").is_visible()


def made_up_onset() -> Onset:
    """Two widths and one spacing: three labels that touch when wide, a fourth far off; nobody trained the narrow ones."""
    places = {"1": [(1, 1), (1, 5), (5, 1), (14, 14)]}
    onsets = {"early bird": 3.0, "late bird": None}
    cells = [
        {"sigma": 0.5, "spacing": 1.0, "shares": {}, "onsets": onsets},
        {"sigma": 1.0, "spacing": 1.0, "shares": {"2": [0.25], "4": [0.5, 1.0]}, "onsets": onsets},
    ]
    return Onset(cells, places, [2, 4, 8], sigma=1, amount=1, shown=["early bird"])


def test_onset_shows_clusters_networks_and_who_foretold(browser, site, axe):
    with shown(browser, site, page_of([made_up_onset()]), count=1) as page:
        figure = page.locator(".bwfig")
        # a bump of one pixel reaches 4.6 px: the three hang together, the fourth is alone
        assert status(figure) == (
            "4 training labels in 2 clusters; the largest holds 75 % of them. "
            "Networks draw 75 % of the unseen labels right (n = 2)."
        )
        assert figure.locator(".bwonset-label.bwonset-best").count() == 3
        assert figure.locator(".bwonset-network").count() == 3
        mark = figure.locator(".bwonset-mark")
        wide, place = box(figure.locator(".bwonset-plot svg"))["width"], float(mark.get_attribute("x1"))
        assert place == pytest.approx(46 + (wide - 58) * np.log(3) / np.log(256), abs=1.5)
        figure.get_by_role("checkbox", name="late bird").check()
        settle(page)
        assert status(figure).endswith("Never, by: late bird.") and mark.count() == 1
        figure.get_by_role("checkbox", name="early bird").uncheck()
        figure.get_by_role("slider", name="labels").press("ArrowRight")
        settle(page)
        assert "There are no 8 labels to train on" in status(figure) and mark.count() == 0
        for name in ("width σ", "labels"):
            figure.get_by_role("slider", name=name).press("ArrowLeft")
        settle(page)
        assert "in 4 clusters" in status(figure) and "No network was trained here." in status(figure)
        assert not (found := violations(page, axe)), "\n".join(found)


def test_onset_refuses_what_its_table_has_not():
    for trait, value in (("sigma", 5), ("amount", 3), ("shown", ["nobody"])):
        with pytest.raises(TraitError, match="allowed are"):
            setattr(made_up_onset(), trait, value)
