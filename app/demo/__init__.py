"""云河县, the fictional county that `DEMO=1` fills the house with; one module per package."""
