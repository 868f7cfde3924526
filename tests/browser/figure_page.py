"""A page with living figures and nothing else: how a test makes it, opens it and handles what is on it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page
from test_pages import PATIENCE, SIZES
from web_server import web_server

from shared import ROOT, cannot_check

PAGE = """<!DOCTYPE html>
<html lang="en" data-theme="light"><head><meta charset="utf-8"><title>Living figures</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<style>html[data-theme=dark] body {{ background: #14181d; color: #d7dee5; }}</style>
<script defer src="_static/widgets.js"></script>
<script type="application/vnd.jupyter.widget-state+json">{state}</script></head>
<body><main><h1>Living figures</h1><div class="cell_output">{views}</div><p id="after">The page goes on.</p></main></body>
</html>"""
VIEW = '<div><script type="application/vnd.jupyter.widget-view+json">{}</script></div>'
PICTURES = "(root) => [...root.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL()).join('')"
PIXELS = """(canvas) => [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]"""


def page_of(widgets: list, damage: Callable[[dict], None] | None = None) -> str:
    """A page with the widgets' state in it, as the book has it; ``damage`` may change the state."""
    from ipywidgets.embed import dependency_state, embed_data

    data = embed_data(views=widgets, state=dependency_state(widgets, drop_defaults=False))
    if damage:
        damage(data["manager_state"]["state"])
    views = "".join(VIEW.format(json.dumps(view)) for view in data["view_specs"])
    return PAGE.format(state=json.dumps(data["manager_state"]).replace("</", "<\\/"), views=views)


@contextmanager
def served(folder: Path) -> Iterator[tuple[Path, str]]:
    """Serve ``folder`` with the book's scripts in it; yields it and its address. Skips where they are missing."""
    static = ROOT / "book" / "_static"
    if not (static / "vendor" / "widgets").is_dir():
        cannot_check("The living figures were not opened: the page scripts are missing. Run `make vendor`.")
    (folder / "_static").symlink_to(static)
    with web_server(folder) as address:
        yield folder, address


@contextmanager
def shown(
    browser: Browser, site: tuple[Path, str], html: str, count: int = 3, touch: bool = False, **options
) -> Iterator[Page]:
    """The page with ``count`` figures drawn; afterwards, no error and no request to another host was seen."""
    folder, address = site
    (folder / "page.html").write_text(html, encoding="utf-8")
    trouble = []
    with browser.new_context(viewport=SIZES["wide"], has_touch=touch, **options) as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: trouble.append(f"page error: {error}"))
        page.on("console", lambda line: line.type == "error" and trouble.append(f"console: {line.text}"))
        page.on(
            "request",
            lambda sent: (
                address in sent.url or sent.url[:5] in ("blob:", "data:") or trouble.append(sent.url)
            ),
        )
        page.goto(f"{address}/page.html")
        page.wait_for_function(f"document.querySelectorAll('.bwfig > .bwfig-heard').length === {count}")
        settle(page)
        yield page
        assert not trouble, "\n".join(trouble)


def settle(page: Page) -> None:
    """Let the figures draw what they were asked for: they do so before the next refresh of the screen or two."""
    page.evaluate("async () => { for (let i = 0; i < 6; i++) await new Promise(requestAnimationFrame); }")


def status(figure: Locator) -> str:
    return figure.locator(".bwfig-status").text_content()


def box(locator: Locator) -> dict:
    locator.scroll_into_view_if_needed()
    return locator.bounding_box()


def drag(page: Page, locator: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag from ``start`` to ``end``, fractions of the element's box, with the mouse."""
    at = box(locator)
    (x, y), (u, v) = ((at["x"] + p * at["width"], at["y"] + q * at["height"]) for p, q in (start, end))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move((x + u) / 2, (y + v) / 2)
    page.mouse.move(u, v)
    page.mouse.up()
    settle(page)
