"""The dispatch desk: sealed bags put together for a clinic, a driver or the courier, and what is
overdue on the road."""
