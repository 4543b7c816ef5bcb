"""The index as a Django application."""

from django.apps import AppConfig


class IndexConfig(AppConfig):
    """See the package docstring."""

    name = "soi.index"
