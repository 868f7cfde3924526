"""The figures' scripts as they are sent: one module each, no longer than a page can carry, with types that hold."""

import pytest
from in_node import run_node

from bumpbook.widgets.bundle import HERE, script
from shared import ROOT, cannot_check

# script -> how long it may be: a page carries it with every figure
LONGEST = {
    "lattice.js": 32_000,
    "manifold.js": 32_000,
    "film.js": 32_000,
    "denoiser.js": 32_000,
    "denoiser_worker.js": 32_000,
    "laboratory.js": 80_000,
    "lab_worker.js": 26_000,
}


@pytest.mark.parametrize("name", LONGEST)
def test_a_script_is_one_module_of_its_own(name, tmp_path):
    text = script(name)
    assert "\nimport " not in text and text.count("export default") == (not name.endswith("worker.js"))
    assert len(text) < LONGEST[name]
    (tmp_path / "one.mjs").write_text(text)
    run_node("--check", str(tmp_path / "one.mjs"))


def test_types_of_the_scripts_hold():
    compiler = ROOT / "tools" / "node_modules" / "typescript" / "lib" / "tsc.js"
    if not compiler.is_file():
        cannot_check("The widgets' types were not checked: TypeScript is missing. Run `make vendor`.")
    flags = "--checkJs --allowJs --noEmit --strict --target es2022 --module es2022 --moduleResolution bundler"
    lib = "--lib", "es2022,dom,dom.iterable"
    run_node(str(compiler), *flags.split(), *lib, *map(str, sorted(HERE.glob("*.js"))))
