"""Strict readers and exact writers of the formats that checks and names travel in.

What strangers write is hostile until read: every reader yields records that can be stored as they
are, and a refusal with a stable `Code` for everything else; only a file that cannot be read on
raises, `FormatError`. What a writer writes, its reader reads back equal.
"""

from soi.core.formats.claimreview import claimreview_of, read_claimreview
from soi.core.formats.codes import SENTENCES, Code
from soi.core.formats.datafeed import read_datafeed, write_datafeed
from soi.core.formats.detect import Format, detect, read_checks
from soi.core.formats.errors import FormatError
from soi.core.formats.page import read_page, script_json
from soi.core.formats.records import CheckRecord, Refusal, Verdict
from soi.core.formats.register_csv import (
    HoldingKind,
    HoldingRecord,
    HoldingState,
    read_register_csv,
    write_register_csv,
)
from soi.core.formats.scamlists import (
    ScamKind,
    ScamListFormat,
    ScamRecord,
    detect_scamlist,
    read_scamlist,
)
from soi.core.formats.table import read_csv, read_jsonl, write_csv, write_jsonl
from soi.core.formats.trusttxt import (
    Attribute,
    TrustEntry,
    TrustRefusal,
    TrustTxt,
    read_trusttxt,
    write_trusttxt,
)
from soi.core.formats.verdicts import verdict_of

__all__ = [
    "SENTENCES",
    "Attribute",
    "CheckRecord",
    "Code",
    "Format",
    "FormatError",
    "HoldingKind",
    "HoldingRecord",
    "HoldingState",
    "Refusal",
    "ScamKind",
    "ScamListFormat",
    "ScamRecord",
    "TrustEntry",
    "TrustRefusal",
    "TrustTxt",
    "Verdict",
    "claimreview_of",
    "detect",
    "detect_scamlist",
    "read_checks",
    "read_claimreview",
    "read_csv",
    "read_datafeed",
    "read_jsonl",
    "read_page",
    "read_register_csv",
    "read_scamlist",
    "read_trusttxt",
    "script_json",
    "verdict_of",
    "write_csv",
    "write_datafeed",
    "write_jsonl",
    "write_register_csv",
    "write_trusttxt",
]
