"""Partners: information systems of member institutions that read the shared record with a token of
their own. What a partner may open is what its institution has a ground for (docs/adr/0036)."""
