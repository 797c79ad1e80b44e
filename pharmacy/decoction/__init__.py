"""The shared decoction room (共享中药房): from weighed pieces to sealed bags, stage by stage.

医疗机构中药煎药室管理规范 (国中医药发〔2009〕3号): who did what, when, at which pot and how long.
"""
