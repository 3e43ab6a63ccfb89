"""Filled forms as JSON lines: one object a form, with boxes and other readings."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from ocr_cli.forms.tables import form_page
from ocr_cli.forms.values import FormPage
from ocr_cli.page import Page
from ocr_cli.writers.json_lines import plain
from ocr_cli.writers.protocol import PictureSource


def form_to_dict(page: FormPage) -> dict[str, Any]:
    """Plain dicts, lists, strings and numbers of a form."""
    return {
        "source": page.source,
        "frame": page.frame,
        "width": page.width,
        "height": page.height,
        "form": page.form.template,
        "residual": page.form.residual,
        "fields": [asdict(value) for value in page.form.fields],
    }


class FormJsonWriter:
    """Each form as ``form_to_dict`` gives it, on one line, in ASCII."""

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``."""
        return (json.dumps(plain(form_to_dict(form_page(page)))) + "\n").encode("ascii")

    def finish(self) -> bytes:
        """See ``PageWriter``."""
        return b""
