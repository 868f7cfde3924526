"""What chapter 8 says of ideal denoisers, sums of scores and the local machine: it must turn when results turn."""

import numpy as np
import pandas as pd
import pytest
import torch

import bumpworld as bw
from bumpbook import beyond
from bumpbook.beyond import findings as ch8
from bumpbook.beyond import ideal_gap, local_study, stripes_scores
from bumpbook.beyond import local_findings as ch8_local
from bumpbook.beyond.pictures import to_text
from bumpbook.frame import studies
from bumpbook.frame.claims import judge
from bumpbook.frame.findings import Unsupported, finding, names
from bumpbook.frame.style import RED
from bumpworld.diffusion import sampling_times
from bumpworld.files import ResultError

# every room is loaded first: one that comes while `studies.load` is replaced would keep what replaced it
names()


def gap_record(held_out, seed, own, memory, learned=True):
    """Gaps that are the same at three noise levels, for held-out labels; trained ones part at t = 300."""
    rows = [["trained", t, 0.01, far, far, far] for t, far in ((0, 0.0), (100, 0.05), (300, 0.8))]
    rows += [["held out", t, own, memory, memory, 1.0] for t in (0, 100, 300)]
    columns = ["labels", "t", *ideal_gap.IDEALS, "memory"]
    gaps = pd.DataFrame(rows, columns=columns).to_dict("list")
    return {"setting": {"held_out": held_out}, "seed": seed, "measured": {"learned": learned, "gaps": gaps}}


def say_ideal(monkeypatch, records):
    monkeypatch.setattr(studies, "load", lambda study: records)
    return ch8.ideal()


def test_the_ideal_verdict_finds_generalization_where_networks_follow_the_truth(monkeypatch):
    told = say_ideal(monkeypatch, [gap_record("pairs", 0, 0.02, 0.6), gap_record("values", 0, 0.85, 0.4)])
    assert "part at t = 300" in told and "This is generalization" in told
    assert "at least 0.60 away from it and at most 0.020" in told
    assert "0.85 (n = 1) away" in told and "they do not" in told


def test_the_ideal_verdict_turns_with_the_results(monkeypatch):
    records = [
        gap_record("pairs", 0, 0.7, 0.6),
        gap_record("pairs", 1, 0.1, 0.6),
        gap_record("values", 0, 0.01, 0.4),
    ]
    told = say_ideal(monkeypatch, records)
    assert "This is generalization" not in told and "50 % of all noise levels" in told
    assert "they copy what they see" in told


def test_the_sentence_on_memory_ends_the_build_when_networks_copy(monkeypatch):
    records = [gap_record("pairs", 0, 0.02, 0.6), gap_record("values", 0, 0.85, 0.4)]
    monkeypatch.setattr(studies, "load", lambda study: records)
    assert "within 0.02 of a bump's energy" in finding("beyond-leaving-memory").data
    records[0] = gap_record("pairs", 0, 0.6, 0.02)
    with pytest.raises(Unsupported, match="On new pairs a network is right at every noise level"):
        finding("beyond-leaving-memory")


def test_networks_that_did_not_learn_are_no_finding(monkeypatch):
    records = [gap_record("pairs", 0, 0.02, 0.6), gap_record("pairs", 1, 0.9, 0.6, learned=False)]
    told = say_ideal(monkeypatch, records)
    assert "the networks of 1 seed stay" in told and "No network without the values is here." in told
    with pytest.raises(ResultError):
        say_ideal(monkeypatch, records[1:])


def stripes_table(fine=1.0, asked=0.0, **shares):
    """Networks of stripes: shares of pairs by the sum and by the product within 1 px, of which ``fine`` within .45."""
    rows = []
    for kind, (added, multiplied) in shares.items():
        found = {"asked": 0.07, "added": added, "multiplied": multiplied}
        rows.append({"kind": kind, "seed": 0, "learned": True, **found, "asked_fine": asked})
        rows[-1] |= {f"{name}_fine": fine * found[name] for name in ("added", "multiplied")}
    return pd.DataFrame(rows)


def test_the_sums_verdict_states_theory_and_what_was_drawn(monkeypatch):
    monkeypatch.setattr(studies, "table", lambda study: stripes_table(0.5, sos=(1.0, 0.0), bump=(0.0, 0.97)))
    told = ch8.sums()
    assert "For bumps it passes 0.1 at t = 150" in told
    assert "| SOS | networks, within 1 px | 7 % | 100 % | 0 % |" in told
    assert "| bumps | networks, within 0.45 px | 0 % | 0 % | 48 % |" in told
    assert "| SOS | a memory of stripes, within 0.45 px | – | 100 % | 0 % |" in told
    assert "| bumps | a memory of stripes, within 0.45 px | – | 0 % | 100 % |" in told
    monkeypatch.setattr(studies, "table", lambda study: stripes_table(bump=(0.4, 0.5)))
    assert "| SOS | networks | none learned |" in ch8.sums()


def test_the_sentence_on_stripes_turns_where_they_find_a_rule_or_lose_their_stripes(monkeypatch):
    give = lambda **made: monkeypatch.setattr(studies, "table", lambda study: stripes_table(**made))
    both = {"sos": (1.0, 0.0), "bump": (0.0, 0.9)}
    give(**both)
    text = finding("beyond-plus-or-times").data
    assert "draw 0 % of the pairs right within 0.45 px (within 1 px 7 % of SOS, 7 % of bumps)" in text
    assert "added give 100 % of SOS, multiplied 90 % of bumps; the memory gets 100 % and 100 %." in text
    for made in (both | {"asked": 0.1}, both | {"fine": 0.5}, both | {"bump": (0.0, 0.4)}):
        give(**made)
        with pytest.raises(Unsupported, match="Stripes alone teach no rule"):
            finding("beyond-plus-or-times")


def local_record(
    seed, machine, ideal, bumps=(1, 1, 2, 0), machine_bumps=(1, 1, 2, 0), loss=(0.02, 0.01, 0.01)
):
    drawings = bw.Canvas().render([[3 + seed, 3], [9, 9], [12, 4], [5, 11]])
    measured = {
        "loss": list(loss),
        "times": sampling_times(bw.NoiseSchedule.linear(), local_study.SAMPLER_STEPS),
        "patch": [5, 3] * 10,
        "machine": list(machine),
        "ideal": list(ideal),
        "bumps": list(bumps),
        "machine_bumps": list(machine_bumps),
        "ideal_bumps": [1] * 4,
        "drawings": to_text(drawings),
    }
    return {"setting": {"images": 4, "steps": 3}, "seed": seed, "measured": measured}


def say_local(monkeypatch, records):
    monkeypatch.setattr(studies, "load", lambda study: records)
    return ch8_local.local()


def test_the_local_verdict_leaves_empty_drawings_out_and_counts_bumps(monkeypatch):
    told = say_local(monkeypatch, [local_record(0, (0.9, 0.8, 0.7, 0.0), (0.5, 0.4, 0.3, 0.0))])
    assert "Over 1 network" in told and "the 3 of their 4 drawings" in told
    assert "0.80 (n = 1) for the local machine and 0.40 (n = 1) for the ideal denoiser" in told
    assert "local machine foretells every network better" in told
    assert "more than one, in 50 %, the local machine in 50 %, the ideal denoiser in 0 %" in told
    assert (
        "number of bumps in 100 %, by chance in 38 %, the ideal denoiser in 50 %" in told
        and "no longer fell" in told
    )


def test_the_local_verdict_turns_with_the_results(monkeypatch):
    low, high = (0.1,) * 4, (0.9,) * 4
    assert "ideal denoiser foretells every" in say_local(monkeypatch, [local_record(0, low, high)])
    mixed = [local_record(0, low, high), local_record(1, high, low, loss=(0.02, 0.02, 0.01))]
    told = say_local(monkeypatch, mixed)
    assert "ahead for 1 of 2 networks" in told and "for a network from another seed" in told
    assert "networks from other seeds in 100 % (n = 2, all alike), the ideal denoiser" in told
    assert "still fell by 25.0 %" in told
    empty = local_record(0, low, high, bumps=(0, 0, 0, 0))
    assert "nothing to foretell" in say_local(monkeypatch, [empty])


def attentive(**changes):
    """Networks that count to one, and machines fitted to them that do not."""
    return local_record(0, (0.5,) * 4, (0.8,) * 4, bumps=(1, 1, 1, 1), machine_bumps=(1, 1, 2, 0)) | changes


def give_local(monkeypatch, plain, with_attention):
    by_name = {local_study.STUDY.name: plain, local_study.ATTENTIVE.name: with_attention}
    monkeypatch.setattr(studies, "load", lambda study: by_name[study.name])


def test_the_sentence_on_counting_asks_for_networks_without_attention_and_with_it(monkeypatch):
    plain = [local_record(seed, (0.9,) * 4, (0.5,) * 4) for seed in range(3)]
    give_local(monkeypatch, plain, [attentive()] * 3)
    text = finding("beyond-local-mistake").data
    assert "Without attention networks miscount in 50 % of their images" in text
    # by chance: half of the drawings show one bump, a quarter two, a quarter none
    assert f"number of bumps in 100 % (chance {100 * (1 / 4 + 2 / 16):.0f} %)" in text
    assert "they miscount in 0 %, and a machine of patches no longer fits" in text
    assert "networks with attention in 50 % (n = 3, all alike), by chance in 50 % (n = 3, all alike)" in text
    # both kinds have patches of 4 px on average
    assert "not the 2 px wider that had been foretold" in text
    assert "side of the patch with attention minus without: 0.00" in text
    assert "| 0.80 (n = 3, all alike) | 0.30 (n = 3, all alike) |" in text
    assert (
        "fewer drawings have no bump or several. | agrees | miscounted without attention minus with: 0.50"
        in text
    )
    narrower = attentive()
    narrower["measured"] = narrower["measured"] | {"patch": [3] * 20}
    give_local(monkeypatch, plain, [narrower] * 3)
    assert "with attention minus without: −1.00" in finding("beyond-local-mistake").data
    wider = attentive()
    wider["measured"] = wider["measured"] | {"patch": [5] * 20}
    one, half = (1, 1, 1, 1), (1, 1, 2, 0)
    good = {"machine": (0.9,) * 4, "ideal": (0.5,) * 4}
    # in pixels, too, the machine fits networks with attention as well as the whole frame does
    fitting = attentive()
    fitting["measured"] = fitting["measured"] | {"machine": [0.8] * 4}
    for record, with_attention in (
        (local_record(0, **good, bumps=one, machine_bumps=half), attentive()),  # networks count
        (local_record(0, **good), local_record(0, **good, bumps=half)),  # attention mends nothing
        (local_record(0, **good), wider),  # attention widens the patch
        (local_record(0, **good), fitting),
        (local_record(0, (0.5,) * 4, (0.9,) * 4), attentive()),  # the whole frame fits better without it, too
        (
            local_record(0, **good),
            local_record(0, **good, bumps=one, machine_bumps=one),
        ),  # machines count, too
    ):
        give_local(monkeypatch, [record] * 3, [with_attention] * 3)
        with pytest.raises(Unsupported, match="counts like a machine of patches"):
            finding("beyond-local-mistake")


def test_what_a_machine_lacks_is_counted_network_by_network():
    """Medians over the drawings that are not empty: here of the first three."""
    records = [
        local_record(0, (0.1, 0.2, 0.9, 0.9), (0.4, 0.4, 0.4, 0.0)),
        local_record(1, (0.6,) * 4, (0.5,) * 4),
        local_record(2, (0.9,) * 4, (0.1,) * 4, bumps=(0,) * 4),
    ]
    assert ch8_local.medians(records) == {"machine": [0.2, 0.6], "ideal": [0.4, 0.5]}
    assert ch8_local.ahead(records) == pytest.approx((0.05, -0.1, 0.2, 2))


def test_what_was_foretold_of_attention_turns_with_the_results():
    def came(sides, bumps):
        plain = [local_record(seed, (0.9,) * 4, (0.5,) * 4) for seed in range(2)]
        other = [local_record(seed, (0.9,) * 4, (0.5,) * 4, bumps=bumps) for seed in range(2)]
        for record in other:
            record["measured"]["patch"] = [sides] * 20
        found = ch8_local.foretold(plain, other)
        return [judge(found[name], limits).verdict for name, limits in ch8_local.LIMITS.items()]

    # without attention the mean side is 4 and half of the drawings are miscounted
    assert came(7, (1, 1, 1, 1)) == ["agrees", "agrees"]
    assert came(5, (1, 1, 2, 0)) == ["disagrees", "partly"]
    assert came(3, (0, 0, 1, 1)) == ["disagrees", "disagrees"]


def test_new_bumps_are_those_at_places_that_were_not_trained_on():
    known, canvas = local_study.training_images(64), bw.Canvas()
    every = canvas.render(canvas.lattice())
    new = every[[i for i, image in enumerate(every) if not (known == image).flatten(1).all(1).any()]]
    drawn = torch.cat([known[:3], new[:1], known[:1] + known[40:41]])  # the last has two
    record = {"setting": {"images": 64}, "measured": {"drawings": to_text(drawn)}}
    assert local_study.count_bumps(drawn).tolist() == [1, 1, 1, 1, 2]
    assert ch8_local.new_bumps([record]).mean == 0.25


def test_by_convolutions_alone_every_pixel_sees_the_whole_frame():
    net = local_study.new_network(0).net
    for weights in net.parameters():
        torch.nn.init.normal_(weights, std=0.1)  # blocks start as skips
    for row, column in ((0, 0), (8, 8), (15, 0)):
        image = torch.randn(1, 1, 16, 16, requires_grad=True)
        net(image, torch.tensor([500]), torch.zeros(1, 1))[0, 0, row, column].backward()
        assert (image.grad != 0).all()


def test_verdicts_without_results_say_which_command_makes_them(monkeypatch, tmp_path):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    for name, study in (
        ("beyond-leaving-memory", ideal_gap.STUDY),
        ("beyond-plus-or-times", stripes_scores.STUDY),
        ("beyond-local-mistake", local_study.STUDY),
    ):
        assert study.command in finding(name).data and "Not measured here" in finding(name).data


def test_figures_are_drawn_of_one_seed_and_of_several():
    curves = ideal_gap.curves(
        [gap_record("pairs", s, 0.1, 0.5) for s in (0, 1)] + [gap_record("values", 0, 1, 1)]
    )
    titles = [axes.get_title() for axes in beyond.ideal_gaps(curves).axes]
    assert titles == ["trained labels (2 seeds)", "held-out pairs (2 seeds)", "held-out values (1 seed)"]
    assert len(beyond.sum_errors({"bump": [0, 0.5], "SOS": [0, 0]}, (0, 999)).axes) == 1
    for seeds in (1, 2):
        records = [local_record(s, (0.9, 0.8, 0.7, 0.0), (0.5, 0.4, 0.3, 0.0)) for s in range(seeds)]
        drawings, scores = local_study.compared(records)
        assert list(drawings) == ["network", "local machine", "ideal denoiser"]
        assert len(scores) == (2 if seeds == 1 else 3)
        assert len(beyond.machine_scores(scores).axes) == 1
    crossed = [RED in [line.get_color() for line in axes.lines] for axes in machine_rows(drawings)[0]]
    assert crossed == [count != 1 for count in local_study.count_bumps(drawings["network"])]


def machine_rows(drawings):
    axes = beyond.machine_drawings(drawings, columns=4).axes
    return [axes[row : row + 4] for row in range(0, len(axes), 4)]


def test_the_answer_shows_both_worlds_and_what_each_rule_gets():
    galleries = {"bump": torch.rand(6, 1, 16, 16), "SOS": torch.rand(6, 1, 16, 16)}
    table = stripes_table(sos=(1.0, 0.0), bump=(0.0, 0.97))
    figure = beyond.stripes_put_together(galleries, table)
    said = [axes.get_xlabel() for axes in figure.axes]
    assert said[3:6] == ["0 % ✗", "0 % ✗", "97 % ✓"] and said[9:] == ["0 % ✗", "100 % ✓", "0 % ✗"]
    assert np.array_equal(figure.axes[5].images[0].get_array(), galleries["bump"][5, 0])
    assert figure.draw_narrow().get_figwidth() < figure.get_figwidth()
    for drawings, shares in (({}, table), (galleries, table[table.kind == "bump"])):
        with pytest.raises(ValueError, match="no network that learned its stripes for (any world|SOS)"):
            beyond.stripes_put_together(drawings, shares)
