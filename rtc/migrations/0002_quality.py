from tortoise import migrations
from tortoise.migrations import operations as ops
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('rtc', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CallQuality',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('room_id', fields.UUIDField()),
                ('seat', fields.UUIDField()),
                ('organization_id', fields.UUIDField(null=True)),
                ('part', fields.CharField(default='', max_length=20)),
                ('began_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('seconds', fields.FloatField()),
                ('bad_s', fields.FloatField()),
                ('relayed_s', fields.FloatField()),
                ('cut_s', fields.FloatField()),
                ('protocol', fields.CharField(default='', max_length=4)),
                ('voice_score', fields.FloatField(null=True)),
                ('worst_score', fields.FloatField(null=True)),
                ('video_score', fields.FloatField(null=True)),
                ('rtt_ms', fields.FloatField(null=True)),
                ('jitter_ms', fields.FloatField(null=True)),
                ('loss_up', fields.FloatField(null=True)),
                ('loss_down', fields.FloatField(null=True)),
                ('kbps_up', fields.IntField(null=True)),
                ('kbps_down', fields.IntField(null=True)),
                ('concealed', fields.FloatField(null=True)),
                ('codec', fields.CharField(default='', max_length=8)),
                ('width', fields.IntField(default=0)),
                ('height', fields.IntField(default=0)),
                ('freezes', fields.IntField(default=0)),
                ('frozen_s', fields.FloatField(default=0.0)),
            ],
            options={'table': 'rtc_call_quality', 'app': 'rtc', 'unique_together': (('room_id', 'seat'),), 'indexes': [Index(fields=['organization_id', 'began_at'])], 'pk_attr': 'id', 'table_description': 'One seat of one call, summed up from its samples: what the county keeps.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='QualitySample',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('room_id', fields.UUIDField()),
                ('seat', fields.UUIDField()),
                ('at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('seconds', fields.FloatField()),
                ('cut_s', fields.FloatField(default=0.0)),
                ('path', fields.CharField(default='', max_length=8)),
                ('protocol', fields.CharField(default='', max_length=4)),
                ('rtt_ms', fields.FloatField(null=True)),
                ('jitter_ms', fields.FloatField(null=True)),
                ('buffer_ms', fields.FloatField(null=True)),
                ('loss_up', fields.FloatField(null=True)),
                ('loss_down', fields.FloatField(null=True)),
                ('kbps_up', fields.IntField(null=True)),
                ('kbps_down', fields.IntField(null=True)),
                ('concealed', fields.FloatField(null=True)),
                ('codec', fields.CharField(default='', max_length=8)),
                ('width', fields.IntField(default=0)),
                ('height', fields.IntField(default=0)),
                ('fps', fields.FloatField(null=True)),
                ('freezes', fields.IntField(default=0)),
                ('frozen_s', fields.FloatField(default=0.0)),
                ('voice_score', fields.FloatField(null=True)),
                ('video_score', fields.FloatField(null=True)),
            ],
            options={'table': 'rtc_quality_sample', 'app': 'rtc', 'indexes': [Index(fields=['room_id', 'seat', 'at'])], 'pk_attr': 'id', 'table_description': "How one seat's line was for about a minute up to `at`."},
            bases=['Model'],
        ),
        ops.DeleteModel(name='QualityReport'),
    ]
