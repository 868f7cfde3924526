"""What the pages carry along: types that any server knows, and no code that a careful site forbids."""

import sys

import pytest

from shared import ROOT, cannot_check

sys.path.insert(0, str(ROOT / "tools"))
import vendor as tool

CHECKS = "const b=new(C());b.compile(s),b.compile(v);const rest=1;"
# Of the files that a page loads by their type: what nginx 1.18's mime.types knows. Others are fetched as bytes.
KNOWN = {".js", ".css", ".json", ".woff", ".woff2", ".svg", ".png"}
BYTES = {".wasm"}


def test_the_bundles_checks_are_left_out_and_nothing_else():
    assert tool.without_code_of_strings(f"before;{CHECKS}") == "before;const b=new(C());const rest=1;"
    for script in ("const rest=1;", CHECKS * 2, "b.compile(s),c.compile(v);"):
        with pytest.raises(SystemExit, match="expected is one"):
            tool.without_code_of_strings(script)


def test_any_server_knows_the_types_of_what_is_carried():
    if not tool.TARGET.is_dir():
        cannot_check("The carried scripts were not looked at: they are missing. Run `make vendor`.")
    files = [file for file in tool.TARGET.rglob("*") if file.is_file() and file.name != ".ready"]
    assert {file.suffix for file in files} <= KNOWN | BYTES
    bundle = (tool.TARGET / "widgets" / "embed-amd.js").read_text(encoding="utf-8")
    assert not tool.MADE_OF_STRINGS.search(bundle)
    assert all((tool.TARGET / "ort" / name).is_file() for name in tool.RUNTIME.values())
