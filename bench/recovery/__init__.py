"""How long a broken call stays without pictures, on test hosts with real Chromium."""
