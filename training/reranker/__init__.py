"""Training of the packaged reranker: `python -m training.reranker --help`."""
