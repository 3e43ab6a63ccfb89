"""What was read, written down: one module a format, each from a ``Page``."""
