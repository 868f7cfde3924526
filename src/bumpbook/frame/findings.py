"""Sentences of the book whose numbers are computed while the page builds: `finding("worlds-overlap")` displays one.

A verdict is a function that returns Markdown, registered under a name in the file of its chapter. No number in it is
typed: each comes from a formula, from a drawing made now, or from a record in the store.
"""

import importlib
from collections.abc import Callable, Iterable
from functools import cache

from bumpworld.instruments.spread import minus as minus  # what findings write
from bumpworld.instruments.spread import percentage, spread, write
from bumpworld.store import ResultError, Store

from . import rooms


class Unsupported(Exception):
    """The data no longer support a sentence of the book, which the message names: the build must fail."""


MISSING = "**Not measured here.**"
_REGISTRY: dict[str, Callable[[], str]] = {}
# what a page's reading time has counted in a folder of results and the page has not shown yet
_COUNTED: dict[tuple[Callable[[], str], Store], str] = {}


def origin(write: Callable[[], str]) -> str:
    """The module that a verdict was written in."""
    return getattr(write, "func", write).__module__  # a partial has no module of its own


def register(name: str) -> Callable[[Callable[[], str]], Callable[[], str]]:
    """Decorator: make a function without arguments that returns Markdown the verdict ``name``."""

    def keep(write: Callable[[], str]) -> Callable[[], str]:
        if name in _REGISTRY and origin(_REGISTRY[name]) != origin(write):
            raise ValueError(f"verdict {name!r} is already registered in {origin(_REGISTRY[name])}")
        _REGISTRY[name] = write
        return write

    return keep


def names() -> tuple[str, ...]:
    """Names of all verdicts, sorted."""
    _load_chapters()
    return tuple(sorted(_REGISTRY))


def finding(name: str):
    """The verdict ``name`` as IPython Markdown, which a notebook cell displays.

    Where a record that it needs is missing or damaged, it says so and names the command that makes it. Raises
    ValueError for an unknown name.
    """
    from IPython.display import Markdown

    _load_chapters()
    if not isinstance(name, str) or name not in _REGISTRY:
        raise ValueError(f"verdict is {name!r}; allowed are {', '.join(names())}")
    try:
        write = _REGISTRY[name]
        return Markdown(_COUNTED.pop((write, Store()), None) or write())
    except (ResultError, FileNotFoundError) as error:
        return Markdown(
            f"{MISSING} The numbers of this sentence come from a result that cannot be read: {error}. "
            "`make results` trains what is missing."
        )


def counted(name: str) -> str:
    """The Markdown of ``name``, which the next `finding` of it shows without working it out again; else as `finding`."""
    text = finding(name).data
    if not text.startswith(MISSING):
        _COUNTED[_REGISTRY[name], Store()] = text
    return text


def state(sentence: str, holds: bool, evidence: str = "") -> str:
    """``sentence`` where the data support it, with the ``evidence`` (Markdown) folded away behind it.

    Raises `Unsupported` where they do not: nothing rewrites a finding but its author.
    """
    if not holds:
        raise Unsupported(f"the results no longer support this sentence; rewrite it: {sentence!r}")
    if not evidence:
        return sentence
    # the blank lines let Markdown go on inside
    return (
        f'{sentence}\n\n<details class="evidence"><summary>How we know</summary>\n\n{evidence}\n\n</details>'
    )


def in_short(*stated: str) -> str:
    """Sentences of `state` as a list, without what is folded behind them."""
    return "\n".join(f"* {text.split('<details', 1)[0].strip()}" for text in stated)


def percent(values: Iterable[float] | float) -> str:
    """A share as a percentage, "97 %", and the mean of several in the wording of `spread.write`.

    Raises ValueError for no values.
    """
    values = [values] if isinstance(values, (int, float)) else list(values)
    if not values:
        raise ValueError("no values to state; needed is at least one")
    if len(values) == 1:
        return percentage(values[0])
    return write(spread(values, share=True), percent=True)


def interval(found, form: str = ".2f", unit: str = "") -> str:
    """The first three numbers of ``found``, a value and its ends: "0.50 (0.25 to 0.75)"; a ``unit`` follows the value."""
    value, low, high = (minus(number, form) for number in found[:3])
    return f"{value}{unit} ({low} to {high})"


def listed(words: Iterable[str]) -> str:
    """Words one after the other: "a", "a and b", "a, b and c". Raises ValueError for none."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


_OF_THE_FRAME = (
    "pages",
    "found_inside",
    "found_drawings",
    "board",
    "board_sums",
    "claim_findings",
    "teaching_findings",
    "teaching_ideas",
    "votes",
    "votes_key",
)


@cache
def _load_chapters() -> None:
    """Import every room's findings and the frame's own once, so that each registers its sentences."""
    rooms.modules("findings")
    for name in _OF_THE_FRAME:
        importlib.import_module(f"bumpbook.frame.{name}")
