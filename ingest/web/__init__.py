"""Releases on the web: what lists them, and how they are asked for, politely and safely."""
