"""The engine against R's numbers: `python -m tests.golden [module …]` reports, `--write` renews docs/agreement.md."""
