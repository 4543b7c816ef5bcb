"""The register as a Django application."""

from django.apps import AppConfig


class RegisterConfig(AppConfig):
    """See the package docstring."""

    name = "soi.register"
