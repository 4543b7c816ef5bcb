"""The register: organisations and the holdings that are really theirs, with validity in time.

In: files, forms and, later, proofs. Out: whose a name is and was on any day, who keeps it, and each
change of it. A holding says "this is theirs"; it never says that something else is fraud. What
somebody merely says of themselves is proposed and counts for nothing. No file on people is kept:
keepers are people of the desk, custody names them and posts.
"""
