"""Our own browser components: typed Python calls around ES modules. One folder a component.

They take plain data and result arrays, never a model. What the browser sends back passes door.py.
"""
