from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from rtc.models import Presence, RecordingStatus, RoomKind, Stretch
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = []

    initial = True

    operations = [
        ops.CreateModel(
            name='AppProcess',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('seen_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'rtc_app_process', 'app': 'rtc', 'pk_attr': 'id', 'table_description': 'One app process and its lease: browsers of a process whose lease ran out are cut off.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='QualityReport',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('room_id', fields.UUIDField(db_index=True)),
                ('seat', fields.UUIDField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('score', fields.IntField()),
                ('rtt_ms', fields.IntField(null=True)),
                ('loss_percent', fields.FloatField(null=True)),
                ('up_kbps', fields.IntField(null=True)),
                ('down_kbps', fields.IntField(null=True)),
            ],
            options={'table': 'rtc_quality_report', 'app': 'rtc', 'pk_attr': 'id', 'table_description': 'How the line of one seat was over about a minute, with a score of 1 (bad) to 4 (good).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Room',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('kind', fields.CharEnumField(default=RoomKind.CONSULT, description='CONSULT: consult\nCHECK: check', enum_type=RoomKind, max_length=8)),
                ('node', fields.CharField(default='', max_length=200)),
                ('node_started_at', fields.FloatField(default=0.0)),
                ('placement', fields.IntField(default=0)),
                ('seq', fields.BigIntField(default=0)),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('released_at', fields.DatetimeField(null=True, description='when its node was told of the end', auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'rtc_room', 'app': 'rtc', 'pk_attr': 'id', 'table_description': "One consultation's media. It lives on the node with this control address."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Participant',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('room', fields.ForeignKeyField('rtc.Room', source_field='room_id', db_constraint=True, to_field='id', related_name='participants', on_delete=OnDelete.CASCADE)),
                ('seat', fields.UUIDField()),
                ('name', fields.CharField(max_length=60)),
                ('organization', fields.CharField(max_length=80)),
                ('tier', fields.CharField(max_length=12)),
                ('part', fields.CharField(max_length=20)),
                ('rights', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('state', fields.CharEnumField(description='HERE: here\nRECONNECTING: reconnecting\nLEFT: left', enum_type=Presence, max_length=12)),
                ('session', fields.CharField(max_length=40)),
                ('socket', fields.CharField(max_length=40)),
                ('process', fields.CharField(db_index=True, max_length=32)),
                ('audio', fields.BooleanField(default=False)),
                ('video', fields.BooleanField(default=False)),
                ('screen', fields.BooleanField(default=False)),
                ('entered_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('left_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'rtc_participant', 'app': 'rtc', 'unique_together': (('room', 'seat'),), 'indexes': [Index(fields=['state', 'changed_at'])], 'pk_attr': 'id', 'table_description': 'A seat of a room, who holds it, and in which browser tab (`session`) just now.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Recording',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('room', fields.ForeignKeyField('rtc.Room', source_field='room_id', db_constraint=True, to_field='id', related_name='recordings', on_delete=OnDelete.CASCADE)),
                ('status', fields.CharEnumField(default=RecordingStatus.ASKED, description='ASKED: asked\nON: on\nPAUSED: paused\nREFUSED: refused\nSTOPPED: stopped', enum_type=RecordingStatus, max_length=8)),
                ('asked_by', fields.UUIDField()),
                ('asked_by_name', fields.CharField(max_length=60)),
                ('asked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('part', fields.IntField(default=0)),
                ('part_placement', fields.IntField(default=0, description="the room's placement it runs under")),
                ('part_state', fields.CharEnumField(default=Stretch.NONE, description='NONE: none\nWANTED: wanted\nRUNNING: running', enum_type=Stretch, max_length=8)),
                ('started_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('stopped_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('stopped_by_name', fields.CharField(default='', max_length=60)),
                ('keep_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'rtc_recording', 'app': 'rtc', 'indexes': [Index(fields=['room_id', 'status'])], 'pk_attr': 'id', 'table_description': 'One recording of a room, from the question to the files.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RecordingFile',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('recording', fields.ForeignKeyField('rtc.Recording', source_field='recording_id', db_constraint=True, to_field='id', related_name='files', on_delete=OnDelete.CASCADE)),
                ('name', fields.CharField(max_length=200)),
                ('node', fields.CharField(max_length=200)),
                ('seat', fields.UUIDField()),
                ('person', fields.CharField(max_length=60)),
                ('organization', fields.CharField(max_length=80)),
                ('tier', fields.CharField(max_length=12)),
                ('sources', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('started_at', fields.FloatField(description="Unix seconds of the file's zero")),
                ('duration_s', fields.FloatField()),
                ('size', fields.BigIntField()),
                ('codecs', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
            ],
            options={'table': 'rtc_recording_file', 'app': 'rtc', 'unique_together': (('node', 'name'),), 'pk_attr': 'id', 'table_description': "One publisher's picture and sound of one stretch, as the node wrote it."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RecordingViewing',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('recording', fields.ForeignKeyField('rtc.Recording', source_field='recording_id', db_constraint=True, to_field='id', related_name='viewings', on_delete=OnDelete.CASCADE)),
                ('account_id', fields.UUIDField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'rtc_recording_viewing', 'app': 'rtc', 'pk_attr': 'id', 'table_description': 'Somebody opened a recording: its files open only to a viewing, so none goes unnoticed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RecordingVote',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('recording', fields.ForeignKeyField('rtc.Recording', source_field='recording_id', db_constraint=True, to_field='id', related_name='votes', on_delete=OnDelete.CASCADE)),
                ('seat', fields.UUIDField()),
                ('name', fields.CharField(max_length=60)),
                ('agreed', fields.BooleanField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'rtc_recording_vote', 'app': 'rtc', 'unique_together': (('recording', 'seat'),), 'pk_attr': 'id', 'table_description': 'What one person said when asked whether the consultation may be recorded.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Sitting',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('room', fields.ForeignKeyField('rtc.Room', source_field='room_id', db_constraint=True, to_field='id', related_name='sittings', on_delete=OnDelete.CASCADE)),
                ('seat', fields.UUIDField()),
                ('session', fields.CharField(max_length=40)),
                ('began_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_by', fields.CharField(default='', description='left, replaced, lost, end', max_length=12)),
            ],
            options={'table': 'rtc_sitting', 'app': 'rtc', 'unique_together': (('room', 'session'),), 'pk_attr': 'id', 'table_description': 'One stay of one browser tab on a seat: from when to when, and why it ended.'},
            bases=['Model'],
        ),
    ]
