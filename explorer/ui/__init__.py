"""Streamlit glue that every view shares: state and links, words, page furniture, export, progress."""
