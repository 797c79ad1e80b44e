from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from booking.models import ActorKind, CancelledBy, Channel, Payment, Pool, ServiceType
from booking.states import Remedy, Status, Wish
from json import dumps, loads
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('people', '0002_emergency_review')]

    initial = True

    operations = [
        ops.CreateModel(
            name='Schedule',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('organization', fields.ForeignKeyField('people.Organization', source_field='organization_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharEnumField(description='DOCTOR: doctor\nROOM: room\nDEVICE: device', enum_type=ActorKind, max_length=8)),
                ('practitioner', fields.ForeignKeyField('people.Practitioner', source_field='practitioner_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('name', fields.CharField(max_length=40)),
                ('department', fields.CharField(max_length=30)),
                ('service_type', fields.CharEnumField(description='VISIT: visit\nONLINE: online\nEXAM: exam', enum_type=ServiceType, max_length=8)),
                ('place', fields.CharField(default='', max_length=60)),
                ('fee_fen', fields.IntField(default=0)),
                ('needs', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('active', fields.BooleanField(default=True)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'booking_schedule', 'app': 'booking', 'unique_together': (('organization_id', 'kind', 'name', 'service_type'),), 'pk_attr': 'id', 'table_description': "What can be booked: one doctor's clinic, one room, one device."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Closure',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('organization', fields.ForeignKeyField('people.Organization', source_field='organization_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('schedule', fields.ForeignKeyField('booking.Schedule', source_field='schedule_id', null=True, db_constraint=True, to_field='id', related_name='closures', on_delete=OnDelete.CASCADE)),
                ('starts_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ends_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('reason', fields.CharField(max_length=100)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('created_by', fields.UUIDField()),
                ('lifted_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'booking_closure', 'app': 'booking', 'indexes': [Index(fields=['organization_id', 'ends_at'])], 'pk_attr': 'id', 'table_description': 'Time without service: a holiday of the house (no schedule), or one schedule stopped.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Slot',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('schedule', fields.ForeignKeyField('booking.Schedule', source_field='schedule_id', db_constraint=True, to_field='id', related_name='slots', on_delete=OnDelete.RESTRICT)),
                ('pool', fields.CharEnumField(description='PUBLIC: public\nGRASSROOTS: grassroots\nFAMILY_DOCTOR: family_doctor\nONSITE: onsite\nFOLLOWUP: followup', enum_type=Pool, max_length=16)),
                ('day', fields.DateField()),
                ('starts_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ends_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('quota', fields.IntField()),
                ('remaining', fields.IntField()),
                ('open', fields.BooleanField(default=True)),
                ('release_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('returns_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'booking_slot', 'app': 'booking', 'unique_together': (('schedule_id', 'starts_at', 'pool'),), 'indexes': [Index(fields=['schedule_id', 'day']), Index(fields=['returns_at'])], 'pk_attr': 'id', 'table_description': 'The places of one pool at one time. `remaining` moves only by conditional updates.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Appointment',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(description='HELD: held\nBOOKED: booked\nCHECKED_IN: checked_in\nCALLED: called\nIN_SERVICE: in_service\nDONE: done\nCANCELLED: cancelled\nNO_SHOW: no_show\nEXPIRED: expired', enum_type=Status, max_length=12)),
                ('slot', fields.ForeignKeyField('booking.Slot', source_field='slot_id', db_constraint=True, to_field='id', related_name='appointments', on_delete=OnDelete.RESTRICT)),
                ('schedule', fields.ForeignKeyField('booking.Schedule', source_field='schedule_id', db_constraint=True, to_field='id', related_name='appointments', on_delete=OnDelete.RESTRICT)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('group', fields.CharField(max_length=80)),
                ('day', fields.DateField()),
                ('starts_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ends_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('code', fields.CharField(unique=True, max_length=12)),
                ('key', fields.CharField(null=True, unique=True, max_length=100)),
                ('channel', fields.CharEnumField(description='RESIDENT: resident\nVILLAGE: village\nCOUNTER: counter\nDOCTOR: doctor', enum_type=Channel, max_length=10)),
                ('made_by', fields.UUIDField()),
                ('made_by_name', fields.CharField(max_length=60)),
                ('made_at_organization_id', fields.UUIDField(null=True)),
                ('fee_fen', fields.IntField()),
                ('payment', fields.CharEnumField(description='FREE: free\nPENDING: pending\nONLINE: online\nCASH: cash\nAT_VISIT: at_visit', enum_type=Payment, max_length=10)),
                ('held_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('hold_expires_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('booked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('miss_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('checked_in_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('queue_number', fields.IntField(null=True)),
                ('queue_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('called_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('calls', fields.IntField(default=0)),
                ('began_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('cancelled_by', fields.CharEnumField(null=True, description='PATIENT: patient\nSTAFF: staff\nHOSPITAL: hospital', enum_type=CancelledBy, max_length=10)),
                ('reason', fields.CharField(default='', max_length=200)),
                ('refund_fen', fields.IntField(default=0)),
                ('refunded_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('excused_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'booking_appointment', 'app': 'booking', 'unique_together': (('schedule_id', 'day', 'queue_number'),), 'indexes': [Index(fields=['slot_id', 'status']), Index(fields=['patient_id', 'status']), Index(fields=['status', 'hold_expires_at']), Index(fields=['status', 'miss_at']), Index(fields=['schedule_id', 'day']), Index(fields=['made_at_organization_id', 'day'])], 'pk_attr': 'id', 'table_description': "One patient's place. At most one live one for a patient, a `group` and a day (index)."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Appeal',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('appointment', fields.OneToOneField('booking.Appointment', source_field='appointment_id', db_constraint=True, to_field='id', related_name='appeal', on_delete=OnDelete.RESTRICT)),
                ('text', fields.CharField(max_length=300)),
                ('made_by_name', fields.CharField(max_length=60)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('upheld', fields.BooleanField(null=True)),
                ('decision', fields.CharField(default='', max_length=300)),
                ('decided_by_name', fields.CharField(default='', max_length=60)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'booking_appeal', 'app': 'booking', 'pk_attr': 'id', 'table_description': 'Why a missed appointment should not count, and what the outpatient office found.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CashEntry',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('appointment', fields.ForeignKeyField('booking.Appointment', source_field='appointment_id', db_constraint=True, to_field='id', related_name='cash', on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharField(max_length=8)),
                ('amount_fen', fields.IntField()),
                ('organization_id', fields.UUIDField()),
                ('organization_name', fields.CharField(max_length=80)),
                ('practitioner_id', fields.UUIDField()),
                ('practitioner_name', fields.CharField(max_length=60)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('handed_over_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('received_by_name', fields.CharField(default='', max_length=60)),
            ],
            options={'table': 'booking_cash_entry', 'app': 'booking', 'unique_together': (('appointment_id', 'kind'),), 'indexes': [Index(fields=['organization_id', 'at'])], 'pk_attr': 'id', 'table_description': 'Cash taken (or given back, negative) for one appointment, until it is handed over.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Disruption',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('closure', fields.ForeignKeyField('booking.Closure', source_field='closure_id', db_constraint=True, to_field='id', related_name='disruptions', on_delete=OnDelete.RESTRICT)),
                ('appointment', fields.OneToOneField('booking.Appointment', source_field='appointment_id', db_constraint=True, to_field='id', related_name='disruption', on_delete=OnDelete.RESTRICT)),
                ('remedy', fields.CharEnumField(default=Remedy.OPEN, description='OPEN: open\nMOVED: moved\nREFUNDED: refunded', enum_type=Remedy, max_length=10)),
                ('moved_to_id', fields.UUIDField(null=True)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('settled_by_name', fields.CharField(default='', max_length=60)),
            ],
            options={'table': 'booking_disruption', 'app': 'booking', 'pk_attr': 'id', 'table_description': 'One appointment that a closure ended, and what was done about it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='WaitingWish',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=Wish.WAITING, description='WAITING: waiting\nOFFERED: offered\nTAKEN: taken\nLAPSED: lapsed\nLEFT: left', enum_type=Wish, max_length=10)),
                ('schedule', fields.ForeignKeyField('booking.Schedule', source_field='schedule_id', db_constraint=True, to_field='id', related_name='wishes', on_delete=OnDelete.CASCADE)),
                ('day', fields.DateField()),
                ('pool', fields.CharEnumField(description='PUBLIC: public\nGRASSROOTS: grassroots\nFAMILY_DOCTOR: family_doctor\nONSITE: onsite\nFOLLOWUP: followup', enum_type=Pool, max_length=16)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('channel', fields.CharEnumField(description='RESIDENT: resident\nVILLAGE: village\nCOUNTER: counter\nDOCTOR: doctor', enum_type=Channel, max_length=10)),
                ('made_by', fields.UUIDField()),
                ('made_by_name', fields.CharField(max_length=60)),
                ('made_at_organization_id', fields.UUIDField(null=True)),
                ('joined_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('appointment_id', fields.UUIDField(null=True, unique=True)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'booking_waiting_wish', 'app': 'booking', 'indexes': [Index(fields=['schedule_id', 'day', 'pool', 'status']), Index(fields=['patient_id'])], 'pk_attr': 'id', 'table_description': 'Somebody would like any place of one schedule, day and pool. The line is by `id`.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='WeeklyHours',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('schedule', fields.ForeignKeyField('booking.Schedule', source_field='schedule_id', db_constraint=True, to_field='id', related_name='hours', on_delete=OnDelete.CASCADE)),
                ('weekday', fields.IntField()),
                ('opens', fields.IntField()),
                ('closes', fields.IntField()),
                ('slot_minutes', fields.IntField()),
                ('places', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
            ],
            options={'table': 'booking_weekly_hours', 'app': 'booking', 'unique_together': (('schedule_id', 'weekday', 'opens'),), 'pk_attr': 'id', 'table_description': 'One block of a week: minutes since midnight, the length of a slot, places by pool.'},
            bases=['Model'],
        ),
        # What Tortoise cannot say: one live appointment for a patient, a group and a day.
        ops.RunSQL(
            'CREATE UNIQUE INDEX booking_one_live_a_day ON booking_appointment '
            '(patient_id, "group", day) '
            "WHERE status IN ('held', 'booked', 'checked_in', 'called', 'in_service')",
            'DROP INDEX booking_one_live_a_day',
        ),
        # And one wish in the line for a patient, a schedule and a day.
        ops.RunSQL(
            'CREATE UNIQUE INDEX booking_one_wish_a_day ON booking_waiting_wish '
            '(patient_id, schedule_id, day) '
            "WHERE status IN ('waiting', 'offered')",
            'DROP INDEX booking_one_wish_a_day',
        ),
    ]
