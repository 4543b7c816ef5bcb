"""Publishing as a Django application."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """See the package docstring."""

    name = "soi.publishing"
