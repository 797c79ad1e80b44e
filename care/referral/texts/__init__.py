"""The words a resident agrees to before a referral is sent."""
