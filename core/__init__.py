"""What every package stands on: errors, typed HTTP, states, outbox, audit, crypto, clock, assets.

It knows nothing of patients or rooms. Nothing here imports from a package above.
"""
