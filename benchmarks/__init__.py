"""Speed, measured beside the peers in one run. Run one as `python -m benchmarks.<name>`."""
