"""HTTP and WebSocket: the only place that knows tornado. ``app`` is light, and wires the rest."""
