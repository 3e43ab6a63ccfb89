"""HTML files that hold all they need and may load nothing else."""

from __future__ import annotations

import base64
import hashlib


def content_policy(style: str, script: str, *, connects: bool = False, posts: bool = False) -> str:
    """A Content-Security-Policy under which one style and one script run, and nothing is loaded.

    Args:
        style: the one style.
        script: the one script.
        connects: whether the script may talk to the server that the page is from.
        posts: whether forms may be sent there.
    """
    allowed = f"style-src '{_digest(style)}'; script-src '{_digest(script)}'"
    if connects:
        allowed += "; connect-src 'self'"
    form = "'self'" if posts else "'none'"
    return f"default-src 'none'; base-uri 'none'; form-action {form}; img-src data:; {allowed}"


def _digest(content: str) -> str:
    """How a Content-Security-Policy names the one script or style that it allows."""
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode('ascii')}"
