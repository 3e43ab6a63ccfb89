"""Labelled 32x32 crops: loaders for the formats people hold, and the built-in synthetic hand."""

from ocr_cli.datasets.dataset import Dataset, concatenate, split_by_writer
from ocr_cli.datasets.loaders import load_dataset

__all__ = ["Dataset", "concatenate", "load_dataset", "split_by_writer"]
