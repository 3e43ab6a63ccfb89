"""Filled forms -> values: templates, registration, and the reading of fields of which much is known."""
