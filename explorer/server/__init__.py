"""The server around the pages: preloading before and after the first paint, compressed static files."""
