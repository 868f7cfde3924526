"""Shipped tables, to be changed at will."""

import shutil

import pandas as pd
import pytest

from shared import ROOT


class Tables:
    """A copy of results/tables that pages read; calling it overwrites columns where other columns have these values."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, name, where=(), preset="quick", **columns):
        table = pd.read_csv(self.folder / f"{name}-quick.csv")
        rows = pd.Series(True, index=table.index)
        for column, value in dict(where).items():
            rows &= table[column] == value
        assert rows.any()
        for column, value in columns.items():
            table.loc[rows, column] = value
        self.write(name, table, preset)

    def write(self, name, table, preset="quick"):
        table.to_csv(self.folder / f"{name}-{preset}.csv", index=False)


@pytest.fixture
def doctored(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "results" / "tables", tmp_path / "tables")
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    return Tables(tmp_path / "tables")
