"""The returns desk: what came back is looked at, decided, and its goods seen to by two people."""
