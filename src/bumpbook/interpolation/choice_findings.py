"""Verdicts of chapter 4 on our own choices: the spacing, the code of the labels, and the settings that were varied."""

from bumpbook.frame.findings import percent, register
from bumpbook.frame.sweeps import sweep
from bumpworld.instruments.spread import percentage
from bumpworld.unet import UNetConfig

from . import choices, lesions
from .findings import bullets, listed
from .kernel import nearness
from .outcomes import blend_score


@register("interpolation-spacing")
def spacing() -> str:
    """Does a denser lattice bridge wider gaps?"""
    table = lesions.by_gap()
    table = table[table.learned]
    dense = table[table.spacing < 1]
    if not len(dense):
        return "The models of the denser lattice are not finished here, so that the two spacings are not compared."
    lines = []
    for spacing, part in table.groupby("spacing", sort=True):
        shares = [f"{gap:g} px {percent(rows.right)}" for gap, rows in part.groupby("gap")]
        lines.append(f"spacing {spacing:g} px (models: {len(part)}): {', '.join(shares)}")
    return "Right within 1 px, by gap:" + bullets(lines)


@register("interpolation-choices")
def settings() -> str:
    """What the other settings change, as far as they are measured, beside what a blend of pictures would score."""
    table = choices.by_setting()
    changed = table[table.setting != choices.PLAIN]
    done, usable = changed[changed.finished], table[table.learned]
    learned, total = changed[changed.learned], changed.setting.nunique()
    if not len(learned):
        return f"None of the {total} changed settings is measured here yet; the first row alone has numbers."
    text = f"{learned.setting.nunique()} of {total} changed settings are measured ({len(learned)} model{'s' * (len(learned) > 1)}"
    failed = len(done) - len(learned)
    text += f", and {failed} more that never learned their training labels)." if failed else ")."
    canvas, lines = sweep("lesion").experiments[0].canvas, []
    for (test, width), part in usable.groupby(["test", "width"], sort=False):
        means = part.groupby("setting", sort=False).right.mean()
        line = f"{test}: " + ", ".join(f"{name} {percentage(mean)}" for name, mean in means.items()) + "."
        if test.startswith("lesion"):
            null = blend_score(canvas, int(width) + 1)
            better = [name for name, mean in means.items() if mean > null + 0.05]
            line += f" A blend of pictures scores {percentage(null)}; "
            line += (
                f"more than that draws: {listed(better)}." if better else "no setting draws more than that."
            )
        lines.append(line)
    return text + " Means over seeds:" + bullets(lines) + _foretold(usable)


def _foretold(table) -> str:
    """Where the smoother code does better in the narrower lesion: did the regression say so?"""
    low, high = UNetConfig().label_frequencies
    smooth = UNetConfig(label_frequencies=(low, high / 4))
    lesion = table[table.test == "lesion of 4"].groupby("setting").right.mean()
    if not {choices.PLAIN, "smoother label code"} <= set(lesion.index):
        return ""
    canvas, gain = (
        sweep("lesion").experiments[0].canvas,
        lesion["smoother label code"] - lesion[choices.PLAIN],
    )
    regression = nearness(canvas, 5, smooth) - nearness(canvas, 5, UNetConfig())
    if gain < 0.1:
        return "The smoother code does not help the network in the lesion of 4."
    text = "In the lesion of 4 the code decides: with a smoother one the same network bridges more of the same gap."
    if regression < 0:
        text += " The regression did not foretell this: a trained network does more with a smooth code than blend pictures."
    return text
