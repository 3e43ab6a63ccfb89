"""Read handwritten letters from pictures."""

__version__ = "0.1.0"
