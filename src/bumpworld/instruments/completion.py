"""Low-rank completion: tables of columns and rows that have a hole, filled from the full block around it.

In a table of low rank few columns and rows settle all others. Let c be what is known of an entry's row, a what is known of
its column, and B the block in which those columns and rows cross. Then the entry is a B^+ c, with the pseudo-inverse B^+
(a skeleton or CUR decomposition: Goreinov, Tyrtyshnikov and Zamarashkin, "A theory of pseudoskeleton approximations",
Linear Algebra and its Applications 261, 1997). That is exact where B has the rank of the whole table. A product f(x) g(y)
has rank 1 and a sum f(x) + g(y) rank 2; nothing asks which of them it is.
"""

import numpy as np

from .. import checks
from . import arrays

# of a block's largest singular value: what is less is rounding, for images are float32 and have seven digits
CUTOFF = 1e-6


class LowRank:
    """Targets (n, p) by label (n, 2): p numbers, each a table of its own over the values of x and of y.

    Calling it with labels (m, 2) gives (m, p), float64: what was shown where the pair was trained on (the mean, if more
    than once), and what completion says elsewhere. NaN where that is open: where x or y was never seen, or the columns known in
    row y and the rows known in column x do not cross in a full block. Whether the block has the table's rank is not asked:
    where it has not, the answer is wrong.
    """

    def __init__(self, labels: np.ndarray, targets: np.ndarray):
        self.values, at, targets = arrays.by_pair(labels, targets)
        count = np.zeros([len(v) for v in self.values])
        self.table = np.zeros((*count.shape, targets.shape[1]))
        np.add.at(count, at, 1)
        np.add.at(self.table, at, targets)
        self.known = count > 0
        self.table[self.known] /= count[self.known, None]

    def __call__(self, labels: np.ndarray) -> np.ndarray:
        labels = checks.numbers("labels", labels, "n", 2).numpy()
        found = np.full((len(labels), self.table.shape[2]), np.nan)
        seen = np.stack([np.isin(c, v) for c, v in zip(labels.T, self.values, strict=True)]).all(0)
        x, y = (np.searchsorted(v, c[seen]) for v, c in zip(self.values, labels.T, strict=True))
        found[seen] = np.where(self.known[x, y, None], self.table[x, y], self._completed(x, y))
        return found

    def _completed(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Answers (m, p) at the places (x, y) of the table that are not known, NaN at the others."""
        found = np.full((len(x), self.table.shape[2]), np.nan)
        partners = np.concatenate([self.known[:, y].T, self.known[x]], axis=1)
        # places with the same partners share a block, whose inverse is the costly part
        for both in np.unique(partners[~self.known[x, y]], axis=0):
            columns, rows = (np.flatnonzero(part) for part in np.split(both, [len(self.values[0])]))
            if self.known[np.ix_(columns, rows)].all():
                here = np.flatnonzero((partners == both).all(1) & ~self.known[x, y])
                found[here] = self._from_block(columns, rows, x[here], y[here])
        return found

    def _from_block(self, columns, rows, x, y) -> np.ndarray:
        """a B^+ c at each of the places (x, y), (m, p); each of the p tables has its own block B."""
        block = self.table[np.ix_(columns, rows)].transpose(2, 0, 1)
        a, c = self.table[x[:, None], rows], self.table[columns, y[:, None]]
        return np.einsum("mrp,prc,mcp->mp", a, np.linalg.pinv(block, rcond=CUTOFF), c, optimize=True)
