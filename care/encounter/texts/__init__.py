"""The words a resident agrees to before an online visit."""
