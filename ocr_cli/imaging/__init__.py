"""From a picture file to an ink bitmap."""

from ocr_cli.imaging.frames import PageRanges, chosen_frames
from ocr_cli.imaging.load import Picture, load_picture, pictures_in

__all__ = ["PageRanges", "Picture", "chosen_frames", "load_picture", "pictures_in"]
