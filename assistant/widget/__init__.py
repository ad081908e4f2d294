"""The widget on other people's pages: which sites may have it, what its frame may do, and what it shows. Its routes are in `assistant/web/`."""
