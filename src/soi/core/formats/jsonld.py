"""Find values in schema.org JSON-LD as publishers really write it.

In: parsed JSON. Out: the objects of one type, and the text, number or link behind a property,
whether it is bare, in a list, a `{"@value": ...}`, under nested `properties`, under a prefixed or
full name, or a reference by `@id` to another object of the same document. Contexts are not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from soi.core.formats.admission import RefusedError
from soi.core.formats.codes import Code

DEPTH_LIMIT = 40
NODE_LIMIT = 20_000
"""Values in one document or feed element."""

_PREFIXES = ("", "schema:", "http://schema.org/", "https://schema.org/")
_VALUE_KEYS = ("@value", "value", "text", "name")
_LIST_LOOKED_AT = 20

Object = Mapping[str, object]


class Document:
    """One JSON-LD document, measured once, so that nothing after it need fear its size or depth."""

    def __init__(self, root: object) -> None:
        """Raise `RefusedError` when the document is nested too deeply or holds too many values."""
        self._objects: list[Object] = []
        self._by_id: dict[str, Object] = {}
        for value in _walk(root):
            if isinstance(value, dict):
                self._objects.append(value)
                self._index(value)

    def _index(self, node: Object) -> None:
        name = node.get("@id")
        # A bare {"@id": ...} is a reference to the object, not the object.
        if isinstance(name, str) and len(node) > 1:
            self._by_id.setdefault(name, node)

    def of_type(self, name: str) -> Iterator[Object]:
        """Yield every object of a type, in the order in which they stand."""
        return (node for node in self._objects if name in types_of(node))

    def objects(self, node: Object, name: str) -> list[Object]:
        """Return the objects under a property, references resolved."""
        return [self._resolve(value) for value in values(node, name) if isinstance(value, dict)]

    def _resolve(self, node: Object) -> Object:
        name = node.get("@id")
        if isinstance(name, str) and len(node) == 1:
            return self._by_id.get(name, node)
        return node


def _walk(root: object) -> Iterator[object]:
    """Yield every value, parents before children, without recursion."""
    stack: list[tuple[object, int]] = [(root, 0)]
    seen = 0
    while stack:
        value, depth = stack.pop()
        seen += 1
        if depth > DEPTH_LIMIT:
            raise too_deep()
        children = _children(value)
        if seen + len(stack) + len(children) > NODE_LIMIT:
            raise too_many_values()
        yield value
        stack.extend((child, depth + 1) for child in reversed(children))


def too_deep() -> RefusedError:
    """Return the refusal of what is nested beyond `DEPTH_LIMIT`."""
    return RefusedError(Code.TOO_DEEP, f"The data is nested deeper than {DEPTH_LIMIT} levels.")


def too_many_values() -> RefusedError:
    """Return the refusal of what holds more than `NODE_LIMIT` values."""
    return RefusedError(Code.TOO_MANY_VALUES, f"There are more than {NODE_LIMIT} values.")


def _children(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def types_of(node: Object) -> set[str]:
    """Return the local names of an object's types."""
    found = node.get("@type", node.get("type"))
    names = found if isinstance(found, list) else [found]
    return {_local(name) for name in names[:_LIST_LOOKED_AT] if isinstance(name, str)}


def _local(name: str) -> str:
    return name.rpartition("/")[2].rpartition(":")[2].strip()


def values(node: Object, name: str) -> list[object]:
    """Return what stands under a property as a list, [] when it is absent or null."""
    for holder in (node, node.get("properties")):
        if not isinstance(holder, dict):
            continue
        for prefix in _PREFIXES:
            found = holder.get(prefix + name)
            if found is not None:
                return found if isinstance(found, list) else [found]
    return []


def text(node: Object, *names: str) -> str:
    """Return the first text under any of the properties that is not blank, "" without one."""
    for name in names:
        for value in values(node, name)[:_LIST_LOOKED_AT]:
            if found := text_of(value):
                return found
    return ""


def text_of(value: object) -> str:
    """Return the text that a value is or holds; numbers as they are written."""
    if isinstance(value, dict):
        inner = (value[key] for key in _VALUE_KEYS if key in value)
        value = next((item for item in inner if isinstance(item, (str, int, float))), None)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    if isinstance(value, str):
        return value if value.strip() else ""
    return str(value) if isinstance(value, float) or abs(value) < 10**18 else ""


def link(node: Object, *names: str) -> str:
    """Return the first URL under any of the properties, an object's own `url` or `@id` included."""
    for name in names:
        for value in values(node, name)[:_LIST_LOOKED_AT]:
            if isinstance(value, dict):
                value = next((value[key] for key in ("url", "@id", "@value") if key in value), "")
            if isinstance(value, str) and value.strip():
                return value.strip()
    return ""


def scalar(node: Object, name: str) -> object:
    """Return the first string or number under a property, as it was typed; else None."""
    for value in values(node, name)[:_LIST_LOOKED_AT]:
        plain = value.get("@value") if isinstance(value, dict) else value
        if isinstance(plain, (str, int, float)) and not isinstance(plain, bool):
            return plain
    return None
