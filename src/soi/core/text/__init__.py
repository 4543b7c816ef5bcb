"""Read a message as people write it: normalise, fold, and split it into parts."""

from soi.core.text.accounts import bank_code
from soi.core.text.fold import base_letters, fold, fold_aligned, squeeze
from soi.core.text.language import language_of
from soi.core.text.limits import Limits
from soi.core.text.normalise import Normalised, clean, normalise
from soi.core.text.parts import (
    BankAccount,
    Email,
    Handle,
    Language,
    Link,
    Part,
    Parts,
    Phone,
    PhoneKind,
    Platform,
    Span,
    Statement,
)
from soi.core.text.split import split
from soi.core.text.statements import has_words
from soi.core.text.teencode import expand_teencode, expand_teencode_aligned
from soi.core.text.tokens import index_tokens

__all__ = [
    "BankAccount",
    "Email",
    "Handle",
    "Language",
    "Limits",
    "Link",
    "Normalised",
    "Part",
    "Parts",
    "Phone",
    "PhoneKind",
    "Platform",
    "Span",
    "Statement",
    "bank_code",
    "base_letters",
    "clean",
    "expand_teencode",
    "expand_teencode_aligned",
    "fold",
    "fold_aligned",
    "has_words",
    "index_tokens",
    "language_of",
    "normalise",
    "split",
    "squeeze",
]
