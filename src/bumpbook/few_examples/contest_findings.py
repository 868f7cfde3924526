"""Findings of chapter 6 on the contest of designs."""

from bumpbook.frame.findings import register
from bumpbook.frame.predictions import read_predictions
from bumpworld.instruments.spread import spread, write

from . import contest
from .findings import TOO_FEW, sweep_table


@register("few-examples-contest")
def scores() -> str:
    """What every design scored at each number of labels, best first."""
    rows = contest.scored(sweep_table("contest"))
    lines = []
    for count, part in rows.groupby("train_2d"):
        shares = {how: spread(one.share, share=True) for how, one in part.groupby("how")}
        order = sorted(shares, key=lambda how: -shares[how][0])
        lines.append(
            f"* **{count} labels:** " + ", ".join(f"*{how}* {write(shares[how])}" for how in order) + "."
        )
    return "\n".join(lines) or TOO_FEW


@register("few-examples-contest-foretold")
def foretold() -> str:
    """How the predictions fared that were written down before a model of the contest was trained."""
    said = {p["name"]: p["says"] for p in read_predictions("contest")["predictions"]}
    verdicts = contest.judge(contest.scored(sweep_table("contest")))
    return "\n".join(f"* {said[v.name]} **{_words(v)}**" for v in verdicts)


def _words(v: contest.Verdict) -> str:
    if v.measured is None:
        return "Cannot be said yet."
    found = write(v.measured) if v.name != "both-coverages" else _errors(v.measured)
    return f"{v.verdict[:1].upper()}{v.verdict[1:]}: {found}."


def _errors(measured: tuple[float, ...]) -> str:
    both, plane, values, neither = measured
    return (
        f"designs left out are foretold with a mean error of {both:.2f} by both, {plane:.2f} by the plane alone, "
        f"{values:.2f} by the values alone, and {neither:.2f} by neither"
    )
