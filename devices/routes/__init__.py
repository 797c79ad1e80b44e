"""Where devices and those who keep them come in."""

from devices.routes import devices, machine, messages

ROUTES = [machine.routes, messages.routes, devices.routes]
