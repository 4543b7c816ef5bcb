"""Write XML that every reader takes, whatever stands in the texts.

In: an element. Out: UTF-8 bytes with a declaration. Characters that XML 1.0 can't hold, not even
escaped, are replaced: one of them would make the whole file unreadable.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as Tree

_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, section 2.2."""


def writable(text: str) -> str:
    """The text with each character that XML 1.0 forbids as U+FFFD."""
    return _UNWRITABLE.sub("\ufffd", text)


def child(parent: Tree.Element, name: str, text: str = "", /, **attributes: str) -> Tree.Element:
    """A new last element of `parent`; attributes whose value is empty are left out."""
    found = {key: writable(value) for key, value in attributes.items() if value}
    made = Tree.SubElement(parent, name, found)
    if text:
        made.text = writable(text)
    return made


def written(root: Tree.Element) -> bytes:
    """The whole document."""
    body: bytes = Tree.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body + b"\n"
