"""One step that pyproject.toml cannot say: a built wheel carries the results with it, so that nobody trains them again."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

KINDS = ("benchmarks", "predictions", "records", "studies", "tables", "weights")


class BuildWithResults(build_py):
    """Copies results/ into the package as bumpworld/shipped, except for an editable installation."""

    def run(self):
        super().run()
        if self.editable_mode:
            return
        shipped = Path(self.build_lib, "bumpworld", "shipped")
        for kind in KINDS:
            if (source := Path("results", kind)).is_dir():
                shutil.copytree(source, shipped / kind, dirs_exist_ok=True)


setup(cmdclass={"build_py": BuildWithResults})
