"""pyproject.toml, constraints.txt and environment.yml tell the same story, and the environment follows it."""

import ast
import re
import runpy
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from shared import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
# an extra may begin with another one of the project's own
OWN = {f"bumpworld[{extra}]" for extra in EXTRAS}
DIRECT = [*PROJECT["dependencies"], *(s for extra in EXTRAS.values() for s in extra if s not in OWN)]


def constraints() -> dict[str, Version]:
    """Return the pinned version of every package named in constraints.txt."""
    lines = (line.split("#")[0].strip() for line in (ROOT / "constraints.txt").read_text().splitlines())
    pins = [Requirement(line) for line in lines if line]
    assert all(re.fullmatch(r"==[^,*]+", str(pin.specifier)) for pin in pins), "every pin must be exact"
    return {canonicalize_name(pin.name): Version(str(pin.specifier)[2:]) for pin in pins}


def needed() -> set[str]:
    """Return the names of all installed packages that bumpworld needs, directly or through others."""
    found, waiting = set(), [Requirement(spec) for spec in DIRECT]
    while waiting:
        wanted = waiting.pop()
        key = (canonicalize_name(wanted.name), frozenset(wanted.extras))
        if key in found:
            continue
        found.add(key)
        try:
            requires = distribution(wanted.name).requires or []
        except PackageNotFoundError:
            pytest.fail(f"{wanted.name} is not installed: run `make book`")
        for child in map(Requirement, requires):
            extras = wanted.extras or {""}
            if child.marker is None or any(child.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(child)
    return {name for name, _ in found}


def imported(files: str) -> set[str]:
    """Return the top-level modules that the Python `files` import, with our own left out."""
    found = set()
    for file in ROOT.glob(files):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                found.add(node.module.split(".")[0])
    return found - {"bumpworld", "bumpbook"} - sys.stdlib_module_names


@pytest.mark.parametrize(
    ("files", "extras"),
    [
        ("src/bumpworld/*.py", []),
        ("src/bumpworld/instruments/*.py", ["instruments"]),
        ("src/bumpbook/**/*.py", ["instruments", "chapters", "scale"]),
    ],
)
def test_each_part_imports_only_what_it_declares(files, extras):
    specs = [*PROJECT["dependencies"], *(s for extra in extras for s in EXTRAS[extra] if s not in OWN)]
    declared = {canonicalize_name(Requirement(spec).name) for spec in specs}
    owners = packages_distributions()
    for module in imported(files):
        names = {canonicalize_name(name) for name in owners.get(module, [])}
        assert names & declared, (
            f"{files} import {module}: declare {sorted(names) or module} in pyproject.toml"
        )


def test_pyproject_gives_lower_bounds_and_no_pins():
    for spec in DIRECT:
        operators = {part.operator for part in Requirement(spec).specifier}
        assert ">=" in operators, f"{spec}: no lower bound"
        assert operators <= {">=", "<"}, f"{spec}: exact pins stand in constraints.txt"


def test_pins_lie_within_the_bounds():
    pins = constraints()
    for requirement in map(Requirement, DIRECT):
        name = canonicalize_name(requirement.name)
        assert name in pins, f"{name} is not in constraints.txt"
        assert pins[name] in requirement.specifier, f"{name}: {pins[name]} is outside {requirement.specifier}"


def test_conda_environment_names_the_same_packages():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    *conda, pip = environment["dependencies"]
    assert [spec.split("=")[0] for spec in conda] == ["python", "pip"]
    assert Version(conda[0].split("=")[1]) in Requirement("python" + PROJECT["requires-python"]).specifier
    assert pip["pip"][:2] == ["-c constraints.txt", "-e ."]
    assert pip["pip"][2:] == DIRECT


@pytest.mark.skipif(
    sys.platform != "linux", reason="the pins were made on Linux; other systems need a few more"
)
def test_everything_installed_is_pinned():
    assert not (missing := needed() - constraints().keys()), f"add to constraints.txt: {sorted(missing)}"


def test_installed_versions_are_the_pinned_ones():
    pins = constraints()
    # A machine with its own torch build leaves that pin out (book/how_to_run.md).
    for name in needed() & pins.keys() - {"torch"}:
        found = Version(distribution(name).version)
        assert Version(found.public) == pins[name], f"{name}: {found} is installed, {pins[name]} is pinned"


def test_the_lowest_versions_are_those_that_the_project_declares():
    path = ROOT / "tools" / "lowest.py"
    command = [sys.executable, path]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    pins = {canonicalize_name(pin.name): str(pin.specifier)[2:] for pin in map(Requirement, lines)}
    wanted = {canonicalize_name(spec.name): spec.specifier for spec in map(Requirement, DIRECT)}
    assert set(pins) == set(wanted)
    for name, version in pins.items():
        assert version in wanted[name] and f">={version}" in {str(part) for part in wanted[name]}


@pytest.mark.parametrize("specs", [["a"], ["a<2"], ["a>=1", "a>=2"], ["a==1.*"]])
def test_a_dependency_has_one_lower_bound(specs):
    project = {"name": "x", "dependencies": specs, "optional-dependencies": {}}
    with pytest.raises(ValueError, match="allowed is one"):
        runpy.run_path(str(ROOT / "tools" / "lowest.py"))["lowest"](project)


def test_the_contract_of_the_instruments_names_every_module_of_the_thin_core():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (contract,) = (c for c in contracts if c.get("forbidden_modules") == ["bumpworld.instruments"])
    modules = {f"bumpworld.{file.stem}" for file in (ROOT / "src/bumpworld").glob("*.py")}
    assert set(contract["source_modules"]) == modules - {"bumpworld.__init__"}
