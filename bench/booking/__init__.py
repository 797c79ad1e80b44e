"""The release of a popular clinic over real HTTP, beside PostgreSQL's own speed."""
