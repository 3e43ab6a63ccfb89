"""The record of learned numbers beside the networks, ``models/weights.json``, one group made anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def put_group(path: Path, name: str, group: Mapping[str, Any]) -> None:
    """Put a group into a record; all others stay as they are.

    Args:
        path: the record, ``ocr_cli.model_store.find_weights``.
        name: of the group.
        group: its numbers, and where they come from.
    """
    record = json.loads(path.read_text(encoding="utf-8")) | {name: dict(group)}
    path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
