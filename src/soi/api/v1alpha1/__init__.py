"""The search of Google's Fact Check Tools API, so that its clients can read a desk.

What its clients send and read is kept: names, shapes, errors. It says no more than `api.v1`.
"""
