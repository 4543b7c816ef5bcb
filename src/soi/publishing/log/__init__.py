"""The public log of this desk: what was published becomes leaves that anybody can verify.

The journal is the truth and the log is made from it, as the index is: events commit with their
rows, each loggable event is given a place in the log under a row lock, and the files follow from
the places. Whoever dies where, an event is one leaf, and the files can be made again and compared.
Nothing here decides what is published, and no leaf holds words.
"""
