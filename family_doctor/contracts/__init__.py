"""Contracts (家庭医生签约): asked for, reviewed, signed by both, in force, renewed or ended."""
