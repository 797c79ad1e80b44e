"""The `media` benchmark: what forwarding costs, beside Janus."""
