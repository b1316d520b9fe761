"""Downloads: sources, transfers with resume and checksums, conversion into what the app reads, archives."""
