"""The commands of ``ocr`` by what they are for: where each is, and what it does in one line.

Help and completion are made of this table alone, so that they need not import the commands.
"""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """A command.

    Attributes:
        target: its module and its name there.
        summary: what it does; with the name it fits on a terminal of 80 columns.
    """

    target: str
    summary: str


SECTIONS: dict[str, dict[str, Entry]] = {
    "Read": {
        "read": Entry("ocr_cli.cli.read:read", "Print the text on pictures, or write it into files."),
        "form": Entry("ocr_cli.cli.form:form", "Make, check and edit templates of forms."),
        "serve": Entry("ocr_cli.cli.serve:serve", "Read in the browser: drop pictures, correct, download."),
    },
    "Teach": {
        "learn": Entry("ocr_cli.cli.learn:learn", "Teach a model a hand, from pages whose text is known."),
        "harvest": Entry("ocr_cli.cli.harvest:harvest", "Cut labelled characters from such pages."),
        "train": Entry("ocr_cli.cli.train:train", "Train a model of your own."),
        "compare": Entry("ocr_cli.cli.compare:compare", "Train at several values of one setting."),
    },
    "Look inside": {
        "evaluate": Entry("ocr_cli.cli.evaluate:evaluate", "Measure how well a model reads."),
        "inspect": Entry("ocr_cli.cli.inspect:inspect", "Say what a model file holds, and draw its weights."),
        "models": Entry("ocr_cli.cli.models:models", "List the models there are, and choose one."),
    },
    "Set up": {
        "config": Entry("ocr_cli.cli.config:config", "Show all settings, and where each comes from."),
        "completion": Entry(
            "ocr_cli.cli.completion:completion", "Let a shell complete commands and options."
        ),
        "man": Entry("ocr_cli.cli.man:man", "Print manual pages, or write them into a folder."),
    },
}
"""What people come for first stands first."""

COMMANDS: dict[str, Entry] = {name: entry for section in SECTIONS.values() for name, entry in section.items()}
