"""The laboratory under bad luck: left in mid-training, not looked at, its worker dead, no memory, no room to keep a run."""

from contextlib import contextmanager
from dataclasses import replace

import pytest
from figure_page import page_of, settle, shown, status
from laboratory_page import SMALL, counted, kept, offer, opened_lab, small, tool, train
from test_pages import PATIENCE, SIZES

from bumpbook.widgets import Laboratory

# a training in the browser for each: among the tests that take minutes
pytestmark = [pytest.mark.browser, pytest.mark.long]

LONG = replace(SMALL, steps=2000)  # none of these runs is waited for
# What workers run is prefixed: it can be told to die, and to find no more memory, by the page's own channel.
LUCK = """() => {
  const plain = URL.createObjectURL.bind(URL);
  window.luck = new BroadcastChannel("luck");
  window.starved = false;
  const bad = (starved) => `if ("WorkerGlobalScope" in self) {
    const none = (what) => { throw new RangeError(what); };
    const Plain = Float32Array;
    if (${starved}) WebAssembly.Memory = class { constructor() { none("WebAssembly.Memory(): could not allocate memory"); } };
    new BroadcastChannel("luck").onmessage = ({ data }) => {
      if (data === "die") setTimeout(() => { throw new Error("killed"); });
      if (data === "starve") self.Float32Array = class extends Plain {
        constructor(...given) { super(...(given[0] > 1000 ? none("Array buffer allocation failed") : given)); }
      };
    };
  }\\n`;
  URL.createObjectURL = (blob) => plain(blob.type === "text/javascript" ? new Blob([bad(window.starved), blob], { type: blob.type }) : blob);
}"""
# A tab that nobody looks at draws nothing: what waits for the next refresh of the screen goes on waiting.
AWAY = """() => {
  const [plain, waiting] = [requestAnimationFrame.bind(window), []];
  window.steps = 0;
  window.away = (gone) => { window.gone = gone; if (!gone) waiting.splice(0).forEach((f) => plain(f)); };
  window.requestAnimationFrame = (f) => (window.gone ? waiting.push(f) : plain(f));
  const Plain = Worker;
  window.Worker = class extends Plain { constructor(...given) { super(...given);
    this.addEventListener("message", ({ data }) => { if (data.loss !== undefined) window.steps += 1; }); } };
}"""
FULL = (
    "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
)


@pytest.fixture(scope="module")
def html():
    return page_of([small()])


@pytest.fixture(scope="module")
def endless():
    """A figure whose run is long enough to be disturbed."""
    return page_of([Laboratory(network=LONG)])


@contextmanager
def disturbed(browser, site, html, *scripts):
    """The page with these scripts run before its own; what goes wrong on it is what the test is about."""
    folder, address = site
    (folder / "page.html").write_text(html, encoding="utf-8")
    with browser.new_context(viewport=SIZES["wide"]) as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        for script in scripts:
            page.add_init_script(f"({script})()")
        page.goto(f"{address}/page.html")
        opened_lab(page)
        offer(page)
        yield page, page.locator(".bwlab")


def start(page, lab, bet=3):
    """Bet, press, and wait until some steps are taken."""
    lab.get_by_role("slider", name="your bet").fill(str(bet))
    press(page, lab)


def press(page, lab):
    lab.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function("Number(document.querySelector('.bwlab').dataset.step) >= 2", timeout=PATIENCE)


def failure(page, lab):
    page.wait_for_selector(".bwlab[data-failed]", timeout=PATIENCE)
    return status(lab)


def test_loaded_again_in_mid_training_it_has_the_same_question(browser, site, endless):
    with shown(browser, site, endless, count=1) as page:
        offer(page)
        lab = opened_lab(page)
        lab.get_by_role("button", name="cross").click()
        start(page, lab)
        address = page.url
        page.reload()
        lab = opened_lab(page)
        assert page.url == address and counted(lab) == [60, 196, 16, 16]
        assert lab.get_attribute("data-step") == "0" and "Bet first." in lab.text_content()
        assert kept(page) == []  # half a run is none
        start(page, lab)
        # away and back: the page may come out of the browser's memory, with its figure in it, or anew
        page.goto("about:blank")
        page.go_back()
        lab = opened_lab(page)
        assert counted(lab)[0] == 60
        if lab.get_by_role("button", name="Stop").is_visible():
            lab.get_by_role("button", name="Stop").click()
        settle(page)
        start(page, lab)


def test_back_and_forward_go_from_question_to_question(browser, site, html):
    with shown(browser, site, html, count=1) as page:
        offer(page)
        lab = opened_lab(page)
        for name in ("cross", "diagonal"):
            lab.get_by_role("button", name=name).click()
            train(page, lab, bet=3)
            tool(lab, "Another set")
        lab.get_by_role("button", name="Link").nth(1).click()  # of the older run
        for move, count in ((page.go_back, 46), (page.go_forward, 60), (page.go_back, 46)):
            move()
            page.wait_for_function(
                "(count) => document.querySelector('.bwlab-count').textContent.startsWith(`${count} labels`)",
                arg=count,
            )
        assert len(kept(page)) == 2


def test_it_trains_on_while_nobody_looks(browser, site, html):
    with disturbed(browser, site, html, AWAY) as (page, lab):
        lab.get_by_role("slider", name="your bet").fill("3")
        page.evaluate("away(true)")
        lab.get_by_role("slider", name="your bet").press("ArrowRight")
        page.evaluate("document.querySelector('.bwlab-go').disabled = false")  # the screen would have done it
        lab.get_by_role("button", name="Train", exact=True).dispatch_event("click")
        for _ in range(600):
            if kept(page):
                break
            page.wait_for_timeout(100)
        (row,) = kept(page)  # the run has ended, and is kept, before anything was drawn
        assert row["bet"] == 4 and page.evaluate("window.steps") == SMALL.steps
        assert lab.get_attribute("data-done") == "false"
        page.evaluate("away(false)")
        page.wait_for_selector(".bwlab[data-done=true]")
        assert lab.locator(".bwlab-row").count() == 1


def test_a_dead_worker_is_said_and_the_next_press_begins_anew(browser, site, endless):
    with disturbed(browser, site, endless, LUCK) as (page, lab):
        start(page, lab, bet=5)
        page.evaluate("luck.postMessage('die')")
        assert failure(page, lab) == "This network cannot be trained here: the worker was ended."
        assert "5 of 64" in lab.text_content() and counted(lab)[:2] == [192, 64]  # nothing else is lost
        press(page, lab)
        assert lab.get_attribute("data-failed") is None


def test_too_little_memory_is_said(browser, site, endless):
    says = "This network cannot be trained here: this browser has too little memory left for it."
    with disturbed(browser, site, endless, LUCK) as (page, lab):
        page.evaluate("window.starved = true")
        lab.get_by_role("slider", name="your bet").fill("5")
        lab.get_by_role("button", name="Train", exact=True).click()
        assert failure(page, lab) == says
        page.evaluate("window.starved = false")
        press(page, lab)
        page.evaluate("luck.postMessage('starve')")
        assert failure(page, lab) == says
        press(page, lab)


def test_where_the_storage_is_full_a_run_lasts_as_long_as_the_page(browser, site, html):
    with disturbed(browser, site, html) as (page, lab):
        train(page, lab, bet=3)
        (earlier,) = kept(page)
        page.add_init_script(f"({FULL})()")
        page.reload()
        lab = opened_lab(page)
        train(page, lab, bet=4)
        assert "This browser keeps nothing more" in lab.text_content()
        assert lab.locator(".bwlab-row").count() == 2 and kept(page) == [earlier]
        with page.expect_download() as found:
            lab.get_by_role("button", name="Export JSON").click()
        assert found.value.path().read_text(encoding="utf-8").count('"when"') == 2
