"""Teams 1+1+1: a county, a township and a village doctor, with nurse, public health, pharmacist.

Here 1+1+1 are the three tiers of one county. The responsible doctor is the one who signs the
contracts and answers for them (国卫基层发〔2018〕35号).
"""
