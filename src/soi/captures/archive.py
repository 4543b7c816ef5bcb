"""Write the record of how a source came: each request and each reply, byte for byte, as WARC.

In: the steps of a fetch. Out: a gzipped WARC 1.1 file (ISO 28500:2017) that other tools replay.
Every record carries its digests; of a redirect only the head of the reply is kept, and it says so.
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Sequence

from soi import __version__
from soi.captures.fetching import Step


def record_of(steps: Sequence[Step]) -> bytes:
    """The WARC file of a fetch."""
    from warcio.recordloader import ArcWarcRecord  # only who captures pays for it
    from warcio.warcwriter import WARCWriter  # the same

    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    about = {"software": f"Soi/{__version__}", "format": "WARC File Format 1.1"}
    writer.write_record(writer.create_warcinfo_record("", about))

    def write(kind: str, step: Step, block: bytes, payload: bytes, **more: str) -> str:
        """Write one record as it stands: the library would spell the headers in its own way."""
        record = writer.create_warc_record(step.url, kind, warc_headers_dict=_headers(step) | more)
        record.rec_headers.replace_header("WARC-Payload-Digest", _digest(payload))
        plain = ArcWarcRecord(
            "warc",
            kind,
            record.rec_headers,
            io.BytesIO(block),
            None,
            record.content_type,
            len(block),
        )
        writer.write_record(plain)
        return str(record.rec_headers.get_header("WARC-Record-ID"))

    for step in steps:
        head, body = _parted(step.reply)
        if step is steps[-1]:
            reply = write("response", step, step.reply, body)
        else:
            reply = write("response", step, head, b"", **{"WARC-Truncated": "length"})
        write("request", step, step.request, b"", **{"WARC-Concurrent-To": reply})
    return out.getvalue()


def _headers(step: Step) -> dict[str, str]:
    return {
        "WARC-Date": step.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "WARC-IP-Address": step.address,
    }


def _parted(reply: bytes) -> tuple[bytes, bytes]:
    """Head, with the empty line behind it, and body."""
    ends = [place + len(end) for end in (b"\r\n\r\n", b"\n\n") if (place := reply.find(end)) >= 0]
    end = min(ends, default=len(reply))
    return reply[:end], reply[end:]


def _digest(payload: bytes) -> str:
    """As WARC files write it: SHA-1, which every reader of them knows."""
    return (
        f"sha1:{base64.b32encode(hashlib.sha1(payload, usedforsecurity=False).digest()).decode()}"
    )
