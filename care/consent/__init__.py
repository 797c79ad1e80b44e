"""What a patient has agreed to, in which words, and who signed.

A new version of a text or another fee needs a new consent; a consent can be withdrawn at any time.
"""
