"""The plain library under the desk: text, matching, lookalikes, meaning, formats.

Importable and useful on its own. Nothing in `soi.core` knows Django, the network or a database;
import-linter keeps it so.
"""
