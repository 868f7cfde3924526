"""The scoreboard page: read from tables alone, a row a claim, and nothing in a setting that was not measured."""

import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from bumpbook.frame import board, board_sums, claim_findings, standing
from bumpbook.frame.claim_findings import CLAIMS
from bumpbook.frame.claims_manifolds import FALL
from bumpbook.frame.findings import Unsupported
from bumpbook.frame.found import sentence
from bumpbook.frame.found_drawings import weakness
from bumpbook.frame.nulls import OUTCOMES
from bumpworld.store import Store
from shared import ROOT

BY_NAME = {claim.name: claim for claim in CLAIMS}


def rows(page):
    return BeautifulSoup(page, "html.parser").select("tbody tr")


def row_of(name):
    """One row alone: a table that was changed has all claims judged anew."""
    return BeautifulSoup(board._row(BY_NAME[name]), "html.parser").tr


def verdicts(name):
    return [cell.get_text(" ") for cell in row_of(name).select("td.verdict")]


def test_every_figure_of_the_paper_has_a_row():
    numbers = [int(part) for number, _, _ in board.FIGURES for part in number.split(",")]
    assert sorted(numbers) == list(range(1, 16))


def test_every_row_leads_to_a_chapter_that_is_there():
    pages = {page for _, _, pages in board.FIGURES for page in pages} | set(board.CHAPTERS.values())
    assert {claim.sweep for claim in CLAIMS} <= set(board.CHAPTERS)
    for page in pages:
        assert (ROOT / "notebooks" / f"{page}.ipynb").exists(), page
    hrefs = [link["href"] for row in rows(board.board()) for link in row.select("a")]
    readings = [href for href in hrefs if href.startswith("paper.html#")]
    hrefs = [href for href in hrefs if href not in readings]
    assert len(hrefs) == len(CLAIMS) and len(readings) == sum(claim.reading for claim in CLAIMS)
    anchor = readings[0].partition("#")[2].replace("-", " ")
    assert anchor in (ROOT / "book" / "paper.md").read_text().lower().replace(",", "")
    assert all((ROOT / "book" / href.replace(".html", ".ipynb")).exists() for href in hrefs)


def test_a_row_a_claim_with_all_that_it_must_say():
    found = rows(board.board())
    assert len(found) == len(CLAIMS)
    for row, claim in zip(found, CLAIMS, strict=True):
        assert str(row) == str(row_of(claim.name))
        text = " ".join(row.get_text().replace("\xa0", " ").split())
        assert claim.claim in text and sentence(claim) in text
        assert " ".join(claim.rule.split()) in row.select_one("details").get_text().replace("\xa0", " ")
        assert len(row.select("td.verdict")) == len(standing.SETTINGS)
        assert row.select_one("td.nulls").get_text() != board.DASH


def test_a_rule_that_a_null_passes_is_marked():
    for row, claim in zip(rows(board.board()), CLAIMS, strict=True):
        now = standing.known(claim)
        assert bool(row.select("em")) == bool(now and (now.passed_by or claim.failure)), claim.name
    assert "as a null does" in verdicts("lesion-width")[0]
    assert "fails as a copy does" in verdicts("no-interpolation")[0]
    assert "as a null does" in verdicts("composes")[0]
    assert row_of("square-width").select("em") == []


def test_the_number_that_decides_stands_beside_a_verdict():
    """Where networks and a null have one number and opposite verdicts, another one decides."""

    def cells(name):
        row = row_of(name)
        return [" ".join(row.select_one(f"td.{kind}").get_text(" ").split()) for kind in ("verdict", "nulls")]

    networks, nulls = cells("square-width")
    assert networks.startswith("✓ agrees 1.00 → 0.19")
    assert "completion: ✗ disagrees 1.00 → 1.00" in nulls
    networks, nulls = cells("regions")
    assert networks.startswith("◐ partly gain 0.28") and nulls.count("✗ disagrees gain 0.00") == 3


def test_the_page_opens_no_record_and_builds_no_network(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a record or a network")

    for name in ("load", "load_record", "has"):
        monkeypatch.setattr(Store, name, refuse)
    monkeypatch.setattr("bumpworld.unet.ConditionalUNet.__init__", refuse)
    standing._standing.cache_clear()
    assert rows(board.board())
    assert board_sums.count().startswith("**Of 17 claims of the paper, our small networks confirm ")


def test_percentages_do_not_break():
    assert not re.search(r"\d %", board.board())


def test_without_tables_nothing_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    assert board_sums.count() == f"**None of the paper's {len(CLAIMS)} claims is measured yet.**"
    with pytest.raises(FileNotFoundError, match="bumpworld nulls"):
        board.board()


def test_a_doctored_table_flips_its_verdict(doctored):
    assert verdicts("composes")[0].startswith("✓")
    doctored("nulls-first", both_fine=0.0)
    doctored("first", {"region": "square"}, both_fine=0.6)
    assert standing.standing(BY_NAME["composes"]).networks.verdict == "partly"
    doctored("first", {"region": "square"}, both_fine=0.2)
    assert standing.standing(BY_NAME["composes"]).networks.verdict == "disagrees"
    # what was found does not hold any more either, and that stops the page
    with pytest.raises(Unsupported, match="Networks draw 20 %"):
        board.board()


def test_a_null_that_draws_right_makes_a_rule_that_cannot_tell(doctored):
    assert standing.standing(BY_NAME["composes"]).passed_by == ("completion",)
    doctored("nulls-first", {"region": "square"}, both_fine=0.1)
    before = board_sums.count()
    assert standing.standing(BY_NAME["composes"]).passed_by == ()
    doctored("nulls-first", {"region": "square"}, both_fine=0.95)
    assert standing.standing(BY_NAME["composes"]).passed_by == tuple(OUTCOMES)
    passed, remain = zip(*map(counted, (before, board_sums.count())), strict=True)
    assert passed[1] == passed[0] + 1 and set(remain[0]) - set(remain[1]) == {BY_NAME["composes"].claim[:-1]}


def counted(text):
    """Claims that a null reaches as well, and full confirmations that are left, in the small world."""
    small = text.split("\n\n")[0]
    return int(re.search(r"For (\d+) of those", small)[1]), re.findall(
        r"\*([^*]+)\*", small.split("In full")[1]
    )


def test_what_is_left_is_named_in_each_setting_with_what_weakens_it(doctored):
    """A failure stands by itself, a weakness says so, and so do claims that no null can be asked and models that never learned."""
    small, world, network = board_sums.count().split("\n\n")
    failure = BY_NAME["no-interpolation"].claim[:-1]
    assert small.endswith(f"a copy fails there as well: *{failure}*.")
    for text in (world, network):
        assert text.endswith(" The failure is confirmed, too.")
    for text, preset in ((small, "quick"), (world, "paper-world")):
        full = [c for c in CLAIMS if (now := standing.known(c, preset)) and now.networks.verdict == "agrees"]
        left = [c.claim[:-1] for c in full if not standing.known(c, preset).passed_by]
        named = set(re.findall(r"\*([^*]+)\*", text.partition("In full")[2]))
        assert named | {failure} == set(left)
    settles = BY_NAME["dimension-settles"].claim[:-1]
    assert settles not in small + world + network
    assert f"{BY_NAME['square-width'].claim[:-1]}*. {weakness()}" in small
    assert ", one stands: *" in small and ", one stands: *" in world
    # at 20 px in the corner networks of the paper's world overlap those of the middle
    squares = pd.read_csv(doctored.folder / "square-paper-world.csv")
    at_corner = (squares.region == "square") & (squares.high == squares["size"])
    doctored.write("square", squares.assign(both_fine=squares.both_fine.where(~at_corner, 0)), "paper-world")
    nulls = pd.read_csv(doctored.folder / "nulls-square-paper-world.csv")
    doctored.write("nulls-square", nulls[nulls["null"] == "copy"], "paper-world")
    assert ", these stand: *" in board_sums.count().split("\n\n")[1]
    # three networks whose dimension falls nearly alike fall for certain
    torus = pd.read_csv(doctored.folder / "torus-geometry-paper-world.csv")
    fall = 10 - 5 * torus.trained_fine + 0.01 * torus.seed
    doctored.write("torus-geometry", torus.assign(dimension=fall), preset="paper-world")
    unasked = board_sums.count().split("\n\n")[1].split("with no null that can be asked: ")[1]
    saves = BY_NAME["stripes-save"].claim[:-1]
    kernels = "kernels never reach 60 % of the bumps; on sums they save more than networks"
    assert f"*{settles}*" in unasked and f"*{saves}* ({kernels})" in unasked
    nulls = pd.read_csv(doctored.folder / "nulls-few-shot-paper-world.csv")
    doctored.write("nulls-few-shot", nulls[nulls.kind == "bump"], preset="paper-world")
    assert "kernels never reach" not in board_sums.count()
    # one network of three never learned its own labels
    doctored("nulls-first", preset="paper-network", both_fine=0.1)
    three = pd.read_csv(doctored.folder / "first-paper-network.csv")
    doctored.write("first", three.assign(both_fine=three.both_fine.clip(0.99)), preset="paper-network")
    network = board_sums.count().split("\n\n")[-1]
    assert f"*{BY_NAME['composes'].claim[:-1]}* (2 of 3 models learned)" in network
    assert (
        "2 of 3 models learned" in verdicts("composes")[2] and "3 models" in verdicts("no-interpolation")[2]
    )


def test_a_setting_is_filled_by_its_table_and_by_nothing_else(doctored):
    for table in doctored.folder.glob("*-paper-*.csv"):
        # what we found behind two claims rests on these
        if table.name not in ("slider-paper-world.csv", "few-shot-paper-world.csv"):
            table.unlink()
    assert verdicts("composes")[1:] == ["not run", "not run"]
    first, second = (c.get_text() for c in row_of("composes").select("details")[-1].select("code"))
    assert first == "bumpworld run first --preset paper-world" and second.endswith("--preset paper-network")
    assert "no experiment is declared" in row_of("sudden").select("details")[-1].get_text()
    doctored("first", {"region": "square"}, preset="paper-world", both_fine=0.7)
    small, world, network = verdicts("composes")
    assert small.startswith("✓") and world.startswith("◐") and "0.70" in world and network == "not run"
    assert "5 models" in world and "models" not in small
    assert len(row_of("composes").select("details")) == 3


def test_a_setting_whose_models_did_not_learn_is_not_judged(doctored):
    doctored("few-shot", {}, preset="paper-network", learned=False)
    cell = verdicts("few-examples")[2]
    assert "not judged" in cell and "0 of" in cell and "not run" not in cell
    fold = row_of("few-examples").select("details")[-1].get_text()
    assert "models learned, so that nothing can be judged" in fold


def test_verdicts_of_the_paper_s_world_are_counted_beside_the_small_one_s(doctored):
    for table in doctored.folder.glob("*-paper-*.csv"):
        table.unlink()
    assert "the paper's world" not in board_sums.count()
    doctored("first", {"region": "square"}, preset="paper-world", both_fine=0.95)
    assert "**In the paper's world, of 1 that could be judged, networks confirm 1.**" in board_sums.count()
    doctored("first", {"region": "square"}, preset="paper-world", both_fine=0.3)
    assert "of 1 that could be judged, networks do not confirm 1.**" in board_sums.count()
    doctored("first", {"region": "square"}, preset="paper-network", both_fine=0.95)
    assert (
        "**With the paper's network, of 1 that could be judged, networks confirm 1.**" in board_sums.count()
    )


def test_what_the_rule_gave_within_one_pixel_is_kept(doctored):
    assert "within 1\xa0px: partly" in verdicts("sudden")[0]
    fold = row_of("sudden").select_one("details").get_text()
    # a copy failed by that rule: that it passes is no reason
    assert "History: the same rule within 1 px gave partly" in fold and "copied neighbour" not in fold
    fold = row_of("rim").select_one("details").get_text()
    assert "History: the same rule within 1 px gave partly" in fold and "copied neighbour" in fold


def test_a_rule_that_was_changed_shows_both_before(doctored):
    assert "by the rule before: disagrees" in verdicts("regions")[0]
    fold = row_of("regions").select_one("details").get_text()
    assert "gap between the intervals: agrees and partly above 0 gave disagrees" in fold
    assert "replaced when results were known, because an interval that ends at 0" in fold
    assert "within 1 px gave partly" in fold


def test_the_same_fall_has_the_same_verdict_with_three_networks_and_with_five(doctored):
    """By the rule before, three that fall were enough for a sure fall, which a coin gives one time in eight."""
    claim = BY_NAME["dimension-settles"]
    five, torus = standing.standing(claim), pd.read_csv(doctored.folder / "torus-geometry-paper-world.csv")
    doctored.write("torus-geometry", torus[torus.seed < 3], preset="paper-world")
    three = standing.standing(claim, "paper-world")
    assert (three.networks.measured[FALL].n, five.networks.measured[FALL].n) == (3, 5)
    assert three.networks.measured[FALL].mean == pytest.approx(five.networks.measured[FALL].mean, abs=0.05)
    assert five.networks.verdict == three.networks.verdict == "disagrees"
    assert standing.standing(claim.before, "paper-world").networks.verdict == "agrees"
    # of the paper's network one alone gets to nine tenths: it is told, and nothing is said
    assert standing.standing(claim, "paper-network").networks.measured[FALL].n == 1
    cell = verdicts("dimension-settles")[2]
    assert "cannot be said" in cell and "1 model" in cell and "not run" not in cell


def test_what_networks_hold_is_judged_where_they_draw_few_trained_labels(doctored):
    """The limit on trained labels is for rules on drawings; the share stands below the verdict all the same."""
    torus = pd.read_csv(doctored.folder / "torus-geometry-paper-network.csv")
    drawn = torus[torus["last"] & torus.learned].groupby("key").trained_fine.max().mean()
    assert drawn < standing.SETTLED
    assert f"agrees 0.98 2 models trained labels {drawn:.2f}" in " ".join(
        verdicts("four-components")[2].replace("\xa0", " ").split()
    )
    doctored("torus-geometry", {}, preset="paper-network", trained_fine=0.95)
    assert "trained labels" not in verdicts("four-components")[2]


def test_a_table_without_what_the_rule_asks_for_is_too_little(doctored):
    """The paper's network is trained for one square, between the widths that the rule compares."""
    assert (
        not standing.standing(BY_NAME["square-width"], "paper-network")
        .networks.measured["bump: share right in squares inside, up to 4 wide"]
        .n
    )
    assert verdicts("square-width")[2] == "not judged run, too little for this rule"
    assert "paper's network" not in claim_findings.sentence(BY_NAME["square-width"])
    assert (
        "hold too little of what the rule asks for" in row_of("square-width").select("details")[-1].get_text()
    )
    # too little of it is another thing: bumps without sums
    rows = pd.read_csv(doctored.folder / "few-shot-paper-world.csv")
    doctored.write("few-shot", rows[rows.kind == "bump"], preset="paper-world")
    assert claim_findings.told(BY_NAME["stripes-save"], "paper-world").networks.verdict == "cannot be said"


def test_verdicts_that_the_tolerance_changed_are_counted(doctored):
    changes = lambda: tuple(
        map(int, re.search(r"(\d+) of (\d+) v.*, (\d+) t.* and (\d+) a", board_sums.tolerance()).groups())
    )
    total, of, nearer, farther = changes()
    history = [(c, *c.replaced)[-1] for c in CLAIMS if not c.source]
    assert of == len(history) and total == nearer + farther
    pairs = [
        (standing.standing(c).networks.verdict, standing.standing(c.history).networks.verdict)
        for c in history
    ]
    assert total == sum(now != old for now, old in pairs)
    # both tolerances alike: one change fewer away from the paper
    doctored("rim", both=0.05)
    assert changes() == (total - 1, of, nearer, farther - 1)
    for claim in history:
        table = pd.read_csv(doctored.folder / f"{claim.sweep}-quick.csv")
        doctored.write(claim.sweep, table.assign(x=table.x_fine, y=table.y_fine, both=table.both_fine))
    with pytest.raises(Unsupported, match="0 of 12 verdicts changed"):
        board_sums.tolerance()


def test_a_claim_that_waits_for_its_table_shows_the_rule_before(doctored):
    (doctored.folder / "codes-cause-quick.csv").unlink()
    assert verdicts("factorized")[0] == board.DASH
    assert "by the rule before" in row_of("factorized").select_one("td.nulls").get_text()
    row = {"contrast": 0.3, "contrast_axes": 0.3, "contrast_bumps": 0, "flat_bumps": 1}
    # four of five networks draw from the sum: enough on average, and not settled
    rows = pd.DataFrame([{**row, "cause": c, "cause_axes": 0.9, "learned": True} for c in (1, 1, 1, 1, 0)])
    doctored.write("codes-cause", rows)
    null = rows.assign(null="code-shuffled", contrast=-0.6, contrast_axes=0.7, cause=0.0, cause_axes=0.0)
    null = pd.concat([null, null.assign(null="picture", contrast=0.8)])
    doctored.write("nulls-codes-cause", null)
    assert verdicts("factorized")[0].startswith("✓")
    assert "History: additive share" in row_of("factorized").select_one("details").get_text()
