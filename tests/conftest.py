"""What all tests share: the options, the markers' meaning, the built book.

`pytest` alone runs the unit tests and, when the book is built, the page tests; `--long` adds the tests that take
minutes. A check that this machine cannot do (no browser, no built book) is skipped with a banner at the end; with
CI=true in the environment it fails instead.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from shared import BOOK, IN_CI, built_pages, cannot_check, not_checked

# No deadline: a shared machine is slow now and then. In CI the same examples every time.
settings.register_profile("bumpworld", deadline=None, derandomize=IN_CI)
settings.load_profile("bumpworld")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --long."""
    parser.addoption("--long", action="store_true", help="run the tests that take minutes as well")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests marked `long` unless --long is given."""
    if config.getoption("--long"):
        return
    for item in items:
        if "long" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="takes minutes: run with --long"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in capitals at the end what was not checked."""
    for reason in sorted(not_checked):
        terminalreporter.section("NOT CHECKED", sep="!", red=True, bold=True)
        terminalreporter.write_line(reason)


@pytest.fixture(autouse=True)
def threads() -> Iterator[None]:
    """Give PyTorch back the threads that it had. A sweep of one model takes those of all cores, and where it runs in the
    tests' own process all later tests would have them too: beside other processes they wait for one another."""
    torch = sys.modules.get("torch")
    before = torch.get_num_threads() if torch else None
    yield
    if torch and torch.get_num_threads() != before:
        torch.set_num_threads(before)


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a sweep gives its worker processes is done in this one."""
    from bumpbook.frame import runner

    monkeypatch.setattr(runner, "_locally", lambda jobs, tasks: ((t[1], runner.run_one(*t)) for t in tasks))


@pytest.fixture(scope="session")
def book() -> Path:
    """Return the folder of the built book, or skip (in CI: fail) when there is none."""
    if not built_pages():
        cannot_check("The pages were not checked: there is no built book. Run `make book` first.")
    return BOOK
