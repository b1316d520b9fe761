"""What the process serves and does beside the pages: compressed static files, getting ready, routes."""
