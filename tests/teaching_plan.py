"""The teacher's plan as its tests read it: the page, its parts, the chapters that it names, and what slides ask for."""

import re
import sys

import nbformat

from bumpbook.frame import votes
from shared import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import slides

PAGE = (ROOT / "book" / "teaching.md").read_text(encoding="utf-8")


def plan(title: str) -> str:
    """The part of the page under a heading of the second level."""
    return re.search(rf"^## {title}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)[1]


def chapter(number: int) -> nbformat.NotebookNode:
    return nbformat.read(next((ROOT / "notebooks").glob(f"{number:02d}_*.ipynb")), 4)


def wishes(path) -> list[dict]:
    """The slides that the cells of a chapter or page ask for, votes with their titles."""
    found = []
    for cell in slides.read(path).cells:
        if "slide" in cell.metadata.get("tags", []):
            wish = cell.metadata.get("slide", {})
            found += wish if isinstance(wish, list) else [wish]
    return [{"title": votes.vote(w["vote"]).title, **w} if "vote" in w else dict(w) for w in found]
