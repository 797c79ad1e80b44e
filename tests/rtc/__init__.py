"""Tests of rooms: the media node, the app's side, and real browsers."""
