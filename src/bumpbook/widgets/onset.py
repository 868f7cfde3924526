"""Measured accuracy beside the clusters of the training labels: choose width, spacing and amount, and see who foretold what."""

from collections.abc import Mapping
from functools import partial

import anywidget
import traitlets as t

from bumpbook.frame import given
from bumpworld import checks
from bumpworld.instruments import arrays
from bumpworld.instruments.overlap import interaction_radius

from .bundle import script, style

__all__ = ["Onset"]


class Onset(anywidget.AnyWidget):
    """Training labels in their frame, clusters coloured, beside the share of unseen labels that networks drew right.

    Two labels are linked when the cosine of their images reaches .005. Beside them stand the networks of this width and
    spacing, and, for each explanation that is ticked, the number of labels at which it foretold the onset.

    Parameters
    ----------
    cells : a dict for each pair of ``sigma`` and ``spacing`` (px): ``shares`` from a number of labels (as text) to the
        shares right of its networks (no key where none is finished), and ``onsets`` from an explanation to its number of
        labels, None where it never comes. All widths must occur with all spacings.
    places : for each spacing (as text) labels (x, y) in the order in which larger training sets take them up.
    amounts : numbers of labels, rising.
    size : side of the frame, px.

    Traits
    ------
    sigma, spacing, amount : which of the values is shown, counted from 0.
    shown : explanations whose marks are drawn.

    Raises
    ------
    ValueError : for cells that are no full table, or with other explanations than the first.
    TraitError : for a trait outside of what there is.
    """

    _esm = script("onset.js")
    _css = style("frame.css") + style("onset.css")

    sigma = t.Int(0, min=0).tag(sync=True)
    spacing = t.Int(0, min=0).tag(sync=True)
    amount = t.Int(0, min=0).tag(sync=True)
    shown = t.List(t.Unicode()).tag(sync=True)
    _cells = t.List(t.Dict()).tag(sync=True)
    _places = t.Dict().tag(sync=True)
    _amounts = t.List(t.Int()).tag(sync=True)
    _widths = t.List(t.Float()).tag(sync=True)
    _spacings = t.List(t.Float()).tag(sync=True)
    _names = t.List(t.Unicode()).tag(sync=True)
    _size = t.Int().tag(sync=True)
    # reach of a link in widths of the bump
    _kappa = t.Float(interaction_radius(1.0)).tag(sync=True)

    def __init__(self, cells: list[dict], places: dict, amounts: list[int], size: int = 16, **traits):
        cells, size = arrays.several("cells", cells, _cell), checks.whole("size", size, 2)
        amounts = arrays.several("amounts", amounts, partial(checks.whole, least=1))
        checks.need(list(amounts) == sorted(set(amounts)), "amounts", amounts, "are rising numbers")
        places = given.named("places", places, _places)
        widths, spacings = ([*dict.fromkeys(float(c[name]) for c in cells)] for name in ("sigma", "spacing"))
        if len(cells) != len(widths) * len(spacings):
            raise ValueError(
                f"{len(cells)} cells for {len(widths)} widths and {len(spacings)} spacings; needed is one for each pair"
            )
        names = list(cells[0]["onsets"])
        for cell in cells:
            if list(cell["onsets"]) != names:
                raise ValueError(
                    f"the cell at {cell['sigma']}, {cell['spacing']} has other explanations than the first;"
                    f" allowed are {', '.join(names)}"
                )
        missing = [d for d in spacings if f"{d:g}" not in places]
        if missing:
            raise ValueError(f"places lack the spacings {missing}; needed are labels for each")
        super().__init__(
            _cells=list(cells),
            _places=places,
            _amounts=list(amounts),
            _widths=sorted(widths),
            _spacings=sorted(spacings),
            _names=names,
            _size=size,
            **traits,
        )

    @t.validate("sigma", "spacing", "amount")
    def _exists(self, proposal):
        values = {"sigma": self._widths, "spacing": self._spacings, "amount": self._amounts}[
            proposal.trait.name
        ]
        if values and not 0 <= proposal.value < len(values):
            raise t.TraitError(
                f"{proposal.trait.name} is {proposal.value}; allowed are 0 to {len(values) - 1}"
            )
        return proposal.value

    @t.validate("shown")
    def _known(self, proposal):
        unknown = [name for name in proposal.value if self._names and name not in self._names]
        if unknown:
            raise t.TraitError(f"shown is {proposal.value!r}; allowed are {', '.join(self._names)}")
        return proposal.value


def _cell(name: str, value) -> dict:
    """A cell in plain Python, its shares from 0 to 1 and its onsets numbers of labels or None."""
    found = {key: checks.number(key, given.under(name, value, key), above=0) for key in ("sigma", "spacing")}
    for key, plain in (("shares", _shares), ("onsets", _labels_or_never)):
        kept = checks.instance(key, given.under(name, value, key), Mapping)
        found[key] = {word: plain(f"{key}[{word!r}]", number) for word, number in kept.items()}
    return found


def _shares(name: str, values) -> list[float]:
    return list(arrays.several(name, values, partial(checks.number, least=0, most=1)))


def _labels_or_never(name: str, value) -> float | None:
    return None if value is None else checks.number(name, value, least=0)


def _places(name: str, value) -> list[list[float]]:
    return checks.numbers(name, value, "n", 2).tolist() if len(checks.instance(name, value, list)) else []
