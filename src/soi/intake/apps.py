"""Intake as a Django application."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """See the package docstring."""

    name = "soi.intake"
