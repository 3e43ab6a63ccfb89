"""HTML files that hold all they need and may load nothing else."""

from __future__ import annotations

import base64
import hashlib


def content_policy(style: str, script: str) -> str:
    """A Content-Security-Policy under which one style and one script run, and nothing is loaded."""
    allowed = f"style-src '{_digest(style)}'; script-src '{_digest(script)}'"
    return f"default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; {allowed}"


def _digest(content: str) -> str:
    """How a Content-Security-Policy names the one script or style that it allows."""
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode('ascii')}"
