"""The look back at prescriptions (处方点评, 医院处方点评管理规范(试行) 2010).

Drawn, judged by another pharmacist, heard and answered by the doctor, counted by month. Counts
people, never drugs.
"""
