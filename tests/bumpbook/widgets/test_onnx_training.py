"""Training as an ONNX file: a runtime that cannot differentiate takes the very steps that PyTorch takes."""

from dataclasses import replace
from functools import cache
from importlib import import_module

import numpy as np
import pytest
import torch

from bumpbook.frame.label_codes import turn
from bumpbook.widgets.onnx_ops import write_node
from bumpbook.widgets.onnx_training import (
    BETAS,
    STATE,
    first_weights,
    flat_weights,
    frequencies,
    training_graphs,
)
from bumpbook.widgets.onnx_writer import Writer
from bumpworld import Canvas, Experiment, train
from bumpworld.diffusion import sample
from bumpworld.measure import accuracy
from bumpworld.selection import held_out_square
from bumpworld.train import new_model
from bumpworld.unet import ConditionalUNet, UNetConfig
from shared import onnx_session

training = import_module("bumpworld.train")  # the package has a function of this name
SMALL = {"heads": 2, "label_features": 8, "time_features": 8, "embedding": 24}
CONFIGS = {
    "quick": UNetConfig(channels=(8, 16), **SMALL),
    "paper, map": UNetConfig.paper(channels=(8, 12), attention=(0, 1), place=4, **SMALL),
}
WORLD = Canvas(size=8)


def experiment(name, **changes):
    return Experiment(
        canvas=WORLD, train_on=held_out_square(3, 5), unet=CONFIGS[name], steps=40, batch_size=16, **changes
    )


@cache
def sessions(name):
    graphs = training_graphs(experiment(name))
    return onnx_session(graphs.step), onnx_session(graphs.draw), onnx_session(graphs.ask), graphs


class Steps:
    """A run of steps by ONNX Runtime from a network's first weights on."""

    def __init__(self, session, weights, experiment):
        zero = np.zeros_like(weights)
        self.state = dict(zip(STATE, (weights, zero, zero, weights), strict=True))
        self.session, self.experiment, self.number = session, experiment, 0

    def take(self, x, t, labels, wanted):
        """One step on a batch; returns its loss."""
        self.number += 1
        rate = self.experiment.learning_rate * training._rate(
            self.experiment, self.number, None, self.experiment.steps
        )
        keep = min(self.experiment.ema, self.number / (self.number + 10))
        numbers = {
            "rate": rate,
            "first": 1 - BETAS[0] ** self.number,
            "second": 1 - BETAS[1] ** self.number,
            "keep": keep,
        }
        waves = frequencies(self.experiment.unet)
        batch = {"x": x, "t": t, "labels": labels, "frequencies": waves, "wanted": wanted}
        given = {name: value.numpy().astype(np.float32) for name, value in batch.items()}
        given |= {name: np.array([value], np.float32) for name, value in numbers.items()}
        *state, loss = self.session.run(None, self.state | given)
        self.state = dict(zip(STATE, state, strict=True))
        return float(loss)


@pytest.mark.parametrize("name", CONFIGS)
def test_five_steps_are_those_of_train(name, monkeypatch):
    """`train` itself is the truth: its batches are overheard and given to ONNX Runtime."""
    heard = []
    loss = training.training_loss

    def overhear(model, images, labels, generator):
        hook = model.net.register_forward_pre_hook(lambda _, given: heard.append((*given, images)))
        try:
            return loss(model, images, labels, generator)
        finally:
            hook.remove()

    monkeypatch.setattr(training, "training_loss", overhear)
    e = experiment(name)
    steps = Steps(sessions(name)[0], flat_weights(new_model(e).net).numpy(), e)
    for step in train(e):
        assert steps.take(*heard.pop()) == pytest.approx(step.loss, rel=1e-3)
        theirs = flat_weights(step.model.net).numpy()
        if step.number in (1, 5):
            np.testing.assert_allclose(steps.state["averaged"], theirs, rtol=1e-3, atol=1e-5)
        if step.number == 5:
            break
    assert np.abs(theirs - flat_weights(new_model(e).net).numpy()).max() > 1e-3  # it has moved


@pytest.mark.parametrize("name", CONFIGS)
def test_a_look_is_the_networks_answer(name):
    torch.manual_seed(3)
    net = ConditionalUNet(CONFIGS[name])
    for weight in net.parameters():
        torch.nn.init.normal_(weight, std=0.1)
    x, t, labels = torch.randn(16, 1, 8, 8), torch.linspace(0, 999, 16), 8 * torch.rand(16, 2)
    given = {"averaged": flat_weights(net), "x": x, "t": t, "labels": labels}
    given["frequencies"] = frequencies(net.config)
    truth = net(x, t, labels), net.features(x, t, labels, "middle")
    for session, count in ((sessions(name)[1], 16), (sessions(name)[2], 1)):
        now = given | {key: given[key][:count] for key in ("x", "t", "labels")}
        found = session.run(None, {key: value.numpy() for key, value in now.items()})
        for ours, theirs in zip(found, truth, strict=True):
            np.testing.assert_allclose(ours, theirs[:count].detach(), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    "told", [{"label_code": "turned", "label_angle": 45.0}, {"label_frequencies": (0.05, 0.375)}]
)
def test_one_file_serves_every_language(told):
    """The labels turned, or other frequencies, are all that tells the languages apart."""
    torch.manual_seed(4)
    net = ConditionalUNet(replace(CONFIGS["quick"], **told))
    for weight in net.parameters():
        torch.nn.init.normal_(weight, std=0.1)
    x, t, labels = torch.randn(16, 1, 8, 8), torch.linspace(0, 999, 16), 8 * torch.rand(16, 2)
    given = {"averaged": flat_weights(net), "x": x, "t": t, "frequencies": frequencies(net.config)}
    given["labels"] = turn(labels, net.config.label_angle)
    found, _ = sessions("quick")[1].run(None, {key: value.numpy() for key, value in given.items()})
    np.testing.assert_allclose(found, net(x, t, labels).detach(), rtol=1e-3, atol=1e-4)


def test_other_codes_are_refused():
    named = replace(CONFIGS["quick"], label_code="one-hot", label_values=8)
    with pytest.raises(ValueError, match="'one-hot'; allowed here are axes and turned"):
        training_graphs(replace(experiment("quick"), unet=named))


def test_a_run_learns_what_it_is_shown_and_what_it_is_not():
    e = experiment("quick", learning_rate=4e-3)
    split = e.train_on.split(WORLD)
    model = new_model(e)
    run, draw = Steps(sessions("quick")[0], flat_weights(model.net).numpy(), e), np.random.default_rng(0)
    run.experiment = replace(e, steps=260)
    losses = []
    for _ in range(260):
        labels = split.train[draw.integers(len(split.train), size=16)]
        x0 = WORLD.render(labels)
        t = torch.from_numpy(draw.integers(1000, size=16))
        noise = torch.from_numpy(draw.normal(size=x0.shape)).float()
        losses.append(run.take(e.schedule.add_noise(x0, t, noise), t, labels, x0))
    assert np.mean(losses[-20:]) < 0.3 * np.mean(losses[:20])
    torch.nn.utils.vector_to_parameters(torch.from_numpy(run.state["averaged"]), model.net.parameters())
    for labels in (split.train, split.test["square"]):
        drawn = sample(model, labels, 10, generator=torch.Generator().manual_seed(0))
        assert accuracy(drawn, labels, WORLD).both >= 0.75


def test_the_files_are_small_and_hold_no_weight():
    graphs = sessions("quick")[3]
    assert len(graphs.step) + len(graphs.draw) < 70_000
    net = new_model(experiment("quick")).net
    assert graphs.layout == {name: tuple(value.shape) for name, value in net.named_parameters()}
    assert sum(np.prod(shape) for shape in graphs.layout.values()) == len(flat_weights(net))


def test_first_weights_are_said_as_pytorch_draws_them():
    net = ConditionalUNet(UNetConfig.quick())
    fillings = first_weights(net)
    assert [f["count"] for f in fillings] == [value.numel() for value in net.parameters()]
    for filling, value in zip(fillings, net.parameters(), strict=True):
        numbers, bound = value.detach().flatten(), filling["value"]
        if filling["kind"] == "same":
            assert (numbers == bound).all()
        else:  # the largest of n uniform numbers is close to the bound, their square a third of its
            assert bound * (1 - 12 / len(numbers)) <= numbers.abs().max() <= bound * (1 + 1e-6)
            if len(numbers) > 1000:
                assert numbers.square().mean() == pytest.approx(bound**2 / 3, rel=0.1)


def test_an_operation_without_a_rule_is_named():
    graph = torch.fx.symbolic_trace(lambda x: torch.ops.aten.erf.default(x)).graph
    x, erf = list(graph.nodes)[:2]
    writer = Writer()
    writer.shapes["x"] = (2,)
    with pytest.raises(ValueError, match="operation is 'erf'; allowed are"):
        write_node(writer, erf, {x: "x"})
