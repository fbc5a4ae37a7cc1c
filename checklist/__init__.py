"""The meta-test: every obligation against every discovered adapter."""
