"""Keys of the API: named, shown once, revocable."""
