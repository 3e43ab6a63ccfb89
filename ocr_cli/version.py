"""The version of this package, for whoever notes it without importing all of the package's front."""

__version__ = "0.1.0.dev0"
