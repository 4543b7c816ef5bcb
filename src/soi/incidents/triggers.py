"""What the database itself refuses of incidents: charter rule C8, and a timeline that changes.

- An incident stays what it was opened as: its kind, whom it is about and against what never change.
  Otherwise a case of criticism could be opened as misuse and reported as phishing.
- Nothing is prepared for a platform (a bundle, a report) about an incident that is no fraud.
- The timeline and what was prepared are never changed, and nothing of this is removed, but for the
  demonstration, which is marked from its start.
"""

from __future__ import annotations

from soi.incidents.types import FRAUD
from soi.journal.guards import Guard, Guards

INCIDENT, TIMELINE, PREPARED = (
    "incidents_incident",
    "incidents_timelineentry",
    "incidents_prepared",
)
_FRAUD = ", ".join(f"'{each.value}'" for each in sorted(FRAUD))

_STAYS = """NEW.id = OLD.id AND NEW.kind = OLD.kind AND NEW.organisation = OLD.organisation
  AND COALESCE(NEW.holding, 0) = COALESCE(OLD.holding, 0)
  AND COALESCE(NEW.lookalike, 0) = COALESCE(OLD.lookalike, 0)
  AND NEW.named = OLD.named AND NEW.opened_at = OLD.opened_at AND NEW.opened_by = OLD.opened_by
  AND NEW.is_demo = OLD.is_demo"""
_IS_FRAUD = (
    f"EXISTS (SELECT 1 FROM {INCIDENT} i WHERE i.id = NEW.incident_id "  # noqa: S608  names of ours
    f"AND i.kind IN ({_FRAUD}))"
)
_OF_THE_DEMONSTRATION = (
    f"EXISTS (SELECT 1 FROM {INCIDENT} i WHERE i.id = OLD.incident_id AND i.is_demo)"  # noqa: S608
)

GUARDS = Guards(
    guards=(
        Guard(
            "incidents_incident_stays_what_it_is",
            INCIDENT,
            "UPDATE",
            _STAYS,
            "an incident does not become another",
        ),
        Guard(
            "incidents_prepared_is_of_fraud",
            PREPARED,
            "INSERT",
            _IS_FRAUD,
            "nothing is prepared for a platform but about fraud",
        ),
        *(
            Guard(f"{table}_never_changes", table, "UPDATE", "1 = 0", f"{table} is append-only")
            for table in (TIMELINE, PREPARED)
        ),
        Guard(f"{INCIDENT}_stays", INCIDENT, "DELETE", "OLD.is_demo", "incidents are kept"),
        *(
            Guard(f"{table}_stays", table, "DELETE", _OF_THE_DEMONSTRATION, f"{table} is kept")
            for table in (TIMELINE, PREPARED)
        ),
    ),
    kept=dict.fromkeys((INCIDENT, TIMELINE, PREPARED), "id = NEW.id"),
)
