from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('wechat', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Follower',
            fields=[
                ('openid', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('unionid', fields.CharField(null=True, max_length=64)),
                ('follows', fields.BooleanField()),
                ('heard', fields.IntField(default=1)),
                ('ask_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('asked', fields.IntField(default=0)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'wechat_follower', 'app': 'wechat', 'indexes': [Index(fields=['unionid']), Index(fields=['ask_at'])], 'pk_attr': 'openid', 'table_description': 'Who follows the official account, by their openid there.'},
            bases=['Model'],
        ),
    ]
