"""Findings of chapter 4 on our own choices: the spacing, the code of the labels, and the settings that were varied."""

from bumpbook.frame.claims import judge
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.predictions import fared
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import learned
from bumpworld.instruments.spread import percentage
from bumpworld.store import ResultError

from . import choices, lesions, turning
from .frame_findings import SURELY, more
from .outcomes import blend_score

SMOOTH = "smoother label code"
# px; the second is the first gap of the plain lattice that is wider than the first, and has fewer columns
DENSE_GAP, PLAIN_GAP = 4.0, 5.0
# by so much a share must lead to be called more
MORE = 0.05


@register("interpolation-spacing")
def spacing() -> str:
    """Does a gap's width count, or the number of columns that it lacks, or that of labels beside it?"""
    table, frames = lesions.by_gap(), turning.by_frame()
    table = table[table.learned]
    found = {(at, gap): part.right for (at, gap), part in table.groupby(["spacing", "gap"])}
    # of the sweep frames, the dense lattice alone has this gap
    few = learned(frames[frames.width == DENSE_GAP - 0.5]).near
    if not {(0.5, DENSE_GAP), (1.0, PLAIN_GAP)} <= set(found) or few.empty:
        commands = " and ".join(f"`{sweep(name).command}`" for name in ("lesion", "frames"))
        raise ResultError(f"the lattices of both spacings are not finished; run {commands} first")
    dense, plain = found[0.5, DENSE_GAP], found[1.0, PLAIN_GAP]
    missing = {key: round(key[1] / key[0]) - 1 for key in found}
    measured = {"width-not-labels": more(few, plain)}
    verdict = judge(measured["width-not-labels"], SURELY).verdict
    rows = [
        [f"{at:g} px", f"{gap:g} px", str(missing[at, gap]), percent(shares)]
        for (at, gap), shares in found.items()
    ]
    rows += [["0.5 px, fewer labels", f"{DENSE_GAP:g} px", str(missing[0.5, DENSE_GAP]), percent(few)]]
    # on either side the columns within a pixel of the edge
    copies = [percentage(2 / at / missing[at, gap]) for at, gap in ((0.5, DENSE_GAP), (1.0, PLAIN_GAP))]
    return state(
        f"**What counts is the width of the gap, not how many columns it lacks.** With labels half a pixel apart, a gap of {DENSE_GAP:g} px "
        f"lacks {missing[0.5, DENSE_GAP]} columns, and {percentage(dense.mean())} of them are drawn right within 1 px; with labels a pixel apart, a gap of "
        f"{PLAIN_GAP:g} px lacks {missing[1.0, PLAIN_GAP]}, and {percentage(plain.mean())} are. The denser lattice has more labels; with "
        f"no more of them than the other, {percentage(few.mean())} are.",
        dense.min() > plain.max() and verdict == "agrees",
        "Within 1 px:\n\n"
        + markdown_table(["spacing", "gap", "columns missing", "right"], rows)
        + f"\n\nWithin 1 px a copy of the nearer edge is right in {copies[0]} of the gap of {DENSE_GAP:g} px and in {copies[1]} of that of {PLAIN_GAP:g} px: "
        "these shares compare gaps and do not show that one is filled. The last row was foretold when the others were known (`results/predictions/frames-again.json`):\n\n"
        + fared("frames-again", measured, {"width-not-labels": SURELY}),
    )


@register("interpolation-choices")
def settings() -> str:
    """Which of our settings decide what is drawn right in the lesions and in the square?"""
    table = choices.by_setting()
    usable = table[table.learned]
    if set(usable.test) != set(table.test) or SMOOTH not in set(usable.setting):
        raise ResultError(f"other settings are not finished; run `{sweep('robustness').command}` first")
    shares = {key: part.right for key, part in usable.groupby(["setting", "test"], sort=False)}
    # "lesion of 4" -> what a cross-fade of the two edges scores in a gap of 5 px
    canvas, widths = sweep("lesion").experiments[0].canvas, dict(zip(table.test, table.width, strict=True))
    fades = {test: blend_score(canvas, int(w) + 1) for test, w in widths.items() if test.startswith("lesion")}
    better = {
        test: [name for (name, at), right in shares.items() if at == test and right.mean() > fade + MORE]
        for test, fade in fades.items()
    }
    four, eight = fades
    square = min((right.mean() for (_, test), right in shares.items() if test not in fades))
    tests, names = list(widths), list(dict.fromkeys(name for name, _ in shares))
    rows = [
        [name, *(percent(shares[name, test]) if (name, test) in shares else "–" for test in tests)]
        for name in names
    ]
    rows.append(["a cross-fade", *(percentage(fades[test]) if test in fades else "–" for test in tests)])
    never = table[table.finished & ~table.learned]
    left = (
        f" {len(never)} models never learned their labels and do not count ({', '.join(never.setting.unique())})."
        if len(never)
        else ""
    )
    return state(
        f"**Of these settings only a smoother code bridges more than a cross-fade would.** With it {percentage(shares[SMOOTH, four].mean())} of the lesion of 4 are drawn "
        f"within 1 px, where a cross-fade scores {percentage(fades[four])} and our own setting {percentage(shares[choices.PLAIN, four].mean())}. In the lesion of 8 no setting beats "
        f"the cross-fade, and under every one {percentage(square)} or more of the square are drawn.",
        better == {four: [SMOOTH], eight: []} and square > 0.9,
        markdown_table(["setting", *tests], rows) + f"\n\nWithin 1 px.{left}",
    )
