"""Pages of help in sections, each with what belongs together, and examples before them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

_OTHERS = "Other options"


class SectionedCommand(click.Command):
    """A command whose options are listed in sections.

    Attributes:
        sections: names of options by the heading of their section; those in none come last.
    """

    sections: Mapping[str, Sequence[str]] = {}

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections into the page of help."""
        for heading, records in self.records(ctx).items():
            with formatter.section(heading):
                formatter.write_dl(records)

    def records(self, ctx: click.Context) -> dict[str, list[tuple[str, str]]]:
        """Options and what they do, by the heading of their section."""
        headings = {name: heading for heading, names in self.sections.items() for name in names}
        found: dict[str, list[tuple[str, str]]] = {heading: [] for heading in (*self.sections, _OTHERS)}
        for option in self.get_params(ctx):
            record = option.get_help_record(ctx)
            if record is not None:
                flag = max(option.opts, key=len).lstrip("-")
                found[headings.get(flag, _OTHERS)].append(record)
        return {heading: records for heading, records in found.items() if records}
