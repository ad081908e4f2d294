"""The staff desk: look up what the office has said, and take it, cited, into a letter. Everything that has no page."""
