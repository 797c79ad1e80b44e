"""Health education: articles, to whom they go and how gradually, who reads them, and whether
reminding helps.

An Article is written by one and passed by another. A Campaign brings it to an audience that is
frozen when it begins; part of it, chosen by a seed, is told, the rest is the comparison.
"""
