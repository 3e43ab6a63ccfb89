"""From a picture file to an ink bitmap."""

from ocr_cli.imaging.load import Picture, load_picture, pictures_in

__all__ = ["Picture", "load_picture", "pictures_in"]
