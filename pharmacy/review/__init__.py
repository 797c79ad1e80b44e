"""Review of prescriptions by pharmacists (处方审核): one queue over the county, who holds what, the
decision, who is on duty, and the look back afterwards (处方点评).

Owns no state of the prescription itself: its decisions move `pharmacy.prescribing`'s table.
"""
