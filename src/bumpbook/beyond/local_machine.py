"""The local equivariant score machine: the best denoiser that sees a patch and does not know where the patch lies.

Kamb and Ganguli 2025 ask for the least squared error over all estimates whose value at a pixel depends on the P x P
patch around it only (local) and by one rule for all pixels (equivariant). The answer is in closed form: a mean of the
centre pixels of all patches of all training images, each weighted by how well it explains the noisy patch. A network
that pads with zeros can feel the frame's edge in its patch, so patches that reach over the edge are compared only with
those that reach over it in the same way (the paper's boundary-broken version, used here).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor

from bumpworld import checks
from bumpworld.diffusion import NoiseSchedule

CHUNK = 4_000_000  # numbers in one table of patch distances: 16 MB


@dataclass(frozen=True)
class PatchBook:
    """All patches of one size and one relation to the edge: ``patches`` (k, P * P), the pixels at their ``centres``
    (k,), ``weights`` (k,), how many patches look like this one, and ``places`` (m,), the pixels that consult them."""

    patches: Tensor
    centres: Tensor
    weights: Tensor
    places: Tensor


def patch_books(images: Tensor, patch: int) -> list[PatchBook]:
    """The patches (side ``patch``, odd) of ``images`` (k, 1, size, size), apart by how they reach over the edge.

    Pixels outside the frame count as 0, in the noisy image too: they carry no noise and tell only where the edge is.
    With patch >= 2 size - 1 every pixel is on its own and sees the whole image.
    """
    side = checks.shaped("images", images, "k", 1, "size", "size").shape[-1]
    if not len(images) or images.shape[2] != side:
        raise ValueError(f"images have shape {tuple(images.shape)}; allowed is one square or more")
    patch = check_patch(patch)
    size, half = images.shape[-1], patch // 2
    cut = cut_patches(images, patch)  # (k, P * P, size * size)
    index = torch.arange(size)
    reach = torch.minimum(index, torch.tensor(half)) * (half + 1) + torch.minimum(
        size - 1 - index, torch.tensor(half)
    )
    kind = (reach[:, None] * (half + 1) ** 2 + reach[None, :]).flatten()
    books = []
    for one in kind.unique():
        places = (kind == one).nonzero()[:, 0]
        rows = cut[:, :, places].transpose(1, 2).reshape(-1, patch**2)
        # many patches are alike, most of them empty: each is kept once, with its number
        alike, weights = torch.unique((rows * 1e4).round(), dim=0, return_counts=True)
        alike = alike / 1e4
        books.append(PatchBook(alike, alike[:, patch**2 // 2].contiguous(), weights.float(), places))
    return books


def check_patch(patch) -> int:
    """``patch`` as an odd int, or a ValueError: a patch has a middle."""
    if checks.whole("patch", patch, 1) % 2 == 0:
        raise ValueError(f"patch is {patch!r}; allowed are odd whole numbers from 1")
    return int(patch)


def cut_patches(images: Tensor, patch: int) -> Tensor:
    """The patch around every pixel, zero outside the frame: (n, patch * patch, size * size) of (n, 1, size, size)."""
    return F.unfold(images.float(), patch, padding=patch // 2)


@dataclass
class LocalMachine:
    """The machine for a training set ``images`` (k, 1, size, size), with its ``patch`` side at each time.

    ``patch`` is one odd number, or a mapping from times to odd numbers. Call it as a denoiser: it gives the estimate of
    x_0 for x_t (n, 1, size, size) at times t (n,), all equal; labels are ignored.
    """

    images: Tensor
    schedule: NoiseSchedule
    patch: int | Mapping[int, int]
    _books: dict[int, list[PatchBook]] = field(default_factory=dict, repr=False)

    def __post_init__(self):
        if not len(checks.shaped("images", self.images, "k", 1, "size", "size")):
            raise ValueError("images is empty; allowed is one or more")
        checks.instance("schedule", self.schedule, NoiseSchedule)
        patches = self.patch.values() if isinstance(self.patch, Mapping) else [self.patch]
        if not patches:
            raise ValueError("patch is empty; allowed is a patch for one time or more")
        for patch in patches:
            check_patch(patch)

    def books(self, patch: int) -> list[PatchBook]:
        if patch not in self._books:
            self._books[patch] = patch_books(self.images, patch)
        return self._books[patch]

    def __call__(self, x_t: Tensor, t: Tensor, labels: Tensor | None = None) -> Tensor:
        if checks.instance("x_t", x_t, Tensor).shape[1:] != self.images.shape[1:]:
            raise ValueError(
                f"x_t has images of shape {tuple(x_t.shape[1:])}, the set {tuple(self.images.shape[1:])}"
            )
        self.schedule.signal_noise(t)
        time = int(t[0])
        if (t != time).any():
            raise ValueError(f"times {t.unique().tolist()} are mixed; allowed is one time for all images")
        if isinstance(self.patch, Mapping) and time not in self.patch:
            raise ValueError(f"time {time} has no patch; allowed are {sorted(self.patch)}")
        patch = self.patch[time] if isinstance(self.patch, Mapping) else int(self.patch)
        alpha_bar = self.schedule.alpha_bar[time]
        noisy, estimate = cut_patches(x_t, patch), torch.empty(len(x_t), x_t[0].numel())
        for book in self.books(patch):
            queries = noisy[:, :, book.places].transpose(1, 2).reshape(-1, patch**2)
            values = torch.cat([_posterior_mean(q, book, alpha_bar) for q in _chunks(queries, book)])
            estimate[:, book.places] = values.reshape(len(x_t), -1)
        return estimate.reshape(x_t.shape)


def _chunks(queries: Tensor, book: PatchBook):
    return queries.split(max(1, CHUNK // len(book.patches)))


def _posterior_mean(queries: Tensor, book: PatchBook, alpha_bar: Tensor) -> Tensor:
    """E[centre pixel | noisy patch] for ``queries`` (m, P * P), shape (m,)."""
    energy = alpha_bar * (book.patches**2).sum(1) - 2 * alpha_bar.sqrt() * (queries @ book.patches.T)
    weights = torch.softmax(book.weights.log() - energy / (2 * (1 - alpha_bar)), dim=1)
    return weights @ book.centres
