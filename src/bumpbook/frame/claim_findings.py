"""What a chapter says of one of the paper's claims: the verdict by rule, what a null gets, what we found behind it.

`finding("claim-composes")` says all three; rule, numbers and history are one fold away.
"""

import html
import re
from functools import partial

import pandas as pd

from bumpworld.instruments.spread import write

from .beside_nulls import reason
from .claims import COARSE, REACHED, Claim, Score, mean_of, nothing_measured
from .findings import listed, minus, register
from .found import sentence as found_sentence
from .nulls import SAID, SHORT
from .standing import CLAIMS, SETTINGS, SETTLED, Standing, known

WORDS = {
    "agrees": "By our rule this **agrees** with the paper.",
    "partly": "By our rule this agrees **in part**.",
    "disagrees": "By our rule this **disagrees** with the paper.",
    "cannot be said": "By our rule **nothing can be said** yet.",
}
AS_NULL, AS_COPY = "as a null does", "fails as a copy does"
# more measurements than these stand in a line each
MANY = 10
FOLD = "Rule, numbers and intervals"


def measured(result: Score) -> list[str]:
    """Name and number of everything that a verdict rests on."""
    return [f"{name}: {number(value)}" for name, value in result.measured.items()]


def numbers(result: Score) -> str:
    """All of `measured` on one line."""
    return "; ".join(measured(result)) or "too little"


def number(value) -> str:
    """A spread, a count or a number, as pages write it."""
    if isinstance(value, tuple):
        return write(value)
    if pd.isna(value):
        return "not measured"
    return f"{value}" if isinstance(value, int) else minus(value)


def chief(claim: Claim, result: Score) -> str:
    """The mean of what the claim is mostly about, and that to which it goes, short; empty where it was not measured."""
    ends = [mean_of(found(result.measured)[1]) for found in (claim.chief, claim.goes_to)]
    return " \N{RIGHTWARDS ARROW} ".join(
        minus(value) for value in ends if not (value is None or pd.isna(value))
    )


def chief_words(claim: Claim, result: Score) -> str:
    """What these numbers are."""
    return ", and then ".join(
        filter(None, (found(result.measured)[0] for found in (claim.chief, claim.goes_to)))
    )


def models_behind(claim: Claim, result: Score) -> int:
    """How many models what the claim is mostly about rests on, the fewest of its measurements where that is no mean."""
    _, value = claim.chief(result.measured)
    means = [value] if isinstance(value, tuple) else result.measured.values()
    return min((v[3] for v in means if isinstance(v, tuple)), default=0)


def null_words(claim: Claim, found: Standing) -> list[str]:
    """For each null: who it is, its verdict and its chief number."""
    lines = []
    for name, result in found.nulls.items():
        value = chief(claim, result)
        lines.append(f"{SAID[name]}: {result.verdict}{f' ({value})' if value else ''}")
    return lines


def details(claim: Claim, preset: str = "quick") -> list[str]:
    """Rule, numbers and history of a claim, a line each, as plain text."""
    now = known(claim, preset)
    within = "" if claim.source else f" for drawings within {claim.tolerance:g} of the spacing"
    lines = [f"Rule{within}: {claim.rule}."]
    if now is None:
        lines.append(f"Not measured yet: the table {claim.table}-{preset} is not there.")
    else:
        lines += _measurements(now) if len(now.networks.measured) > MANY else _sources(now)
    return lines + earlier(claim, preset)


def _sources(now: Standing) -> list[str]:
    """A line with everything measured for networks, and one for each null."""
    nulls = [f"{SAID[n][:1].upper()}{SAID[n][1:]}: {numbers(r)}." for n, r in now.nulls.items()]
    return [f"Networks: {numbers(now.networks)}.", *nulls]


def _measurements(now: Standing) -> list[str]:
    """A line for each measurement, with networks and nulls side by side, these by their means."""
    lines = []
    for name, value in now.networks.measured.items():
        nulls = [
            f"{SHORT[n]} {number(mean_of(r.measured[name]))}"
            for n, r in now.nulls.items()
            if name in r.measured
        ]
        lines.append(
            f"{name.replace('bump: ', 'Bumps: ').replace('sos: ', 'SOS: ')}: {'; '.join([f'networks {number(value)}', *nulls])}."
        )
    return lines


def earlier(claim: Claim, preset: str) -> list[str]:
    """What the rule that this one replaced gave and gives, and why it was replaced; no line where none was."""
    old = claim.history
    past = old and known(old, preset)
    if not past:
        return []
    coarse = old.tolerance == COARSE and not old.source
    same = "the same rule within 1 px" if coarse else old.rule
    nulls = "; ".join(null_words(old, past))
    gave = f"{past.networks.verdict} ({numbers(past.networks)})"
    # the reason for all rules on drawings is none where a copy failed
    holds = not coarse or ("copy" in past.nulls and past.nulls["copy"].verdict in REACHED)
    why = f"because {claim.why}" if holds else "with all rules on drawings, though a copy failed by it"
    lines = [
        f"History: {same} gave {gave}. It was replaced when results were known, {why}.",
        f"By that rule, {nulls}.",
    ]
    return lines + earlier(old, preset)


def folded(summary: str, lines: list[str]) -> str:
    """Lines behind a summary that opens on a click, as HTML on one line."""
    inside = "".join(f"<p>{as_html(line)}</p>" for line in lines)
    return f"<details><summary>{as_html(summary)}</summary>{inside}</details>"


def as_html(text: str) -> str:
    """Text as HTML: what stands between backticks is code, and no line breaks before a percent sign."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(text)).replace(" %", "&nbsp;%")


def verdict(claim: Claim, now: Standing | None) -> str:
    """What was measured on networks, the verdict, and what nulls do, a sentence each; None was never measured."""
    if now is None:
        return "By our rule nothing is measured yet."
    value = chief(claim, now.networks)
    measured = f"Measured: {value} ({chief_words(claim, now.networks)})." if value else ""
    return " ".join(filter(None, (measured, WORDS[now.networks.verdict], _beside_nulls(claim, now))))


def _beside_nulls(claim: Claim, now: Standing) -> str:
    """Whether a verdict that networks reach says something about learning."""
    if now.networks.verdict not in REACHED or not now.nulls:
        return ""
    if claim.failure:
        return "A rule that copies the nearest label fails too, so that failing is no evidence of how networks work."
    if now.no_null:
        return "What is not trained cannot be asked this."
    if not now.passed_by:
        return reason(claim, now)
    does = listed(f"{SAID[name]} ({chief(claim, now.nulls[name])})" for name in now.passed_by)
    well = "does as well" if len(now.passed_by) == 1 else "do as well"
    return f"{does[0].upper()}{does[1:]} {well}, so that this **shows nothing about learned features**."


def mark(claim: Claim, now: Standing) -> str:
    """What stands below a verdict that says nothing about learning, or that a copy reaches by failing; else empty."""
    fails = claim.failure and now.networks.verdict in REACHED
    return AS_NULL if now.passed_by else AS_COPY if fails and now.nulls else ""


def elsewhere(claim: Claim) -> list[str]:
    """What the rule gave where it was tried at the paper's own size, a line each, and nothing where it was not."""
    lines = []
    for preset, name in list(SETTINGS.items())[1:]:
        if now := told(claim, preset):
            what = ": ".join(filter(None, (chief_words(claim, now.networks), chief(claim, now.networks))))
            more = filter(None, (what, models(claim, now), own_labels(now), mark(claim, now)))
            lines.append(f"{name[0].upper()}{name[1:]}: {now.networks.verdict} ({'; '.join(more)}).")
    return lines


def models(claim: Claim, now: Standing) -> str:
    """How many models a verdict rests on, and of how many where some never learned; empty where it rests on no mean."""
    learned = models_behind(claim, now.networks)
    text = not_learned(claim, now) or f"{learned} model{'s' * (learned > 1)}"
    return ", ".join(filter(None, (text, one_kind(claim, now)))) if learned else ""


def one_kind(claim: Claim, now: Standing) -> str:
    """The one kind of image that a rule on bumps and SOS each was asked of; empty where both were, or it asks for neither."""
    kinds = {name.partition(": ")[0] for name in now.networks.measured} if claim.each_kind else ()
    return {"bump": "bumps alone", "sos": "SOS alone"}[kinds.pop()] if len(kinds) == 1 else ""


def not_learned(claim: Claim, now: Standing) -> str:
    """How many models behind a verdict learned, where some did not; else empty."""
    learned, tried = (models_behind(claim, score) for score in (now.networks, now.tried or now.networks))
    return f"{learned} of {tried} models learned" if tried > learned else ""


def told(claim: Claim, preset: str) -> Standing | None:
    """`known`, or None as well where a table holds nothing that the rule asks for."""
    now = known(claim, preset)
    return None if now and nothing_measured(now.networks) else now


def own_labels(now: Standing) -> str:
    """What networks draw of their own trained labels, where that is below `SETTLED`; else empty."""
    return f"trained labels {now.trained:.2f}" if now.trained < SETTLED else ""


def sentence(claim: Claim) -> str:
    """Claim, verdict by rule, what a null gets and what we found, as Markdown; rule, numbers and other worlds are folded.

    Raises FileNotFoundError where the claim's table is not there, and `findings.Unsupported` as `found.sentence`.
    """
    whose = "The paper's figure, as we read it" if claim.reading else "The paper"
    said = f"**{whose}: {claim.claim}** {verdict(claim, known(claim))} What we found: {found_sentence(claim)}"
    return f"{said}\n\n{folded(FOLD, details(claim) + elsewhere(claim))}"


for _claim in CLAIMS:
    register(f"claim-{_claim.name}")(partial(sentence, _claim))
