"""What the worker does for webhooks: a thread of its own sends what is due.

The rows and the journal say what that is.
"""

from __future__ import annotations

from soi.background import Background
from soi.publishing.webhooks import delivering

background = Background(
    "webhooks",
    lambda: delivering.deliver_due(),
    is_due=lambda: delivering.is_something_due(),
)
run_due = background.run_due
