"""The experiments: functions of (model, inputs) that return frozen dataclasses of NumPy arrays.

A module here knows one phenomenon and how to compute it from a `Model` handle. It knows nothing of
Streamlit, Plotly, queues, caches or languages of the interface.
"""
