"""People: the members of the desk, what each may do, and how somebody becomes one.

In: an invitation that an administrator made, and later what an administrator decides. Out: a
`Member`, which every action of the desk takes as its actor, and the yes or no of `rules.may`.
Nothing here shows a page and nothing sends a mail. The journal gets a person's number, never a
name or an address; a person is switched off, never deleted, so that what they did stays readable.
"""
