"""The key of the notebooks' cache follows what a notebook can see, and nothing else."""

import pytest

from shared import load_extension


@pytest.fixture(scope="module")
def extension():
    return load_extension("execution_cache")


@pytest.fixture
def repository(tmp_path):
    for name, text in {
        "src/bumpworld/a.py": "a",
        "results/table.csv": "1",
        "constraints.txt": "x==1",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("name", ["src/bumpworld/a.py", "results/table.csv", "constraints.txt", "src/new.js"])
def test_key_changes_with_watched_files(extension, repository, name):
    before = extension.source_key(repository)
    (repository / name).write_text("other")
    assert extension.source_key(repository) != before


@pytest.mark.parametrize("name", ["src/bumpworld/__pycache__/a.pyc", "notebooks/01.ipynb", "README.md"])
def test_key_ignores_the_rest(extension, repository, name):
    before = extension.source_key(repository)
    (repository / name).parent.mkdir(parents=True, exist_ok=True)
    (repository / name).write_text("other")
    assert extension.source_key(repository) == before


def test_key_sees_a_renamed_file(extension, repository):
    before = extension.source_key(repository)
    (repository / "src/bumpworld/a.py").rename(repository / "src/bumpworld/b.py")
    assert extension.source_key(repository) != before
