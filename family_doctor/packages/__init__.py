"""Service packages (签约服务包): what a team promises for a year, and what it costs.

国卫基层发〔2018〕35号: basic services for everybody, personal ones by group and at a price that is
published. A contract keeps its own copy, so a package may change without touching what was signed.
"""
