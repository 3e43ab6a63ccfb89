"""``python -m ocr_cli`` is the ``ocr`` command."""

from ocr_cli.cli import main

main(prog_name="ocr")
