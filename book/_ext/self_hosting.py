"""Sphinx extension: pages that ask no other host for anything, and buttons that one key turns on.

Besides this file, `_config.yml` points MathJax and the widgets at book/_static/vendor, and
book/_templates/static/webpack-macros.html leaves out the theme's 1.5 MB icon script (its icon font is enough, and the
script would rewrite the icons of living widgets).
"""

import hashlib
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError

INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta http-equiv="refresh" content="0; url={page}">
</head>
<body><main><h1>{title}</h1><p><a href="{page}">Open the book</a></p></main></body>
</html>
"""


def switch_buttons(app: Sphinx, config: Config) -> None:
    """Show repository, Colab and Binder buttons only when `repository: url` in _config.yml is filled in."""
    options = config.html_theme_options
    if options.get("repository_url"):
        options["use_repository_button"] = True
    else:
        options.pop("repository_url", None)
        options["launch_buttons"] = {}


def require_vendored(app: Sphinx) -> None:
    """Stop early, with the mend, when the page scripts have not been fetched."""
    if app.builder.format == "html" and not Path(app.srcdir, "book/_static/vendor/mathjax").is_dir():
        raise ConfigError("book/_static/vendor is missing: run `make vendor` (or `make book`, which does)")


def pages_with_other_assets(app: Sphinx, env: BuildEnvironment, *_: set) -> list[str]:
    """Return all pages when our own style sheets or scripts changed: Sphinx copies them only with a page."""
    files = sorted(file for file in Path(app.srcdir, "book/_static").glob("*.*") if file.is_file())
    key = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    changed, env.assets_key = getattr(env, "assets_key", key) != key, key
    return list(env.all_docs) if changed else []


def write_index(app: Sphinx, exception: Exception | None) -> None:
    """Write a readable index.html that leads to the first page (Jupyter Book's own has no title)."""
    if exception is None and app.builder.format == "html":
        page = app.builder.get_target_uri(app.config.root_doc)
        Path(app.outdir, "index.html").write_text(INDEX.format(title=app.config.html_title, page=page))


def setup(app: Sphinx) -> dict:
    """Register the steps with Sphinx."""
    app.connect("config-inited", switch_buttons)
    app.connect("builder-inited", require_vendored)
    app.connect("env-get-outdated", pages_with_other_assets)
    app.connect("build-finished", write_index)
    return {"version": "1", "parallel_read_safe": True}
