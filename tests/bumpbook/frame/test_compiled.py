"""Compiling a network: what a caller sees of it, without the minutes that it takes."""

import pytest
import torch

from bumpbook.frame.compiled import compiled
from bumpworld.unet import ConditionalUNet, UNetConfig

SMALL = {"channels": (8, 12, 16), "heads": 2, "label_features": 8, "time_features": 8, "embedding": 24}


@pytest.fixture
def asked():
    """A small paper network and what it is asked."""
    torch.manual_seed(0)
    net = ConditionalUNet(UNetConfig.paper(**SMALL, precision="bfloat16"))
    return net, (torch.randn(2, 1, 8, 8), torch.tensor([3, 900]), 8 * torch.rand(2, 2))


def test_the_network_is_one_graph(asked):
    # a break would cut it into layers, of which the compiler gives up after eight
    net, question = asked
    found = torch._dynamo.explain(ConditionalUNet.forward)(net, *question)
    assert (found.graph_count, found.graph_break_count) == (1, 0)


def test_within_it_the_compiled_network_answers_and_layers_are_read_as_before(asked, monkeypatch):
    net, question = asked
    calls = []

    def compile(function, dynamic):
        assert not dynamic
        return lambda *a: calls.append(1) or function(*a)

    monkeypatch.setattr(torch, "compile", compile)
    eager = ConditionalUNet.forward
    plain, layer = net(*question), net.features(*question, "middle")
    with compiled():
        assert torch.equal(net(*question), plain)
        assert len(calls) == 1
        assert torch.equal(net.features(*question, "middle"), layer)
        assert len(calls) == 1
    assert ConditionalUNet.forward is eager
    with compiled(False):
        assert ConditionalUNet.forward is eager


def test_an_error_puts_the_network_back():
    eager = ConditionalUNet.forward
    with pytest.raises(KeyError), compiled():
        raise KeyError
    assert ConditionalUNet.forward is eager
