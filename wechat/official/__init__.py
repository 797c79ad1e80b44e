"""The official account (公众号, 服务号): who follows it, and template messages to those who do.

WeChat pushes who comes and goes. A push is a hint only: `user/info` is asked for the truth, and
for the unionid by which a follower is found to be a user of the mini program.
"""
