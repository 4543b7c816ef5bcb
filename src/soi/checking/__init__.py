"""The desk's own work: from a claim in the queue to a published, corrected and challenged check.

A claim is one checkable statement that people asked about. Its draft, the evidence and the answers
to the charter's gates make up its content; the canonical JSON of that content is what a second
person approves and what an edition holds for ever. The database itself refuses an edition that
nobody else approved, and any change of an edition or of the history (see `soi.checking.triggers`).
Published editions are handed to `soi.claims`, where answers find them beside other desks' checks.
"""
