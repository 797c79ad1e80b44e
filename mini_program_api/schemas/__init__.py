"""What crosses the resident's border, in and out. Names are the contract's."""
