"""Models: which there are (catalog), how one gets here (download), how it computes (network). Knows no experiment."""
