"""What stands at the head of chapter 4."""

from bumpbook.frame import findings
from bumpbook.frame.findings import register

from .law_findings import which
from .told_findings import larger
from .turn_findings import turned


@register("interpolation-in-short")
def in_short() -> str:
    """The findings of the chapter, without what is behind them."""
    return findings.in_short(turned(), larger(), which())
