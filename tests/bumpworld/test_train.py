"""Training: repeatable, averaged as promised, honest about when it learned, loud when it breaks."""

import copy
import itertools
import math
import sys
import time
from dataclasses import replace

import pytest
import torch

from bumpbook.frame.sweeps import sweep
from bumpworld import Canvas, Experiment, accuracy, sample, train
from bumpworld.selection import lesion
from bumpworld.store import Store
from bumpworld.train import TrainingError, new_model
from bumpworld.unet import UNetConfig

TINY = UNetConfig(channels=(8, 16), heads=2, label_features=8, time_features=8, embedding=16)
MINI = UNetConfig(channels=(4,), patch=4, attention=(), label_features=2, time_features=2, embedding=4)
SHORT = Experiment(canvas=Canvas(8), unet=TINY, steps=6, batch_size=8)
FEW_LABELS = Experiment(
    canvas=Canvas(8, spacing=4.0),
    unet=UNetConfig(channels=(16, 32), embedding=64),
    steps=300,
    batch_size=16,
    until_learned=True,
)
MODULE = sys.modules["bumpworld.train"]  # the package's attribute of this name is the function


def weights(model):
    return torch.cat([weight.detach().flatten() for weight in model.parameters()]).clone()


def final(experiment):
    for step in train(experiment):
        pass
    return weights(step.model)


def test_steps_are_numbered_and_report():
    steps = []
    for step in train(SHORT):
        assert not step.model.training or all(not w.requires_grad for w in step.model.parameters())
        steps.append(step)
    assert [step.number for step in steps] == [1, 2, 3, 4, 5, 6]
    assert all(math.isfinite(step.loss) and step.loss > 0 for step in steps)
    assert all(a.seconds < b.seconds for a, b in itertools.pairwise(steps))
    assert {step.learned_at for step in steps} == {None}
    assert len({id(step.model) for step in steps}) == 1


def test_the_callers_own_time_is_not_counted():
    start = time.perf_counter()
    for step in train(replace(SHORT, steps=3)):
        time.sleep(0.2)
    assert step.seconds < time.perf_counter() - start - 0.6 + 0.01


def test_the_caller_may_stop_whenever():
    run = train(replace(SHORT, steps=10**6))
    assert [step.number for step in itertools.islice(run, 2)] == [1, 2]
    run.close()


def test_the_same_seed_gives_the_same_weights_and_another_does_not():
    state = torch.random.get_rng_state()
    first = final(SHORT)
    assert torch.equal(torch.random.get_rng_state(), state)  # the caller's own draws are left alone
    torch.manual_seed(99)
    assert torch.equal(final(SHORT), first)
    assert not torch.allclose(final(replace(SHORT, seed=1)), first)
    assert torch.equal(weights(new_model(SHORT)), weights(new_model(SHORT)))
    assert not torch.allclose(weights(new_model(SHORT)), weights(new_model(replace(SHORT, seed=1))))


def test_the_weights_are_an_exponential_moving_average():
    # without averaging the run shows its raw weights w; with it, a_n = k a_(n-1) + (1 - k) w_n with one k for all
    start = weights(new_model(SHORT))
    raw = [weights(step.model) for step in train(replace(SHORT, ema=0.0))]
    average, keeps = start, []
    for step, new in zip(train(replace(SHORT, ema=0.3)), raw, strict=True):
        now = weights(step.model)
        towards = (average - new).double()
        keep = ((now - new).double() @ towards) / (towards @ towards)
        torch.testing.assert_close(now, new + keep.float() * (average - new), atol=1e-6, rtol=1e-5)
        average = now
        keeps.append(float(keep))
    assert all(-1e-6 <= keep <= 0.3 + 1e-4 for keep in keeps)
    assert keeps[-1] == pytest.approx(0.3, abs=1e-3)  # early on less is kept of the random start
    assert torch.equal(raw[-1], final(replace(SHORT, ema=0.0)))


@pytest.mark.parametrize("target", ["eps", "v", "x0"])
def test_training_lowers_the_loss(target):
    experiment = replace(SHORT, target=target, steps=25, learning_rate=5e-3)
    for step in train(experiment):
        pass
    labels = experiment.canvas.lattice().repeat(4, 1)
    losses = [  # of the untrained and the trained model, on the same times and the same noise
        MODULE.training_loss(
            m, experiment.canvas.render(labels), labels, torch.Generator().manual_seed(0)
        ).item()
        for m in (new_model(experiment), step.model)
    ]
    assert losses[1] < 0.9 * losses[0]


def test_only_training_labels_are_shown(monkeypatch):
    seen, true_loss = [], MODULE.training_loss

    def watched(model, images, labels, generator=None):
        seen.append((images, labels))
        return true_loss(model, images, labels, generator)

    monkeypatch.setattr(MODULE, "training_loss", watched)
    experiment = replace(SHORT, train_on=lesion(2, 6), steps=8)
    final(experiment)
    images, labels = (torch.cat(parts) for parts in zip(*seen, strict=True))
    torch.testing.assert_close(images, experiment.canvas.render(labels))
    expected = experiment.train_on.split(experiment.canvas).train
    assert {tuple(label) for label in labels.tolist()} == {tuple(label) for label in expected.tolist()}
    counts = labels.unique(dim=0, return_counts=True)[1]
    assert counts.max() - counts.min() <= 1  # 64 draws of 32 labels: every label is used equally often


def test_until_learned_goes_on_for_as_long_again():
    run = list(train(FEW_LABELS))
    learned_at = run[-1].learned_at
    assert learned_at is not None and learned_at < FEW_LABELS.steps
    assert run[-1].number == max(2 * learned_at, 80)
    assert [step.learned_at for step in run] == [None] * (learned_at - 1) + [learned_at] * (
        len(run) - learned_at + 1
    )
    labels = FEW_LABELS.canvas.lattice()
    drawn = sample(run[-1].model, labels, generator=torch.Generator().manual_seed(5))
    assert (
        accuracy(drawn, labels, FEW_LABELS.canvas).both == 1
    )  # what it says is true, on other noise as well


def test_a_run_that_reaches_its_cap_never_learned():
    run = list(train(replace(SHORT, unet=MINI, steps=25, until_learned=True)))
    assert len(run) == 25
    assert run[-1].learned_at is None


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_stops_training_and_names_the_step(monkeypatch, bad):
    true_loss, calls = MODULE.training_loss, []

    def breaking(*arguments):
        calls.append(1)
        return true_loss(*arguments) * (bad if len(calls) == 3 else 1)

    monkeypatch.setattr(MODULE, "training_loss", breaking)
    done = []
    with pytest.raises(TrainingError, match=rf"{bad} at step 3 "):
        for step in train(SHORT):
            done.append(step)
    assert len(done) == 2
    assert torch.isfinite(weights(done[-1].model)).all()  # what was reached before is still whole


def test_weights_that_blow_up_are_noticed(monkeypatch):
    def broken(experiment, device="cpu"):
        model = new_model(experiment, device)
        with torch.no_grad():
            list(model.parameters())[-1].fill_(1e30)  # finite, but its square is not
        return model

    monkeypatch.setattr(MODULE, "new_model", broken)
    with pytest.raises(TrainingError, match=r"inf at step 1 "):
        final(SHORT)


@pytest.mark.parametrize("sigma", [0.3, 1.0, 2.0])
def test_energy_normalised_images_have_the_energy_of_a_bump_of_width_one(sigma):
    experiment = replace(SHORT, canvas=Canvas(8, sigma), energy_normalised=True, steps=1)
    (step,) = train(experiment)
    images = step.model.scale * experiment.canvas.render(experiment.canvas.lattice())
    assert (images**2).sum((1, 2, 3)).mean().item() == pytest.approx(math.pi, rel=1e-4)
    (plain,) = train(replace(experiment, energy_normalised=False))
    assert plain.model.scale == 1
    assert new_model(experiment).scale == step.model.scale  # loaded weights find their scale again


def test_a_model_can_be_copied():
    model = new_model(SHORT)
    assert torch.equal(weights(copy.deepcopy(model)), weights(model))


def test_images_may_be_drawn_anew_at_every_visit():
    """A function of the rows that gives the images in store changes nothing; it is asked for each batch, and for no more."""
    labels, asked = SHORT.canvas.lattice(), []
    images = SHORT.canvas.render(labels)

    def visit(rows):
        asked.append(rows)
        return images[rows]

    runs = [list(MODULE.fit(new_model(SHORT), kind, labels, SHORT, None)) for kind in (images, visit)]
    assert torch.equal(*(weights(run[-1].model) for run in runs))
    assert [len(rows) for rows in asked] == [SHORT.batch_size] * SHORT.steps


def test_fit_is_what_train_does():
    """A world of one's own is trained in the same way, to the last bit."""
    labels = SHORT.train_on.split(SHORT.canvas).train
    mine = MODULE.fit(new_model(SHORT), SHORT.canvas.render(labels), labels, SHORT, lambda model: False)
    *_, last = mine
    assert torch.equal(weights(last.model), final(SHORT))


def test_a_callers_generator_draws_what_the_seed_does_not():
    """Started as the seed would start it, it changes nothing; started anew on the way, two trainings are one until then."""
    labels = SHORT.train_on.split(SHORT.canvas).train
    images = SHORT.canvas.render(labels)

    def losses(again=None):
        generator = torch.Generator().manual_seed(SHORT.seed + 1)
        for step in MODULE.fit(new_model(SHORT), images, labels, SHORT, None, generator):
            yield step.loss
            if step.number == 2 and again is not None:
                generator.manual_seed(again)

    plain = [step.loss for step in MODULE.fit(new_model(SHORT), images, labels, SHORT, None)]
    one, other = list(losses(100)), list(losses(101))
    assert list(losses()) == plain
    assert one[:2] == other[:2] == plain[:2]
    assert not {*one[2:]} & {*other[2:]}
    with pytest.raises(ValueError, match="generator is 3"):
        next(MODULE.fit(new_model(SHORT), images, labels, SHORT, None, 3))


def test_fit_asks_whether_the_labels_are_drawn_right():
    asked = []

    def right(model):
        asked.append(weights(model))
        return len(asked) == 2

    experiment = replace(SHORT, unet=MINI, steps=100, until_learned=True)
    labels = experiment.canvas.lattice()
    run = list(MODULE.fit(new_model(experiment), experiment.canvas.render(labels), labels, experiment, right))
    assert (len(asked), run[-1].learned_at, len(run)) == (2, 40, 80)


def test_training_is_still_what_the_stored_models_had():
    """The first losses of a record that was made long ago, on another machine maybe: the recipe has not changed."""
    experiment = sweep("first").experiments[0]
    recorded = dict(Store().load_record(experiment)["training"]["loss"])
    steps = itertools.islice(train(experiment), 8)
    compared = [(step.loss, recorded[step.number]) for step in steps if step.number in recorded]
    assert len(compared) >= 2
    for now, then in compared:
        assert now == pytest.approx(then, rel=0.01)
