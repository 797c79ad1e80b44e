from tortoise import migrations
from tortoise.migrations import operations as ops
from core.crypto import SealedField
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = []

    initial = True

    operations = [
        ops.CreateModel(
            name='AccessToken',
            fields=[
                ('app_id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('token', SealedField(default='', unique=False)),
                ('expires_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('generation', fields.IntField(default=0)),
                ('lease', fields.CharField(null=True, max_length=16)),
                ('leased_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'wechat_access_token', 'app': 'wechat', 'pk_attr': 'app_id', 'table_description': 'The token of one app, and who is fetching the next one. `generation` counts the fetches.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SubscribeCredit',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('openid', fields.CharField(max_length=64)),
                ('template_id', fields.CharField(max_length=64)),
                ('credits', fields.IntField(default=0)),
                ('standing', fields.BooleanField(default=False)),
                ('muted', fields.BooleanField(default=False)),
                ('asked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'wechat_subscribe_credit', 'app': 'wechat', 'unique_together': (('openid', 'template_id'),), 'pk_attr': 'id', 'table_description': 'How many messages of a template a user still agrees to.'},
            bases=['Model'],
        ),
    ]
