"""The regression on label codes against scikit-learn's, a closed form, and its own promises."""

import numpy as np
import pytest
import torch
from sklearn.kernel_ridge import KernelRidge

from bumpbook.frame import label_codes as label_codes
from bumpworld import Canvas, UNetConfig, accuracy, held_out_square
from bumpworld.instruments.baselines import KernelRegression
from bumpworld.instruments.label_kernel import RIDGE, LabelKernel, code_similarity, wide_kernel

UNET = UNetConfig.quick()


@pytest.fixture(scope="module")
def split():
    return held_out_square(3, 5).split(Canvas(size=8))


def test_it_is_kernel_ridge_regression(split):
    images = Canvas(size=8).render(split.train)
    kernel = lambda a, b: wide_kernel(
        (code_similarity(a[:, 0], b[:, 0], UNET) + code_similarity(a[:, 1], b[:, 1], UNET)) / 2
    ).numpy()
    other = KernelRidge(kernel="precomputed", alpha=RIDGE)
    other.fit(kernel(split.train, split.train), images.flatten(1).numpy())
    wanted = other.predict(kernel(split.labels, split.train))
    found = LabelKernel(UNET).fit(split.train, images).predict(split.labels)
    assert found.shape == (64, 1, 8, 8)
    np.testing.assert_allclose(found.flatten(1), wanted, atol=1e-4)


@pytest.mark.parametrize("regression", [LabelKernel, KernelRegression])
def test_told_turned_axes_it_is_the_regression_on_turned_labels(regression, split):
    images, degrees = Canvas(size=8).render(split.train), 30.0
    told = regression(UNetConfig.quick(label_code="turned", label_angle=degrees))
    found = told.fit(split.train, images).predict(split.labels)
    trained, asked = (label_codes.turn(part.double(), degrees) for part in (split.train, split.labels))
    wanted = regression(UNET).fit(trained, images).predict(asked)
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    plain = regression(UNET).fit(split.train, images).predict(split.labels)
    assert not np.allclose(found, plain, atol=1e-2)


def test_it_draws_what_it_was_shown(split):
    """Right by the judge with the book's ridge, and exactly in the limit of none."""
    canvas = Canvas(size=8)
    images = canvas.render(split.train)
    found = LabelKernel(UNET).fit(split.train, images).predict(split.train)
    assert accuracy(found, split.train, canvas, 0.1).both == 1
    exact = LabelKernel(UNET, 1e-7).fit(split.train, images).predict(split.train)
    assert float((exact - images).abs().max()) < 1e-4


def test_one_label_is_drawn_in_proportion_to_its_likeness():
    """With one training label the answer is K(asked, it) / (1 + ridge) times its image: by hand."""
    canvas, label = Canvas(size=8), torch.tensor([[3.0, 4.0]])
    asked = torch.tensor([[3.0, 4.0], [6.0, 1.0]])
    found = LabelKernel(UNET).fit(label, canvas.render(label)).predict(asked)
    cosine = [
        (code_similarity([a], [b], UNET) + code_similarity([c], [d], UNET)) / 2
        for a, b, c, d in ((3.0, 3.0, 4.0, 4.0), (6.0, 3.0, 1.0, 4.0))
    ]
    weights = [float(wide_kernel(c)) / (1 + RIDGE) for c in cosine]
    for image, weight in zip(found, weights, strict=True):
        np.testing.assert_allclose(image, weight * canvas.render(label)[0], atol=1e-6)
    assert weights[0] == pytest.approx(1 / (1 + RIDGE))


def test_a_sum_of_stripes_needs_no_training_and_a_bump_does():
    """In the SOS world the picture of a pair is a sum, and so nearly is the kernel: a held-out square is filled."""
    for kind, near in (("sos", True), ("bump", False)):
        canvas = Canvas(kind=kind)
        split = held_out_square(4, 12).split(canvas)
        found = LabelKernel(UNET).fit(split.train, canvas.render(split.train)).predict(split.test["square"])
        error = float(((found - canvas.render(split.test["square"])) ** 2).mean())
        assert (error < 0.1 * float((canvas.render(split.test["square"]) ** 2).mean())) == near


@pytest.mark.parametrize("regression", [LabelKernel, KernelRegression])
def test_a_code_with_learned_parts_is_refused(regression):
    with pytest.raises(ValueError, match="label_code is 'fourier'; allowed are codes of which nothing"):
        regression(UNetConfig.quick(label_code="fourier"))
