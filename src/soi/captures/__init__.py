"""Captures: sources kept as evidence, so that they can be read again when they have changed.

In: the address of a page or a file, or a file that somebody brings. Out: a capture, whose bytes lie
under their own SHA-256 with the time, the text that was read in them and the record of how they
came. What came with success never changes afterwards; a page that only says "sign in" or "not
found" is no success. Nothing here says whether a source is right: people do that in a check.
"""
