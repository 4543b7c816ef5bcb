"""Claims and checks: what was published about a claim, by whom, with which verdict.

First form: checks are imported from their publishers' feeds and files, never written here. Who may
be imported is a list of allowed publishers. The person who made a claim is not kept (charter C4).
"""
