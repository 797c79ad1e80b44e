"""What conversations can carry, beside python-socketio that only passes messages on."""
