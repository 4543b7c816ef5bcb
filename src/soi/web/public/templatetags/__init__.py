"""What the public templates look up beside what all pages do."""
