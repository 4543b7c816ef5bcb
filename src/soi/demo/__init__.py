"""The demonstration desk: invented checks, organisations and scams, loaded and removed by command.

What `load` stores is marked as demonstration, shown as such, and taken away whole by `remove`. What
`load_work` gives to work on is a desk's own from then on, and stays.
"""

from soi.demo.desk import Loaded, Work, load, load_work, remove
from soi.demo.samples import Sample, samples

__all__ = ["Loaded", "Sample", "Work", "load", "load_work", "remove", "samples"]
