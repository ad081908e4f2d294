"""What was learned, and how: nothing here runs when a question is answered. Begin with README.md."""
