"""Captures as a Django application."""

from django.apps import AppConfig


class CapturesConfig(AppConfig):
    """See the package docstring."""

    name = "soi.captures"
