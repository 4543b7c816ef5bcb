"""Speed and memory, measured: each benchmark compares alternatives in one run on one machine."""
