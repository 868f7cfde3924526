"""The percolation playground: sites appear in one random order, and at some density a cluster takes over."""

import math

import anywidget
import traitlets as t

from bumpworld.instruments.lattice import LARGE_RANGE, SITE_THRESHOLDS, interaction_radius

from .bundle import script, style


class Lattice(anywidget.AnyWidget):
    """A lattice of bump labels filled at random, clusters coloured, the largest lit and plotted against the density.

    Labels are joined when their bumps overlap by ``threshold`` or more, that is, up to
    `bumpworld.instruments.overlap.interaction_radius` (sigma, threshold, spacing) lattice steps apart. There is one random order of
    the sites for each size and seed, so that a growing density adds sites and moves none. Everything is computed in
    the browser, with a union-find forest of its own; all traits can be set from Python and by hand.

    Traits
    ------
    size : sites along a side, 2 to 512.
    sigma : width of the bumps in pixels, above 0.
    spacing : distance of neighbouring labels in pixels, above 0.
    threshold : least overlap that joins two labels, between 0 and 1.
    density : fraction of the sites that are occupied, 0 to 1.
    periodic : join opposite edges, so that the lattice is a torus.
    seed : which random order, 0 to 2^31 - 1.

    Raises
    ------
    TraitError : for a value of another type or outside what is stated here, and for a reach above 64 steps, which a
        browser cannot follow.
    """

    _esm = script("lattice.js")
    _css = style("frame.css") + style("lattice.css")

    size = t.Int(128, min=2, max=512).tag(sync=True)
    sigma = t.Float(1.0).tag(sync=True)
    spacing = t.Float(1.0).tag(sync=True)
    threshold = t.Float(0.005).tag(sync=True)
    density = t.Float(0.05, min=0.0, max=1.0).tag(sync=True)
    periodic = t.Bool(True).tag(sync=True)
    seed = t.Int(0, min=0, max=2**31 - 1).tag(sync=True)
    _site_thresholds = t.Dict().tag(sync=True)
    _large_range = t.Float(LARGE_RANGE).tag(sync=True)

    FARTHEST = 64  # lattice steps: 12,867 neighbours a site

    @t.default("_site_thresholds")
    def _published(self):
        return {str(z): p for z, p in SITE_THRESHOLDS.items()}

    @t.validate("sigma", "spacing")
    def _positive(self, proposal):
        value, name = proposal.value, proposal.trait.name
        if not (math.isfinite(value) and value > 0):
            raise t.TraitError(f"{name} is {value!r}; allowed are finite numbers above 0")
        return self._check_reach(name, value)

    @t.validate("density")
    def _fraction(self, proposal):
        if not 0 <= proposal.value <= 1:  # the trait's own bounds let NaN through
            raise t.TraitError(f"density is {proposal.value!r}; allowed are fractions from 0 to 1")
        return proposal.value

    @t.validate("threshold")
    def _overlap(self, proposal):
        if not 0 < proposal.value < 1:
            raise t.TraitError(f"threshold is {proposal.value!r}; allowed are overlaps between 0 and 1")
        return self._check_reach("threshold", proposal.value)

    def _check_reach(self, name, value):
        """``value``, unless the traits together ask for more neighbours than a browser can follow."""
        now = {"sigma": self.sigma, "threshold": self.threshold, "spacing": self.spacing, name: value}
        reach = interaction_radius(now["sigma"], now["threshold"], now["spacing"])
        if reach > self.FARTHEST:
            raise t.TraitError(
                f"{name} is {value!r}: bumps would reach {reach:.0f} steps; allowed is up to {self.FARTHEST}"
            )
        return value
