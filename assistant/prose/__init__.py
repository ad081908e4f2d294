"""Answers in prose by a language model: what it is given, what it writes, and what stands between it and its provider."""
