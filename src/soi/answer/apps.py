"""The answer as a Django application: it has no tables, only words in two languages."""

from django.apps import AppConfig


class AnswerConfig(AppConfig):
    """See the package docstring."""

    name = "soi.answer"
