"""Why a message gets no answer, for a person."""

from soi.core.errors import SoiError


class MessageEmpty(SoiError):
    """There is nothing to look at."""

    code = "message_empty"


class MessageTooLong(SoiError):
    """The message is over the stated limit."""

    code = "message_too_long"
    http_status = 413


class MessageUnreadable(SoiError):
    """The bytes are not text."""

    code = "message_unreadable"


class TooManyRequests(SoiError):
    """One client asked more often than the desk allows; `seconds` says when to come back."""

    code = "rate_limited"
    http_status = 429
    exit_status = 4


class QuestionGone(SoiError):
    """A question to practise on is not this desk's, or what it asks is no longer so."""

    code = "practice_question_gone"
    http_status = 404
