"""Tables: the access tokens all processes share, what users agreed to hear of, who follows."""

from tortoise import fields
from tortoise.models import Model

from core.crypto import SealedField


class AccessToken(Model):
    """The token of one app, and who is fetching the next one. `generation` counts the fetches."""

    app_id = fields.CharField(max_length=64, primary_key=True)
    token = SealedField(default="")
    expires_at = fields.DatetimeField(null=True)
    generation = fields.IntField(default=0)
    lease = fields.CharField(max_length=16, null=True)
    leased_until = fields.DatetimeField(null=True)

    class Meta:
        table = "wechat_access_token"


class SubscribeCredit(Model):
    """How many messages of a template a user still agrees to.

    `standing` is a long-term agreement, which is not counted. `asked_at` is when the user last
    answered, `muted` that the last answer was no.
    """

    id = fields.BigIntField(primary_key=True)
    openid = fields.CharField(max_length=64)
    template_id = fields.CharField(max_length=64)
    credits = fields.IntField(default=0)
    standing = fields.BooleanField(default=False)
    muted = fields.BooleanField(default=False)
    asked_at = fields.DatetimeField()

    class Meta:
        table = "wechat_subscribe_credit"
        unique_together = (("openid", "template_id"),)


class Follower(Model):
    """Who follows the official account, by their openid there.

    `unionid` names the same person in all apps of the operator; it is forgotten when they go.
    `heard` counts WeChat's pushes about them. `ask_at` is when WeChat is asked who it is and
    whether they follow (null: that is known), `asked` how often it was in vain.
    """

    openid = fields.CharField(max_length=64, primary_key=True)
    unionid = fields.CharField(max_length=64, null=True)
    follows = fields.BooleanField()
    heard = fields.IntField(default=1)
    ask_at = fields.DatetimeField(null=True)
    asked = fields.IntField(default=0)
    changed_at = fields.DatetimeField()

    class Meta:
        table = "wechat_follower"
        indexes = (("unionid",), ("ask_at",))
