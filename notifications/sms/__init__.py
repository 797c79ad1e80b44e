"""Text messages: the gateway over signed HTTP, its receipts, and a sandbox that plays it."""
