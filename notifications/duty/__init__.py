"""值班电话: staff as recipients. A verified number of their own, and what they are told by it.

The texts say that something waits, never about whom: they show on a locked screen.
"""
