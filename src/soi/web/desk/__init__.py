"""The desk's own pages, for people who are signed in."""
