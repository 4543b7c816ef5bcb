"""The demonstration desk: invented checks, organisations and scams, loaded and removed by command.

Everything it stores is marked as demonstration, shown as such, and taken away whole by `remove`.
"""

from soi.demo.desk import Loaded, load, remove
from soi.demo.samples import Sample, samples

__all__ = ["Loaded", "Sample", "load", "remove", "samples"]
