"""What comes in from other desks and what goes out: imports and exports of checks.

First form: ClaimReview feeds and pages, CSV and JSON Lines, in and out. Everything that comes in is
hostile until a strict reader has taken it; what was refused is reported, never dropped in silence.
"""
