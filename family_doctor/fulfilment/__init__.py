"""What a contract promises, item by item, and what was done: by whom, how, with what evidence,
and whether the resident says so too."""
