"""The composition root: settings, the web application, reactions, commands and the demo county.

It alone knows every package; what a package needs from outside is bound here.
"""
