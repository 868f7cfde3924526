"""Union-find on a square lattice, compiled: the inner loops of ``newman_ziff.py``.

A forest is one int32 array: a parent's index, or at a root minus the size of its cluster, or EMPTY.
Lattices are square and site = y * size + x. Nothing here holds Python's lock, so that repeats run in
threads.
"""

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

EMPTY = np.int32(-(2**31))  # a site not occupied yet; no cluster has so negative a size


@intrinsic
def _prefetch(typing_context, array, index):
    """Ask for the cache line of array[index]: a hint that cannot change a result, worth a factor of two."""

    def code(context, builder, signature, args):
        from llvmlite import ir

        number, byte = ir.IntType(32), ir.IntType(8).as_pointer()
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        shape = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        hint = builder.module.declare_intrinsic("llvm.prefetch", (byte,), shape)
        address = builder.bitcast(builder.gep(data, [args[1]]), byte)
        builder.call(hint, [address, number(1), number(3), number(1)])  # to write, keep in all caches, data
        return context.get_dummy_value()

    return types.void(array, index), code


@njit(nogil=True, cache=True)
def draw(order, start, uniform):
    """The next len(uniform) sites of a random order: Fisher-Yates from the front, in place."""
    sites, ahead = len(order), 32
    for i in range(start, start + len(uniform)):
        if i + ahead < start + len(uniform):
            late = i + ahead
            _prefetch(order, late + np.int64(uniform[late - start] * (sites - late)))
        j = i + np.int64(uniform[i - start] * (sites - i))
        order[i], order[j] = order[j], order[i]


@njit(nogil=True, cache=True)
def _find(parent, site):
    """Root of a site. Every second site of the path is moved up a step (path halving)."""
    up = np.int64(parent[site])
    while up >= 0:
        top = np.int64(parent[up])
        if top < 0:
            return up
        parent[site] = top
        site, up = top, np.int64(parent[top])
    return site


@njit(nogil=True, cache=True)
def _find_wound(parent, wound, site):
    """Root of a site; the whole path then hangs on it, with the windings from each site to the root."""
    root, x, y = site, 0, 0
    while parent[root] >= 0:
        x, y = x + wound[root, 0], y + wound[root, 1]
        root = np.int64(parent[root])
    while site != root:
        up, own_x, own_y = np.int64(parent[site]), wound[site, 0], wound[site, 1]
        parent[site], wound[site, 0], wound[site, 1] = root, x, y
        site, x, y = up, x - own_x, y - own_y
    return root


@njit(nogil=True, cache=True)
def _unite(parent, root, other):
    """Hang the smaller of two clusters on the larger: (new root, old root, size, size)."""
    a, b = -np.int64(parent[root]), -np.int64(parent[other])
    if a < b:
        root, other = other, root
    parent[root] = -(a + b)
    parent[other] = root
    return root, other, a, b


@njit(nogil=True, cache=True)
def _join_torus(parent, wound, site, other, x, y, crossed, n):
    """Join a site with its neighbour across (x, y) periods of the torus, and notice clusters that wrap.

    Newman and Ziff keep the displacement from a site to its parent. Counting the periods in it says the
    same in one byte a direction: a bond within a cluster closes a loop around the torus when both ends
    disagree. The bytes may overflow without harm: only a loop that winds a multiple of 256 times around a
    direction would count as not winding at all.
    """
    root, far = _find_wound(parent, wound, site), _find_wound(parent, wound, other)
    x, y = x + wound[site, 0] - wound[other, 0], y + wound[site, 1] - wound[other, 1]
    if root == far:
        if x % 256 and n < crossed[0]:
            crossed[0] = n
        if y % 256 and n < crossed[1]:
            crossed[1] = n
        return 0, 0
    _, low, a, b = _unite(parent, root, far)
    wound[low, 0], wound[low, 1] = (x, y) if low == far else (-x, -y)
    return a, b


@njit(nogil=True, cache=True)
def _join_open(parent, edges, site, other, crossed, n):
    """Join a site with its neighbour and notice clusters that reach from one edge to the opposite one."""
    root, far = _find(parent, site), _find(parent, other)
    if root == far:
        return 0, 0
    top, low, a, b = _unite(parent, root, far)
    edges[top, 0] |= edges[low, 0]
    if edges[top, 0] & 3 == 3 and n < crossed[0]:
        crossed[0] = n
    if edges[top, 0] & 12 == 12 and n < crossed[1]:
        crossed[1] = n
    return a, b


@njit(nogil=True, cache=True)
def _ask_ahead(parent, tag, order, t, hints):
    """Prefetch the neighbourhood of the site to come in 24 turns, and the roots around that to come in 8."""
    if t + 24 < len(order):
        soon, later = np.int64(order[t + 8]), np.int64(order[t + 24])
        for k in range(len(hints)):
            if 0 <= later + hints[k] < len(parent):
                _prefetch(parent, later + hints[k])
                if tag is not None:
                    _prefetch(tag, (later + hints[k]) * tag.shape[1])
            if 0 <= soon + hints[k] < len(parent) and parent[soon + hints[k]] >= 0:
                _prefetch(parent, np.int64(parent[soon + hints[k]]))
                if tag is not None:
                    _prefetch(tag, np.int64(parent[soon + hints[k]]) * tag.shape[1])


@njit(nogil=True, cache=True)
def occupy(order, size, moves, hints, periodic, parent, tag, state, crossed, stride, largest, squares):
    """Occupy the sites of ``order``. Returns how many: with a tag it stops once both ways are crossed."""
    reach, n, best, square = np.abs(moves).max(), state[0], state[1], state[2]
    jumps, todo, slot = moves[:, 1] * size + moves[:, 0], len(order), n // stride + 1
    due = min(slot * stride, len(parent))
    for t in range(len(order)):
        _ask_ahead(parent, tag, order, t, hints)
        site = np.int64(order[t])
        y = site // size
        x = site - y * size
        n, best, square = n + 1, max(best, 1), square + 1
        parent[site] = -1
        if tag is not None and not periodic:
            tag[site, 0] = (x == 0) + 2 * (x == size - 1) + 4 * (y == 0) + 8 * (y == size - 1)
        inside = reach <= x < size - reach and reach <= y < size - reach
        root = site
        for k in range(len(jumps)):
            other, turn_x, turn_y = site + jumps[k], 0, 0
            if not inside:
                u, v = x + moves[k, 0], y + moves[k, 1]
                turn_x, turn_y = np.int64(u >= size) - np.int64(u < 0), np.int64(v >= size) - np.int64(v < 0)
                if (turn_x != 0 or turn_y != 0) and not periodic:
                    continue
                other -= (turn_y * size + turn_x) * size
            if parent[other] == EMPTY:
                continue
            if tag is None:
                other = _find(parent, other)
                if root == other:
                    continue
                root, other, a, b = _unite(parent, root, other)
            elif periodic:
                a, b = _join_torus(parent, tag, site, other, turn_x, turn_y, crossed, n)
            else:
                a, b = _join_open(parent, tag, site, other, crossed, n)
            best, square = max(best, a + b), square + 2 * a * b
        if n == due:
            largest[slot], squares[slot] = best, square
            slot, due = slot + 1, min(due + stride, len(parent))
        if tag is not None and max(crossed[0], crossed[1]) <= n:
            todo = t + 1
            break
    state[0], state[1], state[2] = n, best, square
    return todo
