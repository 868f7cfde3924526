"""What the explanations of the onset are, in a table for the page: their names stand in its findings and figures."""

from bumpbook.frame.findings import listed, register
from bumpbook.frame.pages import markdown_table

from . import rivals


@register("percolation-rivals")
def contestants() -> str:
    """Each explanation of the contest beside the one number that it gives for a label; versions of percolation in one row for each kind."""
    ours = [rival for rival in rivals.RIVALS if rival.family == rivals.PERCOLATION]
    others = [rival for rival in rivals.RIVALS if rival not in ours]
    rows = [(rivals.shown(rival.name), rival.words) for rival in (*others, rivals.KERNEL)]
    rows += [(f"{kind}, in {len(names)} versions", words) for kind, (names, words) in _kinds(ours).items()]
    return (
        "Each explanation is one number for each unseen label of a network. A name of percolation, as “density, cosine 0.005”, has the measure of overlap and "
        f"the threshold from which on two labels are linked; “pixels” is the cosine of the images as they are drawn.\n\n{markdown_table(('explanation', 'its number'), rows)}"
    )


def _kinds(ours: list[rivals.Rival]) -> dict[str, tuple[list[str], str]]:
    """ "density" and "cluster" -> the names of their versions, and what the number of all of them is."""
    found: dict[str, tuple[list[str], str]] = {}
    for kind in dict.fromkeys(rival.name.split(",")[0] for rival in ours):
        mine = [rival for rival in ours if rival.name.startswith(kind)]
        versions = [rivals.shown(rival.name).removeprefix(f"{kind}, ") for rival in mine]
        # the words of a version end with its own measure and threshold
        number = mine[0].words.rsplit(",", 1)[0]
        found[kind] = versions, f"{number}; by {listed(versions)}"
    return found
