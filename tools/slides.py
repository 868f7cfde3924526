"""Make the slides of the 90-minute session out of cells of the chapters, and put them beside the built book.

`make book` does so once the pages stand, and the page for teachers leads there.

The order is that of the plan, book/teaching.md, which names its slides in italics; slides that it does not name are for
the lab and stand at the end. The plan has cells with slides of its own, the votes. One of these takes the place of a
chapter's slide with its title.

A cell with the tag `slide` becomes a slide: a code cell shows its picture, a text cell its first formula. The cell's
metadata may hold `slide`, a table (or a list of tables, for several slides) with any of

    vote     the name of a vote of `bumpbook.frame.votes`, which gives title and lines
    title    the heading; without it, the heading that the cell stands under
    lines    a list of short lines, in Markdown with $maths$
    finding  the name of a finding: its sentence, computed now, stands below the lines
    show     which picture or formula of the cell, counted from 1; 0 for none
    crop     the part of the picture to show: left, top, right, bottom as shares of it; several parts stand one below the other
    footer   what stands at the foot in place of the chapter
    live     what to run in the notebook at this point
    notes    what to say and to ask: the speaker's view (key S) shows it

Outputs come from the book's execution cache. The scripts come from tools/node_modules, where `make vendor` put them.
"""

import argparse
import base64
import io
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import jinja2
import nbformat
from jupyter_cache import get_cache
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbclient import NotebookClient
from PIL import Image

from bumpbook.frame.votes import vote

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / "tools"
PLAN = ROOT / "book" / "teaching.md"
SESSION = re.compile(r"^## The session of 90 minutes$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"^\*([^*\n]+(?:\n[^*\n]+)*)\*$", re.MULTILINE)
SCRIPTS = {
    "reveal.js": "reveal.js/dist/reveal.js",
    "reveal.css": "reveal.js/dist/reveal.css",
    "notes.js": "reveal.js/dist/plugin/notes.js",
    "mathjax.js": "mathjax/es5/tex-svg.js",  # one file: its glyphs are outlines, so that no font has to be fetched
}
KEYS = {"vote", "title", "lines", "finding", "show", "crop", "footer", "live", "notes"}
WIDE = 1.9  # pictures of this aspect and above stand over their lines, others beside them

FORMULA = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
HEADING = re.compile(r"^#{1,3} +(.+?)\s*$", re.MULTILINE)
ROLE = re.compile(r"\{[a-z:]+\}`([^`<]+?)\s*(?:<[^`]*>)?`")


@dataclass
class Slide:
    """One slide, ready for the template; the texts in `title`, `lines`, `finding`, `live` and `notes` are HTML."""

    chapter: str
    title: str
    name: str = ""  # the title as it was written
    lines: list[str] = field(default_factory=list)
    finding: str = ""
    formula: str = ""
    picture: Image.Image | None = None
    alt: str = ""
    live: str = ""
    notes: str = ""
    file: str = ""  # where the picture is written, seen from the page

    @property
    def layout(self) -> str:
        """The arrangement, a class of slides.css."""
        if self.picture is None:
            return "words"
        return "wide" if self.picture.width / self.picture.height >= WIDE else "beside"


def html(text: str) -> str:
    """Inline Markdown as HTML; maths stays as TeX for MathJax, and a role of MyST is left as its bare words."""
    markdown = MarkdownIt("commonmark", {"html": False})
    markdown.use(dollarmath_plugin, renderer=lambda tex, _: rf"\({_escape(tex)}\)")
    return markdown.renderInline(ROLE.sub(r"\1", text)).strip()


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def read(path: Path) -> nbformat.NotebookNode:
    """A notebook, or a page of the book that has code cells, in MyST."""
    if path.suffix == ".ipynb":
        return nbformat.read(path, 4)
    from myst_nb.core.read import read_myst_markdown_notebook

    return read_myst_markdown_notebook(path.read_text(encoding="utf-8"), path=path)


def in_the_plan(plan: str) -> list[str]:
    """Titles of the slides that a plan's session names, in its order."""
    session = SESSION.search(plan)
    lines = NAMED.findall(session[1]) if session else []
    return [title for line in lines for title in " ".join(line.split()).split(" · ")]


def ordered(of_chapters: list[Slide], of_plan: list[Slide], plan: str) -> list[Slide]:
    """The deck: what the ``plan`` names, in its order, then the rest.

    Raises ValueError for a title that the plan names and no slide has, and for one that two slides of a kind have.
    """
    deck = {}
    for kind in (of_chapters, of_plan):
        names = [slide.name for slide in kind]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two slides are called {sorted(twice)[0]!r}; the plan could mean either")
        deck |= {slide.name: slide for slide in kind}
    named = in_the_plan(plan)
    if missing := [name for name in named if name not in deck]:
        raise ValueError(f"the plan names the slide {missing[0]!r}, which no cell makes")
    return [deck.pop(name) for name in named] + list(deck.values())


def executed(path: Path, cache: Path) -> nbformat.NotebookNode:
    """The notebook with its outputs: from the execution cache where it is there as it stands now, else executed."""
    notebook = read(path)
    if cache.is_dir():
        try:
            return get_cache(cache).merge_match_into_notebook(notebook)[1]
        except KeyError:
            pass
    print(f"{path.name} is not in {cache} as it stands now: executing it", flush=True)
    NotebookClient(notebook, timeout=900, resources={"metadata": {"path": str(path.parent)}}).execute()
    return notebook


def pictures(cell: nbformat.NotebookNode) -> list[Image.Image]:
    """The PNG pictures among the outputs of a code cell."""
    data = [output.get("data", {}).get("image/png") for output in cell.get("outputs", [])]
    return [Image.open(io.BytesIO(base64.b64decode(png))) for png in data if png]


def choose(items: list, number: int, where: str, what: str):
    """Item ``number``, counted from 1; None for 0. Raises ValueError, naming the cell, when there are fewer."""
    if not 0 <= number <= len(items):
        raise ValueError(f"{where}: show is {number}; the cell has {len(items)} {what}")
    return items[number - 1] if number else None


def slide_of(cell: nbformat.NotebookNode, wish: dict, chapter: str, heading: str, finding) -> Slide:
    """One slide of a cell. Raises ValueError, naming the cell, for a wish that it cannot fulfil."""
    where = f"{chapter}, cell {cell.get('id')!r}"
    if unknown := set(wish) - KEYS:
        raise ValueError(f"{where}: slide has {sorted(unknown)}; allowed are {', '.join(sorted(KEYS))}")
    if "vote" in wish:
        asked = vote(wish["vote"])
        wish = {"title": asked.title, "lines": list(asked.lines)} | wish
    name = wish.get("title", heading)
    slide = Slide(
        wish.get("footer", chapter), html(name), name, [html(line) for line in wish.get("lines", [])]
    )
    slide.live, slide.notes = html(wish.get("live", "")), html(wish.get("notes", ""))
    if "finding" in wish:
        slide.finding = html(finding(wish["finding"]))
    if cell.cell_type != "code":
        formulas = FORMULA.findall(cell.source)
        slide.formula = choose(formulas, wish.get("show", min(1, len(formulas))), where, "formulas") or ""
        return slide
    slide.picture = choose(pictures(cell), wish.get("show", 1), where, "pictures")
    if slide.picture is not None:
        slide.alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        if not slide.alt:
            raise ValueError(f"{where}: its picture has no alt text (metadata mystnb.image.alt)")
        if "crop" in wish:
            slide.picture = crop(slide.picture, wish["crop"], where)
    return slide


def crop(picture: Image.Image, shares: list, where: str) -> Image.Image:
    """The part of a picture between left, top, right and bottom, shares of its width and height, or several parts below each other."""
    parts = shares if shares and isinstance(shares[0], list) else [shares]
    for part in parts:
        if len(part) != 4 or not (0 <= part[0] < part[2] <= 1 and 0 <= part[1] < part[3] <= 1):
            raise ValueError(
                f"{where}: crop is {part}; allowed are left < right and top < bottom within 0 to 1"
            )
    size = picture.size * 2
    cut = [picture.crop([round(s * length) for s, length in zip(part, size, strict=True)]) for part in parts]
    whole = Image.new(picture.mode, (max(c.width for c in cut), sum(c.height for c in cut)), "white")
    for number, part in enumerate(cut):
        whole.paste(part, (0, sum(above.height for above in cut[:number])))
    return whole


def slides_of(notebook: nbformat.NotebookNode, name: str, finding) -> list[Slide]:
    """The slides of one executed notebook, in the order of its cells; ``finding`` turns a name into a sentence."""
    found, heading, chapter = [], "", name
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (headings := HEADING.findall(cell.source)):
            if cell.source.lstrip().startswith("# ") and not found:
                number = name.split("_")[0]
                chapter = f"{int(number)} · {headings[0]}" if number.isdigit() else headings[0]
            heading = headings[0]
        tagged, wishes = "slide" in cell.metadata.get("tags", []), cell.metadata.get("slide", {})
        if wishes and not tagged:
            raise ValueError(
                f"{chapter}, cell {cell.get('id')!r}: has slide metadata but not the tag `slide`"
            )
        for wish in (wishes if isinstance(wishes, list) else [wishes]) if tagged else []:
            found.append(slide_of(cell, wish, chapter, heading, finding))
        if cell.cell_type == "markdown" and headings:
            heading = headings[-1]
    return found


def write(slides: list[Slide], title: str, folder: Path) -> None:
    """Write index.html with everything that it loads, then put it in place of ``folder`` in one step."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        new = Path(scratch) / "slides"
        (new / "pictures").mkdir(parents=True)
        for number, slide in enumerate(slides, start=1):
            if slide.picture is not None:
                slide.file = f"pictures/{number:02d}.png"
                slide.picture.save(new / slide.file, optimize=True)
        for name, source in SCRIPTS.items():
            if not (TOOLS / "node_modules" / source).is_file():
                sys.exit(f"tools/node_modules/{source} is missing: run `make vendor`")
            shutil.copyfile(TOOLS / "node_modules" / source, new / name)
        shutil.copyfile(TOOLS / "slides.css", new / "slides.css")
        template = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(
            (TOOLS / "slides.html.jinja").read_text(encoding="utf-8")
        )
        (new / "index.html").write_text(template.render(slides=slides, title=title), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        new.rename(folder)


def main() -> None:
    """Make the slides of all chapters that have some."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, default=ROOT / "_build" / ".jupyter_cache")
    parser.add_argument("--out", type=Path, default=ROOT / "_build" / "html" / "_static" / "slides")
    parser.add_argument("notebooks", type=Path, nargs="*", help="default: all of notebooks/")
    wanted = parser.parse_args()
    from bumpbook.frame.findings import finding

    made = lambda path: slides_of(executed(path, wanted.cache), path.stem, lambda name: finding(name).data)
    slides = []
    for path in wanted.notebooks or sorted((ROOT / "notebooks").glob("*.ipynb")):
        if any("slide" in cell.metadata.get("tags", []) for cell in read(path).cells):
            slides += made(path)
    if not slides:
        sys.exit("no cell has the tag `slide`")
    if not wanted.notebooks:
        slides = ordered(slides, made(PLAN), PLAN.read_text(encoding="utf-8"))
    write(slides, slides[0].title, wanted.out)
    print(f"{len(slides)} slides: {wanted.out / 'index.html'}")


if __name__ == "__main__":
    main()
