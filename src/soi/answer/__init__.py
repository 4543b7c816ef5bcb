"""A message in, an answer out: the main job, and the shortest way through the house.

`soi.answer.answering.answer(message)` is all that the page, the API and the command line call.
Nothing is stored.
"""
