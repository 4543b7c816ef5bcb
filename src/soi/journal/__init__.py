"""The journal: what was done, in one order, append-only.

Every action of a domain package appends its events in the same transaction as its rows. Sequence
numbers are given out under a row lock that is held until commit, so an event with a higher number
is never visible before one with a lower number: whoever follows the journal by number (the index
does) misses nothing. Events hold digests and references, never personal text.
"""
