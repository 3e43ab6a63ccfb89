"""What made a result: the formats of libraries and archives have a place for it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from datetime import datetime, timezone

from ocr_cli.version import __version__

SOFTWARE = "ocr_cli"


def _now() -> datetime:
    """This second in UTC, or the one that ``SOURCE_DATE_EPOCH`` sets (https://reproducible-builds.org)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = int(epoch) if re.fullmatch(r"\d{1,18}", epoch, re.ASCII) else None
    if moment is None:
        return datetime.now(timezone.utc).replace(microsecond=0)
    return datetime.fromtimestamp(min(moment, 253_402_300_799), timezone.utc)


@dataclass(frozen=True, slots=True)
class Provenance:
    """The program, the model and the language that a page was read with, and when.

    Attributes:
        model: name or path of the model; None if it is not known.
        language: code of the language (ISO 639-1) that words were taken to be in; None if it is not known.
        created: when, with a time zone.
    """

    model: str | None = None
    language: str | None = None
    created: datetime = field(default_factory=_now)

    @property
    def software(self) -> str:
        """Name and version of this program."""
        return f"{SOFTWARE} {__version__}"

    @property
    def created_utc(self) -> str:
        """When, as XML Schema writes times."""
        return self.created.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def settings(self) -> dict[str, str]:
        """What is known of how the page was read."""
        settings = {"model": self.model, "language": self.language}
        return {name: value for name, value in settings.items() if value}
