"""Proofs of ownership: repeatable tests that a holding is its organisation's.

In: a holding, a way of proving it, and a `Reach` into DNS and the web. Out: whether the test holds,
is denied or could not be made, with what was read as evidence. How many tests of which kind make a
holding verified is decided by `rule` alone. Nothing here writes to the database.
"""
