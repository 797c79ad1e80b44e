"""What the house promises about itself: import order, locks, links, and its own plumbing."""
