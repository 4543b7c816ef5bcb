"""The watch as a Django application."""

from django.apps import AppConfig


class WatchConfig(AppConfig):
    """See the package docstring."""

    name = "soi.watch"
