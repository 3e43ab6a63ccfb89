"""What the XML formats share."""

from __future__ import annotations

from xml.etree import ElementTree as ET


def xml_file(root: ET.Element) -> bytes:
    """A whole XML file of a tree whose white space between elements means nothing."""
    ET.indent(root)
    content: bytes = ET.tostring(root, "utf-8", xml_declaration=True)
    return content + b"\n"
