"""HTTP and WebSocket: the only place that knows tornado. ``app`` wires; nothing else here is light."""
