"""Pieces of a cloud against clouds whose pieces are known, and against networkx."""

import networkx as nx
import numpy as np
import pytest

from bumpbook.percolation.pieces import largest_piece, null_piece


def sheet(side, gap=0.0):
    """Points of a flat sheet, jittered, in ten dimensions; its right half moved away by ``gap``."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:side, :side].reshape(2, -1) + rng.normal(0, 0.05, (2, side**2))
    x = x + gap * (x > side / 2 - 0.5)
    return np.column_stack([x, y]) @ np.linalg.qr(rng.normal(size=(10, 10)))[0][:2]


def test_a_sheet_is_one_piece_and_a_torn_one_two():
    assert largest_piece(sheet(8)) == 1
    assert largest_piece(sheet(8, gap=20.0)) == 0.5


@pytest.mark.parametrize("neighbours", [1, 2, 3, 5])
def test_against_networkx(neighbours):
    points = np.random.default_rng(neighbours).normal(size=(40, 3))
    nearest = []
    for point in points:
        apart = ((points - point) ** 2).sum(1)
        nearest.append(set(np.argsort(apart)[1 : neighbours + 1].tolist()))
    graph = nx.Graph()
    graph.add_nodes_from(range(40))
    graph.add_edges_from((a, b) for a in range(40) for b in nearest[a] if a in nearest[b])
    assert largest_piece(points, neighbours) == max(map(len, nx.connected_components(graph))) / 40


def test_the_null_keeps_the_spectrum_and_loses_the_sheet():
    """Of random points on a line mutual nearest pairs are few; the null of a line is that line dealt out anew."""
    line = np.linspace(0, 1, 30)[:, None] ** 1.5
    assert null_piece(line, 2) == pytest.approx(largest_piece(line, 2))
    many = np.random.default_rng(1).normal(size=(64, 30))
    assert null_piece(many) < 1


@pytest.mark.parametrize("neighbours", [0, 10, 1.5])
def test_as_many_neighbours_as_there_are(neighbours):
    with pytest.raises(ValueError, match="neighbours"):
        largest_piece(np.eye(10), neighbours)
