"""The long proofs: what the bot promises, shown under fire, each run by `python -m tests.prove NAME`."""
