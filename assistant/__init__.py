"""A question to a cited answer, and the answer to people: command line, chat and REST."""
