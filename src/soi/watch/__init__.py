"""The watch: known-scam lists, and names that could be taken for an organisation's own.

A list is somebody's word: the register is asked first, and a listed official name is reported as a
conflict, never believed. Names from streams and tips are put before the desk by the lookalike
engine; whether one is fraud a person decides, with a reason, and can undo.
"""
