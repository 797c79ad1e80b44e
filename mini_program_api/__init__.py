"""The resident's API: what the mini program and the H5 may ask and do, and nothing else.

It owns no table. A route reads the request, passes the patient's door (`people.residents.access`),
calls one verb of the package below and says the answer in the contract's words. OpenAPI is read off
the routes (`core.openapi`); limits, cursors and ETags are here because only residents meet them.
"""
