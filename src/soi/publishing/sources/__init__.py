"""Checks of other desks, brought from their addresses on schedule.

Everything here is hostile until read strictly (ADR 0009), and comes by the fetcher that trusts
nobody on the way (ADR 0012). What is brought stays its publisher's word, under that one's name.
"""
