"""The index: candidates for a statement, by words and by meaning.

Derived, always: it follows the journal from the database, and can be thrown away and rebuilt by one
command. The engines behind it share one small interface (`soi.index.engine`).
"""
