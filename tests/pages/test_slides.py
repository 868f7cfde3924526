"""Slides are made from tagged cells: which cells, what they show, and what is refused."""

import base64
import io
import sys

import nbformat
import pytest
from bs4 import BeautifulSoup
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from PIL import Image

from shared import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import slides as tool

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SENTENCES = {"known": "Right: **7** of 9 in {doc}`chapter 2 <ch2>`."}.__getitem__


def png(width: int, height: int) -> str:
    """A picture, left half black and right half white, as notebooks hold it."""
    picture = Image.new("L", (width, height), 0)
    picture.paste(255, (width // 2, 0, width, height))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def drawn(wish: dict | list | None, width: int = 400, height: int = 100, tagged: bool = True):
    """A code cell whose output is a picture; `wish` is its slide metadata."""
    metadata = {"mystnb": {"image": {"alt": "Black and white."}}, "tags": ["slide"] if tagged else []}
    output = nbformat.v4.new_output("display_data", {"image/png": png(width, height)})
    return nbformat.v4.new_code_cell(
        "draw()", outputs=[output], metadata=metadata | ({} if wish is None else {"slide": wish})
    )


def written(text: str, wish: dict):
    return nbformat.v4.new_markdown_cell(text, metadata={"tags": ["slide"], "slide": wish})


def made(*cells) -> list[tool.Slide]:
    title = nbformat.v4.new_markdown_cell("# A chapter\n\nWords.\n\n## Its section")
    return tool.slides_of(nbformat.v4.new_notebook(cells=[title, *cells]), "04_chapter", SENTENCES)


def test_only_tagged_cells_become_slides_in_their_order():
    cells = [drawn({"title": "One"}), drawn(None, tagged=False), written("Text.", {"title": "Two"})]
    assert [slide.title for slide in made(*cells)] == ["One", "Two"]


def test_a_tag_alone_takes_the_heading_above_and_the_picture():
    (slide,) = made(drawn(None))
    assert (slide.title, slide.chapter, slide.alt) == ("Its section", "4 · A chapter", "Black and white.")
    assert slide.picture.size == (400, 100) and not slide.lines


def test_a_cell_can_make_several_slides():
    first, second = made(drawn([{"title": "Guess", "show": 0}, {"title": "See"}]))
    assert first.picture is None and second.picture is not None


def test_crop_keeps_the_named_part():
    (slide,) = made(drawn({"crop": [0.5, 0, 1, 0.5]}))
    assert slide.picture.size == (200, 50)
    assert slide.picture.getextrema() == (255, 255)  # the white half


def test_several_parts_stand_below_each_other_at_their_own_place():
    """A row of panels and, without the rows between, the axis that all share."""
    (slide,) = made(drawn({"crop": [[0, 0, 1, 0.5], [0.5, 0.9, 1, 1]], "footer": "Elsewhere"}))
    assert slide.picture.size == (400, 60) and slide.chapter == "Elsewhere"
    assert slide.picture.crop((0, 0, 200, 50)).getextrema() == (0, 0)
    assert slide.picture.crop((0, 50, 200, 60)).getextrema() == (
        255,
        255,
    )  # the second part begins at the left


def test_the_layout_follows_the_picture():
    layouts = [
        slide.layout for slide in made(drawn(None, 400, 100), drawn(None, 120, 100), drawn({"show": 0}))
    ]
    assert layouts == ["wide", "beside", "words"]


def test_text_cells_show_the_formula_that_is_asked_for():
    text = "Words $$a = b$$ and\n\n$$\nc < d\n$$"
    slides = made(*(written(text, {"show": show}) for show in (0, 1, 2)), written(text, {}))
    assert [slide.formula.strip() for slide in slides] == ["", "a = b", "c < d", "a = b"]


def test_lines_are_markdown_with_maths_and_verdicts_are_computed():
    (slide,) = made(drawn({"lines": ["*Only* $x_1 < 2$ & `code_a`"], "finding": "known"}))
    assert slide.lines == [
        r'<em>Only</em> <span class="math inline">\(x_1 &lt; 2\)</span> &amp; <code>code_a</code>'
    ]
    assert slide.finding == "Right: <strong>7</strong> of 9 in chapter 2."


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (drawn({"caption": "x"}), "caption.*allowed are"),
        (drawn({"show": 2}), "show is 2; the cell has 1 pictures"),
        (drawn({"crop": [0.5, 0, 0.2, 1]}), "crop is"),
        (drawn({"crop": [[0, 0, 1, 0.5], [0, 0.9, 1, 0.8]]}), "crop is .*0.8"),
        (drawn({"crop": []}), "crop is"),
        (drawn({"title": "x"}, tagged=False), "not the tag"),
        (written("No formula.", {"show": 1}), "0 formulas"),
    ],
)
def test_what_cannot_be_done_is_said_with_the_cell(cell, message):
    with pytest.raises(ValueError, match=message) as error:
        made(cell)
    assert repr(cell.id) in str(error.value)


def test_a_picture_needs_its_words():
    cell = drawn(None)
    del cell.metadata["mystnb"]
    with pytest.raises(ValueError, match="alt text"):
        made(cell)


def test_outputs_come_from_the_cache_and_a_changed_cell_is_executed(tmp_path, capsys):
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("6 * 7", metadata={"tags": ["slide"]})]
    )
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path, folder = tmp_path / "01_small.ipynb", tmp_path / "cache"
    nbformat.write(notebook, path)
    run = nbformat.read(path, 4)
    run.cells[0].outputs = [nbformat.v4.new_output("stream", text="from the cache")]
    run.cells[0].execution_count = 1
    get_cache(folder).cache_notebook_bundle(CacheBundleIn(run, str(path)), check_validity=False)
    assert tool.executed(path, folder).cells[0].outputs[0].text == "from the cache"
    notebook.cells[0].source = "6 * 8"
    nbformat.write(notebook, path)
    assert tool.executed(path, folder).cells[0].outputs[0].data["text/plain"] == "48"
    assert "executing it" in capsys.readouterr().out


def test_the_page_asks_for_nothing_that_is_not_beside_it(tmp_path):
    if not (ROOT / "tools" / "node_modules" / "reveal.js").is_dir():
        pytest.skip("the page scripts are missing: run `make vendor`")
    tool.write(made(drawn({"notes": "Say <this>."}), written("$$a$$", {})), "A <b>talk</b>", tmp_path / "out")
    page = BeautifulSoup((tmp_path / "out" / "index.html").read_text(), "html.parser")
    wanted = [tag.get("src") or tag.get("href") for tag in page.find_all(["script", "link", "img"])]
    assert wanted and all((tmp_path / "out" / name).is_file() for name in wanted if name)
    assert len(page.select(".slides > section")) == 2
    assert page.select_one("aside.notes").text == "Say <this>." and page.title.text == "A talk"


def test_the_chapters_make_a_session_of_readable_slides():
    """The session's slides are twenty to thirty, short, without a typed number of a result, and all verdicts exist."""
    from bumpbook.frame.findings import names

    wishes = []
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, 4).cells:
            if "slide" in cell.metadata.get("tags", []):
                wish = cell.metadata.get("slide", {})
                wishes += wish if isinstance(wish, list) else [wish]
    assert 20 <= len(wishes) <= 30
    for wish in wishes:
        assert set(wish) <= tool.KEYS
        assert len(wish.get("lines", [])) <= 3 and all(len(line) <= 75 for line in wish.get("lines", []))
        assert wish.get("finding") in {None, *names()}
        assert "%" not in "".join(wish.get("lines", []))


def named(*titles):
    return [tool.Slide("1", title, title) for title in titles]


PLAN = "## The session of 90 minutes\n\n*B · C\nd*\n\ntext *not this* one\n\n*V*\n\n## The lab\n\n*A*\n"


def test_the_deck_has_the_order_of_the_plan_and_the_lab_s_slides_at_the_end():
    own = named("V", "B")
    deck = tool.ordered(named("A", "B", "C d", "E"), own, PLAN)
    assert [slide.name for slide in deck] == ["B", "C d", "V", "A", "E"]
    assert deck[0] is own[1]  # the plan's own takes the chapter's place


def test_slides_that_the_plan_cannot_find_or_tell_apart_are_named():
    with pytest.raises(ValueError, match="'V'"):
        tool.ordered(named("B", "C d"), [], PLAN)
    with pytest.raises(ValueError, match="two slides are called 'B'"):
        tool.ordered(named("B", "B", "C d"), named("V"), PLAN)


def test_a_vote_brings_its_title_and_its_lines():
    (slide,) = made(drawn({"vote": "hole"}))
    assert slide.title == "Vote: a hole in the middle" and "Ask for (8, 7). What comes?" in slide.lines
    with pytest.raises(ValueError, match="vote is 'none'"):
        made(drawn({"vote": "none"}))
