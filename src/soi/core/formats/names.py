"""Bring names that organisations and swindlers use into the one form in which they are compared.

In: a host, e-mail address, phone number, bank account or handle as somebody typed it into a list.
Out: the same form that a message's parts have (`soi.core.text.parts`), or `RefusedError` with the
reason. Nothing here asks whose a name is.
"""

from __future__ import annotations

import re

import phonenumbers

from soi.core.formats.admission import RefusedError
from soi.core.formats.codes import Code
from soi.core.formats.hosts import ascii_host, public_address
from soi.core.formats.plain import one_line
from soi.core.suffixes import registrable

REGION = "VN"
"""Where a phone number without a country code belongs."""

_EMAIL_USER = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_PHONE = re.compile(r"\+?[0-9()./ \-]{3,30}")
_NATIONAL_ONLY = re.compile(r"(?:\+?84|0)?(1[89]00[0-9]{4,6})")
_BANK_ACCOUNT = re.compile(r"[0-9]{6,19}")
_HANDLE = re.compile(r"[\w.\-]{1,100}(?:@[\w.\-]{1,200})?")


def host_name(text: str) -> str:
    """Return the host in lower-case ASCII, or a public IP address as it is.

    Wildcards (`*.`), a final dot and upper case are undone. Raises `RefusedError`: `host_invalid`,
    `public_suffix` for "com.vn" or "github.io" alone, `address_not_public`.
    """
    bare = text.strip().lower().removeprefix("*.").removeprefix(".")
    if (public := public_address(bare)) is not None:
        if not public:
            raise RefusedError(Code.ADDRESS_NOT_PUBLIC, "The IP address is not public.", text)
        return bare
    host = ascii_host(bare)
    if host is None:
        raise RefusedError(Code.HOST_INVALID, "This is not a host name.", text)
    if registrable(host) is None:
        raise RefusedError(Code.PUBLIC_SUFFIX, f"{host} is a public suffix.", text)
    return host


def email_address(text: str) -> str:
    """Return the address in lower case with an ASCII host."""
    user, _, host = text.strip().lower().removeprefix("mailto:").rpartition("@")
    if not _EMAIL_USER.fullmatch(user):
        raise RefusedError(Code.EMAIL_INVALID, "This is not an e-mail address.", text)
    return f"{user}@{host_name(host)}"


def phone_number(text: str) -> str:
    """Return E.164 for an ordinary number, bare digits for hotlines (1900...) and short codes.

    Hotlines and short codes exist in their own country only, so a country code would make another
    number of them.
    """
    given = text.strip().removeprefix("tel:")
    if not _PHONE.fullmatch(given):
        raise RefusedError(Code.PHONE_INVALID, "This is not a phone number.", text)
    digits = re.sub(r"[^0-9+]", "", given)
    if hotline := _NATIONAL_ONLY.fullmatch(digits):
        return hotline[1]
    if digits.isdecimal() and 3 <= len(digits) <= 6:
        return digits
    try:
        number = phonenumbers.parse(digits, REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise RefusedError(Code.PHONE_INVALID, "No such phone number can exist.", text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def bank_account(text: str) -> str:
    """Return the digits of a bank account number."""
    digits = re.sub(r"[ .\-]", "", text.strip()[:100])
    if not _BANK_ACCOUNT.fullmatch(digits):
        raise RefusedError(Code.BANK_ACCOUNT_INVALID, "This is not a bank account number.", text)
    return digits


def handle(text: str) -> str:
    """Return the account name without a leading @, in its own case."""
    name = one_line(text[:400]).removeprefix("@")
    if not _HANDLE.fullmatch(name):
        raise RefusedError(Code.HANDLE_INVALID, "This is not an account name.", text)
    return name
