"""An empty folder of results, to be filled by `made_composition`."""

import pytest

from bumpworld.store import Store


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    return Store(tmp_path)
