"""Incidents and notices: what is done when a name is copied or an account is taken.

In: names and holdings that something happened to, and people who act. Out: a public notice that
says what is not to be trusted since when and what is, prepared and signed beforehand, so that it
stands within seconds even for somebody who can't sign in. Everything that a notice says is about
accounts, never about a view or whoever holds it (charter rules C7, C8).
"""
