"""Decide whether what came is the source, or a wall before it: a sign-in, a challenge, or nothing.

In: what was read in a page, what was asked for and where it was found. Out: a `Problem`, or None.
The rules hold back: a page with a text of its own is a source, whatever else stands on it. So a
wall is told by few words of its own together with a sign, and people may overrule it.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from soi.captures.problems import Problem
from soi.captures.reading import Reading
from soi.core.formats.hosts import same_owner
from soi.core.text import fold

EMPTY: Final = 5
"""Words below which a page says nothing."""
SHORT: Final = 120
"""Words above which a page has a text of its own, unless its address says otherwise."""
LONG: Final = 350
"""The same for walls that like to talk: terms, partners, cookies."""

_WORD = re.compile(r"\w+")
_BEGINNING = 600

# Folded: lower case, without marks, so that "Khong tim thay" is found as "Không tìm thấy" is.
_CHALLENGE_TITLE = re.compile(
    r"just a moment|attention required|access denied|verif\w+ (?:that )?you are (?:a )?human"
    r"|checking your browser|ddos-guard|robot check|are you (?:a )?(?:robot|human)"
    r"|pardon our interruption|security check|human verification|one more step"
    r"|xac minh (?:ban la|ban khong phai|con nguoi)|vui long cho (?:trong giay lat|mot chut)"
    r"|kiem tra (?:trinh duyet|bao mat)|chi mot lat nua|cho mot (?:chut|lat)"
)
_CHALLENGE_TEXT = re.compile(
    r"enable javascript and cookies to continue|checking (?:if the site connection|your browser)"
    r"|verify (?:that )?you are (?:a )?human|needs to review the security of your connection"
    r"|unusual traffic from your (?:computer )?network|you have been blocked|complete the captcha"
    r"|xac minh (?:rang )?ban (?:la con nguoi|khong phai la (?:robot|nguoi may))"
    r"|luu luong truy cap bat thuong|nhap ma (?:captcha|xac nhan) de tiep tuc"
    r"|kiem tra trinh duyet cua ban"
)
_SIGN_IN_TITLE = re.compile(
    r"^\W*(?:log ?in|log on|sign ?in|login|dang nhap|please log in|authentication required)\b"
    r"|[|\-–:] ?(?:log ?in|sign ?in|dang nhap)\W*$"
)
_SIGN_IN_TEXT = re.compile(
    r"you (?:must|need to|have to) (?:be logged in|log ?in|sign ?in)|(?:log|sign) ?in to"
    r" (?:continue|view|see|read|access)|(?:vui long|ban (?:phai|can|hay)|hay|can) dang nhap"
    r"|dang nhap (?:hoac dang ky )?de (?:tiep tuc|xem|doc|su dung)|this content isn.?t available"
    r"|noi dung (?:nay )?(?:hien )?khong (?:hien thi|kha dung)"
)
_SIGN_IN_PATH = re.compile(
    r"(?:^|/)(?:log-?in|sign-?in|logon|dang-?nhap|account/login|users/sign_in|auth|sso|wp-login)"
    r"(?:[./?]|$)"
)
_GONE_SURELY = re.compile(
    # "404 người bị thương" is news.
    r"^\W*(?:error |loi )?(?:404|410)(?:\W*$|\W+(?:error|not found|page|khong tim|loi|trang)\b)"
    r"|^\W*(?:page |file )?not found\b"
)
_GONE_TITLE = re.compile(
    r"(?:page|file|article|content|post) (?:was |is )?(?:not found|unavailable)"
    r"|(?:page|article) (?:doesn.?t|does not|no longer) exist"
    r"|khong tim thay|(?:trang|bai viet|noi dung|duong dan|lien ket) khong ton tai"
    r"|^\W*oops\b"
)
_GONE_TEXT = re.compile(
    r"(?:error|loi) 404|requested (?:url|page) was not found|404 (?:error|not found)"
    r"|page (?:you.{0,40}|was |could )?not (?:be )?found"
    r"|(?:page|article|link).{0,60}(?:no longer (?:exists|available)|does(?:n.?t| not) exist"
    r"|(?:been|was) (?:removed|deleted|moved))|khong tim thay (?:trang|noi dung|bai viet|duong dan)"
    r"|(?:trang|bai viet|noi dung|duong dan|lien ket|tin)(?: \w+){0,8}? (?:khong (?:con )?ton tai"
    r"|(?:da )?bi (?:xoa|go)|da (?:xoa|go bo)|khong con (?:kha dung|hieu luc))"
)
_GONE_PATH = re.compile(r"(?:^|/)(?:404|not-?found|page-?not-?found|error|loi|khong-tim-thay)\b")
_HOMES = frozenset({"", "index.html", "index.php", "home", "trang-chu", "vi", "en"})
_CONSENT_HOST = re.compile(r"(?:^|\.)(?:consent|privacy-?gate|guce|myprivacy)\.")
_CONSENT_TITLE = re.compile(
    r"before you continue|truoc khi (?:ban )?tiep tuc|cookie (?:consent|settings)|your privacy"
    r"|we value your privacy|consent"
)
_CONSENT = (
    re.compile(r"\bcookies?\b"),
    re.compile(r"accept all|agree to all|reject all|chap nhan tat ca|tu choi tat ca|dong y tat ca"),
    re.compile(r"\bconsent\b|su dong y|cho phep su dung"),
    re.compile(r"personali[sz]ed (?:ads|content|advertising)|quang cao (?:duoc )?ca nhan hoa"),
    re.compile(r"(?:our|its|\d{1,5}) (?:\w{1,20} )?partners|cac doi tac"),
    re.compile(r"manage (?:options|preferences|settings)|more options|tuy chon khac"),
)
_SCRIPTS_WANTED = re.compile(
    r"enable javascript|javascript (?:is )?(?:required|disabled|must be)|without javascript"
    r"|bat javascript|(?:can|yeu cau) javascript|javascript (?:da|dang) (?:bi )?tat"
)


def problem_of(reading: Reading, *, requested: str, url: str) -> Problem | None:
    """Why a page is no source, None when it is one as far as can be told."""
    return Look(reading, requested, url).problem()


class Look:
    """One page as the rules look at it: folded, and its words counted once."""

    def __init__(self, reading: Reading, requested: str, url: str) -> None:
        self._reading = reading
        self._title = fold(reading.title)
        self._main = fold(reading.main[: 40 * LONG])
        self._beginning = self._main[:_BEGINNING]
        self._words = len(_WORD.findall(self._main))
        self._asked, self._found = urlsplit(requested), urlsplit(url)

    def problem(self) -> Problem | None:
        """The first wall that stands there."""
        for stands, problem in (
            (self._is_challenge, Problem.CHALLENGE),
            (self._is_sign_in, Problem.SIGN_IN),
            (self._is_consent, Problem.CONSENT),
            (self._is_gone, Problem.GONE),
            (self._is_empty, Problem.EMPTY),
        ):
            if stands():
                return problem
        return None

    def _is_challenge(self) -> bool:
        if self._words > SHORT:
            return False
        signs = bool(self._reading.challenges) + bool(_CHALLENGE_TITLE.search(self._title))
        # Forms of many sites carry a captcha: it takes a second sign.
        return signs + bool(_CHALLENGE_TEXT.search(self._main)) >= 2 or (
            bool(self._reading.challenges) and self._words < EMPTY
        )

    def _is_sign_in(self) -> bool:
        if self._was_led_to(_SIGN_IN_PATH) and self._words <= LONG:
            return True
        if self._words > SHORT:
            return False
        titled = bool(_SIGN_IN_TITLE.search(self._title))
        asked = bool(_SIGN_IN_TEXT.search(self._main))
        return titled + asked + bool(self._reading.passwords) >= 2

    def _is_consent(self) -> bool:
        if self._words > LONG:
            return False
        if _CONSENT_HOST.search(self._found.netloc) and self._found.netloc != self._asked.netloc:
            return True
        signs = sum(bool(sign.search(self._main)) for sign in _CONSENT)
        begins = any(sign.search(self._beginning[:200]) for sign in _CONSENT)
        return begins and signs >= (2 if _CONSENT_TITLE.search(self._title) else 4)

    def _is_gone(self) -> bool:
        if self._was_led_home():
            return True
        if _GONE_SURELY.search(self._title) and self._words <= LONG:
            return True
        if self._words > SHORT:
            return False
        if self._was_led_to(_GONE_PATH):
            return True
        titled = bool(_GONE_TITLE.search(self._title))
        said = bool(_GONE_TEXT.search(self._beginning))
        if titled:
            return said or self._words < SHORT // 4
        return said and self._words < SHORT // 2

    def _is_empty(self) -> bool:
        if self._words < EMPTY:
            return True
        wanted = f"{fold(self._reading.unscripted)} {self._main}"
        return self._words < SHORT // 4 and bool(_SCRIPTS_WANTED.search(wanted))

    def _was_led_to(self, path: re.Pattern[str]) -> bool:
        """True if a redirect led to such a path from another."""
        return bool(path.search(self._found.path.lower())) and not path.search(
            self._asked.path.lower()
        )

    def _was_led_home(self) -> bool:
        """True if the address of one article led to the site's front page."""
        asked, found = self._asked.path.strip("/"), self._found.path.strip("/")
        return (
            found in _HOMES
            and not self._found.query
            and (len(asked) >= 25 or "/" in asked)
            and asked not in _HOMES
            and same_owner(self._asked.hostname or "", self._found.hostname or "")
        )
