"""What speed and capacity are measured with: `python -m benchmarks CHAPTER`. Nothing the app needs is in here."""
