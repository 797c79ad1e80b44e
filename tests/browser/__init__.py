"""Stories in real browsers."""
