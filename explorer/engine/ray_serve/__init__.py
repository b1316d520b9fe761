"""The second engine: what models compute runs in replicas of Ray Serve, on this machine or on many (SESAME_ENGINE=ray).

Results, lines and readers stay where they are, in the app's process; only a model's worker is somewhere else. `served`
is what a replica does, `remote` the worker's stand-in here, `deployment` alone knows Ray.
"""
