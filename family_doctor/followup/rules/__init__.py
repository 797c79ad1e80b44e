"""What the national programme asks for; no I/O.

公卫规范 = 国家基本公共卫生服务规范(第三版), 2017: 高血压患者健康管理, 2型糖尿病患者健康管理,
老年人, 孕产妇, 0~6岁儿童, 严重精神障碍患者, 肺结核患者健康管理.

`table` decides after a follow-up of one disease, `hypertension` and `diabetes` say what its
questions mean for each, `together` joins them, `screening` is for those who have neither, `dates`
has the dates of the other groups.
"""
