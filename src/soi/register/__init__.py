"""The register: organisations and the holdings that are really theirs, with validity in time.

First form: imported from CSV and trust.txt. A holding answers "is this theirs, and was it on that
day?"; it never says that something else is fraud.
"""
