"""What the XML formats share."""

from __future__ import annotations

from xml.etree import ElementTree as ET


def xml_file(root: ET.Element) -> bytes:
    """A whole XML file of a tree whose white space between elements means nothing."""
    ET.indent(root)
    content: bytes = ET.tostring(root, "utf-8", xml_declaration=True)
    return content + b"\n"


def xml_part(element: ET.Element, level: int) -> bytes:
    """An element of such a file for itself, to be written after what comes before it.

    Args:
        element: with all that is in it.
        level: how many elements it lies in.
    """
    ET.indent(element, level=level)
    content: bytes = ET.tostring(element, "utf-8")
    return b"  " * level + content + b"\n"
