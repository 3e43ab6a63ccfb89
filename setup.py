"""What setup.cfg cannot say of the build."""

import re
from configparser import ConfigParser
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class DataOfModels(build_py):
    """Of ``models/``, a wheel has the data alone: the scripts there train from sets that nobody installs."""

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        """The modules of a package: its name, theirs, and their files."""
        found: list[tuple[str, str, str]] = super().find_package_modules(package, package_dir)
        return [] if package == "ocr_cli.models" else found


def long_description() -> str:
    """The README for a package index, where its links to files become links into the repository."""
    config = ConfigParser(interpolation=None)
    config.read("setup.cfg", encoding="utf-8")
    url = config["metadata"]["url"]

    def absolute(link: re.Match[str]) -> str:
        place = "raw" if link[1].startswith("!") else "blob"
        return f"{link[1]}({url}/{place}/HEAD/{link[2]})"

    readme = Path("README.md").read_text(encoding="utf-8")
    return re.sub(r"(!?\[[^\]]*\])\((?![a-z]+:)([^)]+)\)", absolute, readme)


setup(
    cmdclass={"build_py": DataOfModels},
    long_description=long_description(),
    long_description_content_type="text/markdown",
)
