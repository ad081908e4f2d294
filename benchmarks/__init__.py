"""Measurements that are too slow for the tests. They may read corpora that are not part of the project."""
