"""Print the whole book into one PDF through Chromium: `make pdf`.

The pages are built once more as a single one (from the same executed chapters), so that every reference stays inside
the file. Widgets are left out: each has a static twin before it. Folded solutions are opened.
"""

import functools
import http.server
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SINGLE = ROOT / "_build" / "singlehtml"
TARGET = ROOT / "_build" / "bumpworld.pdf"
PATIENCE = 300_000  # milliseconds: the whole book's formulas are set before it is printed

FOOTER = (
    '<div style="width:100%;text-align:center;font:8px sans-serif;color:#555">'
    '<span class="pageNumber"></span></div>'
)
PAPER = """
  @page { size: A4; margin: 18mm 16mm 20mm; }
  .bd-sidebar-primary, .bd-sidebar-secondary, .bd-header, .bd-header-article, .prev-next-footer, .toggle-button,
  button.copybtn, .headerlink, .cell_output > .output.text_html > script, .widget-subarea, .pst-scroll-pixel-helper,
  .living, footer.bd-footer { display: none !important; }
  .bd-main, .bd-content, .bd-article-container, .bd-container__inner { display: block !important; max-width: none !important; }
  body { zoom: 0.68; }
  h1, span[id^="document-"] + section { break-before: page; }
  main h1:first-child { break-before: auto; }
  pre { white-space: pre-wrap !important; overflow-wrap: anywhere; }
  img, figure, table, .admonition, .cell_input { break-inside: avoid; }
  h1, h2, h3, h4 { break-after: avoid; }
"""
PREPARE = """async () => {
  document.documentElement.dataset.mode = document.documentElement.dataset.theme = "light";
  document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]').forEach((view) => {
    const cell = view.closest(".cell_output") ?? view.parentElement;
    cell.remove();
  });
  document.querySelectorAll("details").forEach((fold) => { fold.open = true; });
  document.querySelectorAll("a.enlarge").forEach((link) => link.replaceWith(...link.childNodes)); // no picture lies beside a PDF
  document.querySelectorAll(".toggle-hidden").forEach((fold) => fold.classList.remove("toggle-hidden"));
  document.querySelectorAll("img[loading]").forEach((image) => { image.loading = "eager"; });
  await document.fonts.ready;
  await window.MathJax?.startup?.promise;
  await Promise.all([...document.images].map((image) => image.decode().catch(() => null)));
}"""


def find_chromium() -> str | None:
    """Path of an installed Chromium, or None: then playwright's own is tried."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


def serve(folder: Path) -> http.server.ThreadingHTTPServer:
    """A running web server for ``folder`` on a free port of this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def print_page(browser: Browser, address: str, target: Path) -> None:
    """Print the page at ``address`` on A4 with page numbers and an outline."""
    page = browser.new_page()
    page.goto(address, wait_until="load", timeout=PATIENCE)
    page.evaluate(PREPARE)
    page.add_style_tag(content=PAPER)
    page.pdf(
        path=target,
        prefer_css_page_size=True,
        print_background=True,
        outline=True,
        tagged=True,
        display_header_footer=True,
        header_template="<span></span>",
        footer_template=FOOTER,
    )
    page.close()


def main() -> int:
    """Build the single page, print it, say where it is."""
    build = [str(Path(sys.executable).parent / "jupyter-book"), "build", "."]
    subprocess.run([*build, "--builder", "custom", "--custom-builder", "singlehtml"], cwd=ROOT, check=True)
    # Sphinx writes the page's addresses as seen from the root folder, and the page itself into book/
    shutil.copy(SINGLE / "book" / "intro.html", SINGLE / "print.html")
    server = serve(SINGLE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        print_page(browser, f"http://127.0.0.1:{server.server_port}/print.html", TARGET)
        browser.close()
    server.shutdown()
    print(f"{TARGET}: {TARGET.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
