from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from notifications.education.models import Arm, Subject
from notifications.education.states import ArticleStatus, CampaignStatus
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('core', '0001_initial'), ('notifications', '0003_calls_and_preferences')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Article',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=ArticleStatus.DRAFT, description='DRAFT: draft\nIN_REVIEW: in-review\nAPPROVED: approved\nPUBLISHED: published\nRETIRED: retired', enum_type=ArticleStatus, max_length=10)),
                ('subject', fields.CharEnumField(description='HYPERTENSION: hypertension\nDIABETES: diabetes\nOLD_AGE: old_age\nCHILDREN: children\nPREGNANCY: pregnancy\nMEDICINES: medicines\nSEASON: season\nOTHER: other', enum_type=Subject, max_length=14)),
                ('title', fields.CharField(max_length=60)),
                ('summary', fields.CharField(max_length=120)),
                ('body', fields.TextField(unique=False)),
                ('question', fields.CharField(default='', max_length=120)),
                ('choices', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('right', fields.IntField(null=True)),
                ('explanation', fields.CharField(default='', max_length=200)),
                ('author_id', fields.UUIDField()),
                ('author_name', fields.CharField(max_length=40)),
                ('organization_id', fields.UUIDField()),
                ('organization_name', fields.CharField(max_length=80)),
                ('reviewed_by', fields.UUIDField(null=True)),
                ('reviewer_name', fields.CharField(default='', max_length=40)),
                ('review_words', fields.CharField(default='', max_length=300)),
                ('publish_on', fields.DateField(null=True)),
                ('published_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notifications_article', 'app': 'notifications', 'indexes': [Index(fields=['status', 'published_at'])], 'pk_attr': 'id', 'table_description': 'One article. `body` is Markdown, whose pictures are named `picture:<id>`.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ArticlePicture',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('article', fields.ForeignKeyField('notifications.Article', source_field='article_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('blob', fields.ForeignKeyField('core.Blob', source_field='blob_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('words', fields.CharField(max_length=60)),
            ],
            options={'table': 'notifications_article_picture', 'app': 'notifications', 'pk_attr': 'id', 'table_description': 'A picture of an article, without EXIF. `words` describe it for those who cannot see it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Campaign',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=CampaignStatus.RUNNING, description='RUNNING: running\nPAUSED: paused\nDONE: done\nSTOPPED: stopped', enum_type=CampaignStatus, max_length=8)),
                ('article', fields.ForeignKeyField('notifications.Article', source_field='article_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('audience', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('per_day', fields.IntField()),
                ('told_share', fields.IntField(default=100)),
                ('seed', fields.CharField(max_length=32)),
                ('size', fields.IntField()),
                ('made_by', fields.UUIDField()),
                ('made_name', fields.CharField(max_length=40)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notifications_campaign', 'app': 'notifications', 'indexes': [Index(fields=['article_id'])], 'pk_attr': 'id', 'table_description': 'An article on its way to an audience.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CampaignMember',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('campaign', fields.ForeignKeyField('notifications.Campaign', source_field='campaign_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('patient_id', fields.UUIDField()),
                ('arm', fields.CharEnumField(description='TOLD: told\nCONTROL: control', enum_type=Arm, max_length=8)),
                ('place', fields.IntField()),
                ('told_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notifications_campaign_member', 'app': 'notifications', 'unique_together': (('campaign_id', 'patient_id'),), 'indexes': [Index(fields=['campaign_id', 'arm', 'told_at'])], 'pk_attr': 'id', 'table_description': 'One patient of the frozen audience. `place` is the order of sending.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Reading',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('article', fields.ForeignKeyField('notifications.Article', source_field='article_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('account_id', fields.UUIDField()),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('seconds', fields.IntField(default=0)),
                ('finished_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('answer', fields.IntField(null=True)),
                ('answered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notifications_reading', 'app': 'notifications', 'unique_together': (('article_id', 'account_id'),), 'pk_attr': 'id', 'table_description': 'One account has opened one article: how long, to the end or not, and what it answered.'},
            bases=['Model'],
        ),
    ]
