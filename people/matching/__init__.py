"""One person, one record: suspects, and two records joined by a link that can be undone."""
