"""Intake: tips come in, each kept once, counted, and answered for.

In: what somebody sends to the desk by page, API or file. Out: a tip, and for the sender a private
token. What was acknowledged is committed. Nothing here says who sent it: no name, no address, no
network (charter rule C4). Phone numbers, mailboxes and bank accounts that nobody has registered or
listed are masked before the text is stored. A contact is optional, sealed, and erased in time.
"""
