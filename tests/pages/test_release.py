"""What a release says of itself is said alike in every place."""

import re
import tomllib

import yaml

import bumpworld
from shared import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def test_one_version():
    changes = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)[1]
    assert bumpworld.__version__ == PROJECT["version"] == CITATION["version"] == changes


def test_the_citation_names_the_paper_as_the_bibliography_does():
    (paper,) = CITATION["references"]
    entry = re.search(
        r"@inproceedings{liang2024factorize,.*?\n}", (ROOT / "book/references.bib").read_text(), re.DOTALL
    )[0]
    assert paper["title"] in entry
    authors = " and ".join(f"{a['family-names']}, {a['given-names']}" for a in paper["authors"])
    assert f"{{{authors}}}" in entry
    assert CITATION["license"] == PROJECT["license"]


def test_everything_that_contributors_are_sent_to_is_there():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`((?:book|notebooks|src|tests|results|benchmarks)/[\w./]*)`", text))
    assert len(names) > 8
    made_up = {
        "src/bumpbook/name/figures.py",
        "src/bumpbook/name/findings.py",
        "src/bumpbook/name/checks.py",
        "notebooks/NN_name.ipynb",
    }
    made_up |= {"src/bumpbook/widgets/name.py", "src/bumpbook/name/"}
    missing = [name for name in names - made_up if not (ROOT / name).exists()]
    assert not missing
    targets = set(re.findall(r"`make ([a-z-]+)`", text))
    assert targets <= set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_every_hook_is_a_tool_of_the_environment():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    wanted = {re.split(r"[>=<]", spec)[0] for spec in PROJECT["optional-dependencies"]["test"]}
    owners = {"check-added-large-files": "pre-commit-hooks"}
    for hook in (hook for repo in config["repos"] for hook in repo["hooks"]):
        tool = hook["entry"].split()[0].removeprefix(".venv/bin/")
        assert owners.get(tool, tool) in wanted
