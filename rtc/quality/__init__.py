"""How good each line was: samples during a call, one row a seat afterwards, a page for all.

Browsers measure (getStats), the server scores (`scoring`) and remembers (`service`). Voice is rated
by ITU-T G.107 (`e_model`), pictures by ITU-T G.1070 (`video_model`). No patient is named here.
"""
