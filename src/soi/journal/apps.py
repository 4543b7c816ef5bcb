"""The journal as a Django application."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """See the package docstring."""

    name = "soi.journal"
