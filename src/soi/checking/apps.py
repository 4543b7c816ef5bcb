"""The desk's work as a Django application."""

from django.apps import AppConfig


class CheckingConfig(AppConfig):
    """See the package docstring."""

    name = "soi.checking"
