"""What tests and fixtures share: where things are, and a way to skip that nobody overlooks."""

import importlib.util
import os
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "_build" / "html"
IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}

not_checked: set[str] = set()


def cannot_check(reason: str) -> NoReturn:
    """Skip the current test loudly (see the end of the run), or fail it when CI=true."""
    if IN_CI:
        pytest.fail(reason, pytrace=False)
    not_checked.add(reason)
    pytest.skip(reason)


def built_pages() -> list[Path]:
    """Return every page of the built book, sorted; empty when there is none."""
    return sorted(page for page in BOOK.rglob("*.html") if "_static" not in page.relative_to(BOOK).parts)


def load_extension(name: str):
    """The module book/_ext/``name``.py, which lies in no package. Skips the test where Sphinx is missing."""
    pytest.importorskip("sphinx")
    spec = importlib.util.spec_from_file_location(name, ROOT / "book" / "_ext" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def assert_house_figure(draw) -> None:
    """A drawing function leaves a closed Figure as wide as a page, in a second layout as wide as a phone, and changes no global setting."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    from bumpbook.frame import layouts, style

    before = dict(mpl.rcParams)
    figure = draw()
    assert isinstance(figure, mpl.figure.Figure)
    assert figure.number not in plt.get_fignums()
    assert dict(mpl.rcParams) == before
    assert figure.get_figwidth() == style.WIDTH
    if figure.draw_narrow is not None:
        assert figure.draw_narrow().get_figwidth() == layouts.NARROW


def assert_fits_a_phone(figure) -> None:
    """A figure's second layout is as wide as a phone, nothing sticks out of it, and no title stands in another."""
    from itertools import combinations

    from bumpbook.frame.layouts import NARROW

    narrow = figure.draw_narrow()
    narrow.draw_without_rendering()
    assert narrow.get_figwidth() == NARROW
    titles = [axes.title.get_window_extent() for axes in narrow.axes if axes.get_title()]
    drawn = narrow.get_tightbbox()  # in inches, without the numbers beyond an axis' ends
    assert drawn.x0 >= -0.02 and drawn.x1 <= NARROW + 0.02
    assert not any(a.overlaps(b) for a, b in combinations(titles, 2))


def onnx_session(file: bytes):
    """An ONNX file opened by ONNX Runtime, on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(file, options)
