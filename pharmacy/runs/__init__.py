"""The driver's day on a phone: stops in order, bags handed over at the door, temperatures."""
