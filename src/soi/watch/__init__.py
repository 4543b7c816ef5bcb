"""The watch: known-scam lists, each row with its list, licence and date.

First form: lists imported from files. A list is somebody's word: the register is asked first, and a
listed official name is reported as a conflict, never believed.
"""
