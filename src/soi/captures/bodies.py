"""Read what a server says of a body, and undo its compression within a limit.

In: header values and bytes from strangers. Out: a media type and a charset in known words, the
bytes as they were before compression. A few bytes that unpack into gigabytes are given up as soon
as they pass the limit; nothing is unpacked ahead of that.
"""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Callable

from soi.captures.errors import FetchFailed
from soi.captures.problems import Problem

_TYPE = re.compile(r"\s*([a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60})\s*(?:;|$)", re.IGNORECASE)
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?\s*([a-z0-9_.:-]{1,40})", re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSETS = frozenset(
    {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "gbk", "gb2312", "gb18030", "big5"}
    | {"shift_jis", "euc_jp", "iso2022_jp", "euc_kr", "koi8-r", "koi8-u", "cp874", "tis-620"}
    | {f"cp{number}" for number in range(1250, 1259)}
    | {f"iso8859-{number}" for number in (*range(1, 12), *range(13, 17))}
)
"""By Python's names. It knows others, which are no charsets of the web."""
_AS_BROWSERS_READ = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
_GZIP = b"\x1f\x8b"
_MEMBERS = 100
"""Parts of one gzip body. Each costs a table of its own, and an empty one has 20 bytes."""


def media_type_of(content_type: str) -> str:
    """`text/html` of `Text/HTML; charset=utf-8`; "" for what names no type."""
    found = _TYPE.match(content_type)
    return found[1].lower() if found else ""


def charset_of(content_type: str) -> str:
    """Python's name of the charset that a Content-Type names; "" for none, or for no charset."""
    found = _CHARSET.search(content_type)
    return known_charset(found[1]) if found else ""


def known_charset(label: str) -> str:
    """Python's name of a charset of the web, "" for anything else."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""
    return _AS_BROWSERS_READ.get(name, name) if name in _CHARSETS else ""


def text_of(content: bytes, charset: str = "") -> str:
    """The bytes as text: by their mark, else by the charset, else as UTF-8, else as browsers do.

    Never raises: what can't be read becomes U+FFFD.
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content.decode(name, "replace")
    try:
        return content.decode(charset or "utf-8")
    except UnicodeDecodeError:
        return content.decode(charset or "cp1252", "replace")


class Unpacking:
    """Undo a Content-Encoding piece by piece, up to `limit` bytes.

    What comes out is gathered, or handed to `into` at once. Raises `FetchFailed`: an encoding that
    was not asked for, broken data, too much of it.
    """

    def __init__(
        self, encoding: str, limit: int, into: Callable[[bytes], object] | None = None
    ) -> None:
        self._is_packed = self._reads(encoding.strip().lower())
        self._limit = limit
        self._pieces: list[bytes] = []
        self._into = into or self._pieces.append
        self._size = 0
        self._unpacker = self._fresh()
        self._members = 1

    @staticmethod
    def _reads(encoding: str) -> bool:
        if encoding in ("", "identity"):
            return False
        if encoding in ("gzip", "x-gzip", "deflate"):
            return True
        raise FetchFailed(Problem.ENCODING_REFUSED, "The body is packed in an unknown way.")

    def _fresh(self) -> zlib._Decompress:
        # gzip or zlib, told apart by the first bytes; servers name the two wrongly.
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)

    def feed(self, piece: bytes) -> None:
        """Take the next bytes as they came."""
        if not self._is_packed:
            self._add(piece)
            return
        try:
            while piece:
                piece = self._unpack(piece)
        except zlib.error as error:
            raise FetchFailed(Problem.REPLY_BROKEN, "The packed body is broken.") from error

    def _unpack(self, piece: bytes) -> bytes:
        """Unpack what fits; returns what follows a member that has ended."""
        if self._unpacker.eof:
            if not piece.startswith(_GZIP):
                return b""  # browsers pass over what stands behind the end
            self._members += 1
            if self._members > _MEMBERS:
                raise FetchFailed(Problem.REPLY_BROKEN, "The packed body has too many parts.")
            self._unpacker = self._fresh()
        # One byte more than there is room for: the limit is passed, not met.
        self._add(self._unpacker.decompress(piece, self._limit - self._size + 1))
        return self._unpacker.unused_data if self._unpacker.eof else b""

    def _add(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._limit:
            raise FetchFailed(Problem.TOO_LARGE, f"The body has more than {self._limit} bytes.")
        self._into(piece)

    def whole(self) -> bytes:
        """All that was gathered. Raises `FetchFailed` when the packed bytes end too early."""
        if self._is_packed and self._size and not self._unpacker.eof:
            raise FetchFailed(Problem.REPLY_BROKEN, "The packed body is cut off.")
        return b"".join(self._pieces)
