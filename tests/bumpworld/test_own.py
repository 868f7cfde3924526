"""Rules and codes of a reader's own: what they must give, which names are free, and that a changed one is never taken for the old."""

from dataclasses import replace

import pytest
import torch

import bumpworld as bw
from bumpworld import checks, making
from bumpworld.files import ResultError
from bumpworld.label_code import LabelCode
from bumpworld.records import foreign
from bumpworld.rules import RULES, rule
from bumpworld.train import new_model
from bumpworld.unet_config import CODES, UNetConfig

CANVAS = bw.Canvas(8)
UNET = UNetConfig(channels=(4, 8), heads=2, label_features=4, time_features=4, embedding=8)
TINY = bw.Experiment(canvas=CANVAS, unet=UNET, steps=2, batch_size=4)


@pytest.fixture(autouse=True)
def clean():
    before = dict(RULES), dict(CODES)
    yield
    for known, kept in zip((RULES, CODES), before, strict=True):
        known.clear()
        known.update(kept)


def own(divide, name="mine"):
    """A rule of this module whose function is ``divide``."""
    divide.__name__ = name
    return rule()(divide)()


def test_the_example_of_the_docstring():
    @rule(width=checks.whole)
    def checkerboard(at, width):
        white = ((at.x // width + at.y // width) % 2).bool()
        return at.two_d & ~white, {"white": at.two_d & white}

    split = checkerboard(2).split(CANVAS)
    assert len(split.train) == len(split.test["white"]) == 32
    assert {tuple(label) for label in split.train.tolist()} >= {(0, 0), (1, 1), (2, 2), (0, 5)}
    assert {tuple(label) for label in split.test["white"].tolist()} >= {(2, 0), (0, 3)}


@pytest.mark.parametrize(
    ("divide", "said"),
    [
        (lambda at: at.two_d, "is a training mask and a dict"),
        (lambda at: (at.two_d, [at.two_d]), "is a training mask and a dict"),
        (lambda at: ((at.x < 3).numpy(), {}), "is a training mask and a dict"),
        (lambda at: (at.x, {}), "each a bool tensor of shape"),
        (lambda at: (at.two_d[:9], {}), r"of shape \(64,\)"),
        (lambda at: (at.x < 6, {"right": at.x >= 4}), r"puts the label \[4.0, 0.0\] into two masks"),
    ],
)
def test_a_rule_gives_masks_that_have_no_label_in_common(divide, said):
    with pytest.raises(ValueError, match=said):
        own(divide).split(CANVAS)


def test_a_name_that_another_module_has_taken_is_refused():
    def lesion(at):
        return at.two_d, {}

    with pytest.raises(
        ValueError, match="rule is 'lesion'; allowed is a name other than .* bumpworld.selection"
    ):
        rule()(lesion)
    with pytest.raises(ValueError, match="label_code is 'axes'; .* of bumpworld.label_code"):

        class Axes(LabelCode, name="axes"):
            pass

    assert bw.lesion(2, 4).split(CANVAS).test["lesion"][:, 0].unique().tolist() == [2, 3]
    # one's own may be written again, as a cell of a notebook is
    assert own(lambda at: (at.two_d, {})) == own(lambda at: (at.two_d, {}))


def test_an_unknown_name_tells_where_names_come_from():
    for make in (
        lambda: bw.Experiment(unet=replace(UNET, label_code="polar")),
        lambda: type(bw.lesion(1, 2))("mine"),
    ):
        with pytest.raises(ValueError, match="another is known once the module that defines it is imported"):
            make()


def halves(low):
    return lambda at: (at.two_d & (at.x < low), {"right": at.two_d & (at.x >= low)})


def test_a_rule_that_changed_under_its_name_is_not_taken_for_the_old(tmp_path):
    store, experiment = bw.Store(tmp_path), replace(TINY, train_on=own(halves(4)))
    ran = store.run(experiment)
    own(halves(4))
    assert store.load(experiment).record == ran.record
    own(halves(5))
    for ask in (store.load, store.load_record, store.run):
        with pytest.raises(
            ResultError, match="was made when the rule 'mine' was another; give the new one a name"
        ):
            ask(experiment)


def test_a_code_that_changed_under_its_name_is_not_taken_for_the_old(tmp_path):
    def code(stretch):
        class Mine(LabelCode, name="mine"):
            def code(self, labels):
                return super().code(stretch * labels)

    code(1.0)
    store, experiment = bw.Store(tmp_path), replace(TINY, unet=replace(UNET, label_code="mine"))
    ran = store.run(experiment, weights=False)
    # another machine's rounding is no other code
    code(1.0 + 1e-6)
    assert store.load(experiment).record == ran.record
    code(1.1)
    with pytest.raises(ResultError, match="was made when the label code 'mine' was another"):
        store.load(experiment)


def test_a_training_that_was_set_aside_is_not_taken_up_by_another_rule(tmp_path, monkeypatch):
    store, experiment = bw.Store(tmp_path), replace(TINY, train_on=own(halves(4)))
    with monkeypatch.context() as patch, pytest.raises(MemoryError):
        patch.setattr(making.evaluate, "losses", lambda *_: (_ for _ in ()).throw(MemoryError()))
        store.run(experiment)
    aside = (
        tmp_path / "locks" / f"{experiment.key}.json",
        tmp_path / "locks" / f"{experiment.key}.safetensors",
    )
    assert making.take_up(experiment, aside)
    own(halves(5))
    assert making.take_up(experiment, aside) is None


def test_the_projects_own_are_not_weighed():
    """A page reads thousands of records; what the project ships changes with its recipe."""
    assert foreign(TINY) == {}


@pytest.mark.parametrize(
    "images", [torch.zeros(4, 1, 8, 8, dtype=torch.float64), torch.full((4, 1, 8, 8), 255.0)]
)
def test_images_that_teach_nothing_are_refused(images):
    model = new_model(TINY)
    broken = images.float().clone()
    broken[0, 0, 0, 0] = torch.nan
    for wrong in (images, broken, (255 * images).to(torch.uint8)):
        with pytest.raises(
            ValueError, match="images is .*; allowed are float32, finite and of the order of 1"
        ):
            next(bw.fit(model, wrong, torch.zeros(4, 2), TINY))


def test_the_help_of_the_package_names_what_it_gives():
    assert {"Canvas", "Experiment", "fit", "train", "lesion", "load_or_train"} <= set(bw.__all__)
