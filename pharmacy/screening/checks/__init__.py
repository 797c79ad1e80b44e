"""One question of the review (审核规范 §2.4) in each module: `check(known)` yields findings."""
