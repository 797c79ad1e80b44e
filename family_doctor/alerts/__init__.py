"""危急值: a dangerous reading from home, until somebody of the team has answered for it.

核心制度要点 2018 asks for a list, a flow, read-back, a record and a closed loop, and gives no
minutes: those are settings.
"""
