"""The laboratory in Chromium: painted, bet on, trained to the end, asked; a link, a notebook, a class."""

import base64
import json
import zlib
from dataclasses import replace

import numpy as np
import pytest
import torch
from figure_page import page_of, settle, shown, status
from laboratory_page import SMALL, at, counted, kept, offer, opened_lab, small, stroke, tool, train
from test_living_figures import WEIGHT
from test_pages import PATIENCE, SIZES, violations

from bumpbook.frame.painting import painted
from bumpbook.widgets import Laboratory
from bumpbook.widgets.lab_presets import lab_experiment, presets
from bumpbook.widgets.laboratory import answer
from bumpbook.widgets.onnx_training import first_weights
from bumpworld.diffusion import make_target
from bumpworld.train import new_model

pytestmark = pytest.mark.browser

# what a worker says of its steps, and the losses among it
LISTEN = """() => { window.losses = []; const Plain = Worker;
window.Worker = class extends Plain { constructor(...given) { super(...given);
  this.addEventListener("message", ({ data }) => { if (data.loss !== undefined) window.losses.push(data.loss); }); } }; }"""
FORBID = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"


@pytest.fixture(scope="module")
def html():
    return page_of([small()])


def test_painting_by_mouse_finger_and_keys(browser, site, html):
    with shown(browser, site, html, count=1, touch=True) as page:
        assert len(html) < WEIGHT
        lab = opened_lab(page)
        field = lab.locator(".bwlab-map")
        assert counted(lab) == [192, 64, 16, 16]
        tool(lab, "Clear")
        assert counted(lab) == [0, 256, 0, 0] and "at least one label" in lab.text_content()
        stroke(page, field, (2, 3), (9, 3))  # all labels on the way, however fast the mouse
        assert counted(lab) == [8, 248, 8, 1]
        tool(lab, "Eraser")
        stroke(page, field, (4, 3), (5, 3))
        assert counted(lab) == [6, 250, 6, 1]
        tool(lab, "Undo")
        assert counted(lab) == [8, 248, 8, 1]
        tool(lab, "Brush")
        page.touchscreen.tap(*at(page, field, 0, 12))
        assert counted(lab) == [9, 247, 9, 2]
        for key in ("ArrowRight", "Space", "Shift+ArrowDown", "Shift+ArrowDown", "ArrowRight"):
            field.press(key)
        assert counted(lab) == [12, 244, 10, 4]  # (1, 12) by space, then two below by drawing
        field.press("Control+z")
        assert counted(lab)[0] == 11
        lab.get_by_role("button", name="diagonal").click()
        assert counted(lab) == [46, 210, 16, 16]
        tool(lab, "Fill")
        assert counted(lab) == [256, 0, 16, 16]
        assert "nothing to bet on" in lab.text_content()
        assert lab.get_by_role("button", name="Train", exact=True).is_enabled()


def uniforms(seed):
    """The browser's random numbers (mulberry32), written down a second time."""
    state = seed
    while True:
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        z = ((state ^ state >> 15) * (state | 1)) & 0xFFFFFFFF
        z ^= (z + ((z ^ z >> 7) * (z | 61) & 0xFFFFFFFF)) & 0xFFFFFFFF
        yield (z ^ z >> 14) / 2**32


def in_pytorch(experiment, steps):
    """Losses of the browser's own run in PyTorch, from the same first weights, batches, times and noise, and the model
    with the averaged weights that it ends with."""
    draw, model = uniforms(experiment.seed), new_model(experiment)
    weights = [
        np.full(f["count"], f["value"]) if f["kind"] == "same"
        else np.array([f["value"] * (2 * next(draw) - 1) for _ in range(f["count"])])
        for f in first_weights(model.net)
    ]  # fmt: skip
    torch.nn.utils.vector_to_parameters(torch.tensor(np.concatenate(weights)).float(), model.net.parameters())

    def shuffled(count):
        order = list(range(count))
        for i in range(count - 1, 0, -1):
            j = int(next(draw) * (i + 1))
            order[i], order[j] = order[j], order[i]
        return order

    labels = experiment.train_on.split(experiment.canvas).train
    images, batch = experiment.canvas.render(labels), experiment.batch_size
    optimiser = torch.optim.AdamW(model.parameters(), lr=experiment.learning_rate, betas=(0.9, 0.99))
    average = [value.detach().clone() for value in model.parameters()]
    queue, losses = [], []
    for number in range(1, steps + 1):
        while len(queue) < batch:
            queue += shuffled(len(labels))
        rows, queue = queue[:batch], queue[batch:]
        t = torch.tensor([min(999, int((s + next(draw)) / batch * 1000)) for s in shuffled(batch)])
        pairs = np.array([[next(draw), next(draw)] for _ in range(batch * 128)])
        radius, angle = np.sqrt(-2 * np.log(1 - pairs[:, 0])), 2 * np.pi * pairs[:, 1]
        noise = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).reshape(batch, 1, 16, 16)
        x0, noise = images[rows], torch.tensor(noise).float()
        signal, sigma = experiment.schedule.signal_noise(t)
        wanted = make_target(experiment.target, x0, noise, signal, sigma)
        loss = ((model(signal * x0 + sigma * noise, t, labels[rows]) - wanted) ** 2).mean()
        cosine = 0.05 + 0.95 * (1 + np.cos(np.pi * number / experiment.steps)) / 2
        optimiser.param_groups[0]["lr"] = experiment.learning_rate * min(1, number / 20) * cosine
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        keep = min(experiment.ema, number / (number + 10))
        average = [
            keep * old + (1 - keep) * new.detach()
            for old, new in zip(average, model.parameters(), strict=True)
        ]
        losses.append(float(loss.detach()))
    for value, averaged in zip(model.parameters(), average, strict=True):
        value.data = averaged
    return losses, model.requires_grad_(False).eval()


def test_a_bet_a_run_and_questions(browser, site, html):
    with shown(browser, site, html, count=1) as page:
        offer(page)
        page.evaluate(LISTEN)
        lab = opened_lab(page)
        start, field = lab.get_by_role("button", name="Train", exact=True), lab.locator(".bwlab-map")
        assert start.is_disabled() and "Bet first." in lab.text_content()
        stroke(page, field, (7, 7))  # one label more, in the hole
        lab.get_by_text("World: one bump").click()
        lab.get_by_label("turned by 45°").check()
        train(page, lab, bet=20)
        (row,) = kept(page)
        assert row["bet"] == 20 and row["settings"]["language"] == "turned"
        # what ran is what Python says that it was
        lab.get_by_role("button", name="Python").click()
        said = {}
        exec(lab.get_by_label("to take along").input_value(), said)  # noqa: S102 (the figure's own words)
        train_on = painted(row["settings"]["rows"])
        e = lab_experiment(train_on, language="turned", network=SMALL)
        assert said["experiment"] == e
        mask = presets()["square"].split(e.canvas).train_mask.reshape(16, 16)
        mask[7, 7] = True
        assert (train_on.split(e.canvas).train_mask.reshape(16, 16) == mask).all()
        losses = page.evaluate("window.losses")
        again, model = in_pytorch(e, SMALL.steps)
        assert len(losses) == SMALL.steps
        np.testing.assert_allclose(losses[:10], again[:10], atol=1e-3, rtol=1e-3)
        # the verdict at the end is PyTorch's, too: how far each drawing lies off, in hundredths of a pixel
        off = np.frombuffer(base64.b64decode(row["off"]), np.uint8)
        verdict = np.frombuffer(answer("", e, model)["off"], np.uint8)
        assert np.mean(np.abs(off.astype(int) - verdict) <= 2) > 0.95
        right = int((off[~mask.flatten().numpy()] <= 45).sum())
        assert f"{right} of 63 held-out labels are right. You bet 20." in lab.text_content()
        pictures = np.frombuffer(zlib.decompress(base64.b64decode(row["pictures"])), np.uint8)
        assert pictures.reshape(256, 256).max(1).min() > 0  # each label got a drawing
        drawn = np.frombuffer(zlib.decompress(answer("", e, model)["pictures"]), np.uint8)
        assert np.percentile(np.abs(pictures.astype(int) - drawn), 99) <= 3  # of 255 grey levels
        # asked: on the lattice, between labels, step by step
        assert lab.locator(".bwlab-inside canvas").is_visible() and lab.locator(".bwlab-picture").is_visible()
        stroke(page, field, (3, 3), (10.3, 4.6))
        page.wait_for_selector(".bwlab[data-drawn='10.3 4.6']", timeout=PATIENCE)
        field.press("ArrowLeft")
        page.wait_for_selector(".bwlab[data-drawn='9.3 4.6']", timeout=PATIENCE)
        lab.get_by_role("button", name="Watch it draw").click()
        page.wait_for_function("document.querySelector('.bwlab-reading').textContent === 'drawing …'")
        page.wait_for_selector(".bwlab[data-drawn='9.3 4.6']", timeout=PATIENCE)
        # painting begins another experiment
        tool(lab, "Brush")
        stroke(page, field, (8, 8))
        assert counted(lab)[:2] == [194, 62] and "Bet first." in lab.text_content()


@pytest.mark.long
def test_pause_stop_and_two_figures(browser, site):
    with shown(browser, site, page_of([small(), small(preset="band")]), count=2) as page:
        offer(page)
        page.evaluate(LISTEN)
        opened_lab(page)
        first, second = page.locator(".bwlab").nth(0), page.locator(".bwlab").nth(1)
        assert (counted(first)[:2], counted(second)) == ([192, 64], [128, 128, 8, 16])
        for lab in (first, second):
            lab.get_by_role("slider", name="your bet").press("ArrowLeft")
            lab.get_by_role("button", name="Train", exact=True).click()
        page.wait_for_function("Number(document.querySelector('.bwlab').dataset.step) >= 2", timeout=PATIENCE)
        if first.get_by_role("button", name="Pause").count():
            first.get_by_role("button", name="Pause").click()
            first.get_by_role("button", name="Go on").click()
        page.wait_for_function(
            "[...document.querySelectorAll('.bwlab')].every((lab) => lab.dataset.done === 'true')",
            timeout=PATIENCE,
        )
        settle(page)
        assert len(kept(page)) == 2  # and both notebooks show both
        assert second.locator(".bwlab-row").count() == first.locator(".bwlab-row").count() == 2
        for box in first.locator(".bwlab-row input").all():
            box.check()
        first.locator(".bwlab-notebook .bwlab-map").nth(1).wait_for()
        first.locator(".bwlab-row").first.get_by_role("button", name="Delete").click()
        settle(page)
        assert len(kept(page)) == 1 and second.locator(".bwlab-row").count() == 1
        first.get_by_role("button", name="Another set").click()
        settle(page)
        assert first.get_attribute("data-step") == "0" and first.get_by_text("Begin with").is_visible()


def test_a_link_says_all_and_a_broken_one_says_so(browser, site, html):
    with shown(browser, site, html, count=1) as page:
        offer(page)
        lab = opened_lab(page)
        lab.get_by_role("button", name="cross").click()
        lab.get_by_text("World: one bump").click()
        lab.get_by_label("two stripes").check()
        lab.get_by_role("slider", name="width").press("End")
        train(page, lab, bet=3)
        lab.get_by_role("button", name="Link").click()
        link = page.url
        (row,) = kept(page)
        page.goto("about:blank")
        page.goto(link)
        lab = opened_lab(page)
        page.wait_for_function("document.querySelector('.bwlab-count').textContent.startsWith('60 labels')")
        assert "World: two stripes of width 2 px, told x and y" in lab.text_content()
        assert kept(page) == [row]  # the notebook outlives the page
        page.evaluate("(hash) => { location.hash = hash; }", link.split("#")[1].replace("v=1", "v=7"))
        page.wait_for_function(
            "document.querySelector('.bwfig-status').textContent.includes('it is of version “7”')"
        )
        assert status(lab).startswith("The link is broken:") and counted(lab)[0] == 60
        page.go_back()


def export(page, lab, folder):
    """The file that the figure hands over, under the name that it gives it."""
    with page.expect_download() as found:
        lab.get_by_role("button", name="Export JSON").click()
    found.value.save_as(folder / found.value.suggested_filename)
    return folder / found.value.suggested_filename


def test_a_class_sees_bets_against_results(browser, site, html, axe, tmp_path):
    with shown(browser, site, html, count=1) as page:
        offer(page)
        lab = opened_lab(page)
        train(page, lab, bet=64)
        nameless = export(page, lab, tmp_path)
        assert nameless.name == "laboratory.json"
        lab.get_by_label("your name, for the file").fill("Ada & Zoë")
        named = export(page, lab, tmp_path)
        assert named.name == "laboratory-Ada-Zoë.json"
    whole = json.loads(named.read_text(encoding="utf-8"))
    assert whole["who"] == "Ada & Zoë" and json.loads(nameless.read_text(encoding="utf-8"))["who"] == ""
    nameless.unlink()
    row = whole["rows"][0]
    filled = {**row, "bet": 60, "off": base64.b64encode(bytes(256)).decode()}
    made = {
        "bob.json": {**whole, "who": 7, "rows": [filled]},
        "old.json": {**whole, "version": 0},
        "cake.json": {"flour": 200},
        "wrong.json": {**whole, "rows": [{**row, "bet": "many"}]},
    }
    for name, content in made.items():
        (tmp_path / name).write_text(json.dumps(content))
    (tmp_path / "text.json").write_text("not at all")
    with shown(browser, site, page_of([Laboratory(view="class")]), count=1) as page:
        lab = page.locator(".bwlab")
        assert "Nothing is here yet" in status(lab)
        drop = page.get_by_label("exported files")
        drop.set_input_files(sorted(tmp_path.glob("*.json")))
        page.wait_for_selector(".bwlab[data-runs='2']")
        text = status(lab)
        assert "2 runs of 2 people: 1 of 2 holes were filled. The greatest surprise was Ada & Zoë's." in text
        assert (
            "old.json is left out: it is of version “0”" in text
            and "text.json is left out: it is no JSON" in text
        )
        assert "cake.json is left out: it was not exported by a laboratory" in text
        assert "its bet “many” is no whole number from 0 to 64" in text
        assert (
            "bob: 64 of 64 right, the hole is filled" in lab.text_content()
            and "bet 60, so 4 off" in lab.text_content()
        )
        assert lab.locator(".bwlab-dot").count() == 2
        assert not (found := violations(page, axe)), "\n".join(found)
        # the same run again, and another person's file of the same name
        other = tmp_path / "again" / "bob.json"
        other.parent.mkdir()
        other.write_text(json.dumps({**made["bob.json"], "rows": [{**filled, "bet": 3}]}))
        drop.set_input_files([tmp_path / "bob.json", other])
        page.wait_for_selector(".bwlab[data-runs='3']")
        assert status(lab).startswith("3 runs of 3 people: 2 of 3 holes were filled.")
        assert "bob (2): 64 of 64 right" in lab.text_content()


def test_what_cannot_be_is_said(browser, site, html):
    options = {"count": 1}
    with shown(browser, site, html, **options) as page:
        page.add_init_script(FORBID)
        page.reload()
        lab = opened_lab(page)
        offer(page, {})
        lab.get_by_role("slider", name="your bet").press("ArrowRight")
        lab.get_by_role("button", name="Train", exact=True).click()
        page.wait_for_selector(".bwlab[data-failed]", timeout=PATIENCE)
        assert "cannot be trained here: the file of the model" in status(lab) and "missing" in status(lab)
        offer(page)
        tool(lab, "Clear")
        stroke(page, lab.locator(".bwlab-map"), (5, 5))  # one label, which fills every batch
        assert counted(lab) == [1, 255, 1, 1]
        train(page, lab, bet=0)
        assert "This browser keeps nothing" in lab.text_content() and lab.locator(".bwlab-row").count() == 1
        lab.get_by_role("button", name="Another set").click()
        tool(lab, "Fill")
        train(page, lab)  # nothing held out, no bet
        assert (
            "Nothing was held out." in status(lab)
            and "nothing held out" in lab.locator(".bwlab-row").first.text_content()
        )


@pytest.fixture(scope="module")
def answers():
    """Two finished runs that were never trained: what matters here is how they are shown."""
    found = []
    for name in ("square", "band"):
        e = lab_experiment(presets()[name], network=replace(SMALL, seed=3))
        found.append(answer(f"never saw the {name}", e, new_model(e)))
    return found


def test_shipped_answers_need_nothing_loaded(browser, site, axe, answers):
    widgets = [Laboratory(view="compare", answers=answers), small(answers=answers)]
    asked = []
    with shown(browser, site, page_of(widgets), count=2) as page:
        page.on("request", lambda sent: asked.append(sent.url))
        opened_lab(page)
        pair, lab = page.locator(".bwlab").nth(0), page.locator(".bwlab").nth(1)
        maps = pair.locator(".bwlab-map")
        maps.nth(1).press("ArrowRight")
        settle(page)
        assert status(pair).startswith("Asked for (9, 7): never saw the square:")
        stroke(page, maps.nth(0), (2, 2), (12, 5))
        assert status(pair).startswith("Asked for (12, 5):")
        drawn = pair.locator(".bwlab-image canvas").first
        pixels = drawn.evaluate("(c) => [...c.getContext('2d').getImageData(12, 5, 1, 1).data]")
        truth = np.frombuffer(zlib.decompress(answers[0]["pictures"]), np.uint8).reshape(256, 16, 16)
        assert (pixels[0] < 255) == (truth[5 * 16 + 12, 5, 12] > 0)
        assert "not been trained" not in lab.locator(".bwlab-reading").text_content()
        for theme in ("light", "dark"):
            page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
            for size, viewport in SIZES.items():
                page.set_viewport_size(viewport)
                settle(page)
                assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], size
                assert not (found := violations(page, axe)), "\n".join([theme, size, *found])
        assert not [url for url in asked if "ort" in url or url.endswith(".onnx")]
