"""Claims as a Django application."""

from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    """See the package docstring."""

    name = "soi.claims"
