"""The public side as files for any web host: the same pages, feeds, pictures, log and data.

What is written is what the desk itself serves at the same addresses, so that nothing can differ.
Only what has changed is made again; what was interrupted goes on; what is gone leaves a page that
says so. The host needs to run nothing.
"""
