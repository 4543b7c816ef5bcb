"""Soi, a self-hosted verification desk: is it true, and is it really them?"""

__version__ = "0.1.0"
