"""Registers the start-up checks."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The settings as an application, so that its checks are run."""

    name = "soi.config"
    label = "soi_config"

    def ready(self) -> None:
        """Register the checks of `soi.config.checks`."""
        from soi.config import checks  # noqa: F401  # imported to register
