"""Settings, URLs and start-up checks: the one place that knows how the parts are put together."""
