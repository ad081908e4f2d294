"""Where releases come from: files and folders to releases, and releases into the store."""
