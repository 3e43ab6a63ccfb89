"""What setup.cfg cannot say of the build."""

from setuptools import setup
from setuptools.command.build_py import build_py


class DataOfModels(build_py):
    """Of ``models/``, a wheel has the data alone: the scripts there train from sets that nobody installs."""

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        """The modules of a package: its name, theirs, and their files."""
        found: list[tuple[str, str, str]] = super().find_package_modules(package, package_dir)
        return [] if package == "ocr_cli.models" else found


setup(cmdclass={"build_py": DataOfModels})
