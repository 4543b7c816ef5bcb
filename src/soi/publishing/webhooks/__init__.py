"""Tell others' programs of what was published, corrected, withdrawn, answered or warned of.

An endpoint is an address that an administrator enters. What it is told follows from the journal
alone: each public change of a kind that it wants becomes one delivery, sent until it is taken. The
messages are those of Standard Webhooks (https://www.standardwebhooks.com), signed with a secret of
the endpoint's own. A message says what the public pages say, and nothing else.
"""
