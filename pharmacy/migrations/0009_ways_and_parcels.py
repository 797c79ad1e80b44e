from tortoise import migrations
from tortoise.migrations import operations as ops
from core.crypto import SealedField
from core.migrating import AddColumn, AlterMeaning
from pharmacy.delivery.models import Fault, Proof, Why
from pharmacy.delivery.states import BatchStatus, Status
from pharmacy.dispensing.models import Shown
from pharmacy.orders.models import TroubleKind, Way
from pharmacy.orders.states import OrderStatus
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('people', '0010_reviews_open_records'), ('pharmacy', '0008_agreement_to_long_use')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Batch',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=BatchStatus.OPEN, description='OPEN: open\nHANDED_OVER: handed_over\nARRIVED: arrived\nCANCELLED: cancelled', enum_type=BatchStatus, max_length=12)),
                ('number', fields.CharField(unique=True, max_length=20)),
                ('pharmacy', fields.ForeignKeyField('pharmacy.Pharmacy', source_field='pharmacy_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('clinic_id', fields.UUIDField()),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('made_by', fields.UUIDField()),
                ('made_by_name', fields.CharField(max_length=40)),
                ('driver_id', fields.UUIDField(null=True)),
                ('driver_name', fields.CharField(default='', max_length=40)),
                ('handed_over_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('handed_over_by_name', fields.CharField(default='', max_length=40)),
                ('arrived_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('received_by_name', fields.CharField(default='', max_length=40)),
            ],
            options={'table': 'pharmacy_batch', 'app': 'pharmacy', 'indexes': [Index(fields=['clinic_id', 'status']), Index(fields=['pharmacy_id', 'status'])], 'pk_attr': 'id', 'table_description': 'The bags for one village clinic on one drive: the hand-over list (交接单).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Receipt',
            fields=[
                ('parcel', fields.OneToOneField('pharmacy.Parcel', source_field='parcel_id', primary_key=True, db_index=True, db_constraint=True, to_field='id', related_name='receipt', on_delete=OnDelete.RESTRICT)),
                ('proof', fields.CharEnumField(description='CODE: code\nNAME: name\nWITNESS: witness\nCOURIER: courier', enum_type=Proof, max_length=8)),
                ('name', SealedField(null=True, unique=False)),
                ('relation', fields.CharField(default='', max_length=20)),
                ('given_by', fields.UUIDField(null=True)),
                ('given_by_name', fields.CharField(default='', max_length=40)),
                ('note', fields.CharField(default='', max_length=200)),
                ('photo_id', fields.UUIDField(null=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'pharmacy_parcel_receipt', 'app': 'pharmacy', 'pk_attr': 'parcel_id', 'table_description': 'Who took a parcel, against what, from whom. One for a parcel (its key).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Return',
            fields=[
                ('parcel', fields.OneToOneField('pharmacy.Parcel', source_field='parcel_id', primary_key=True, db_index=True, db_constraint=True, to_field='id', related_name='inspection', on_delete=OnDelete.RESTRICT)),
                ('why', fields.CharEnumField(description='REFUSED: refused\nNOT_REACHED: not_reached\nQUALITY: quality\nWRONG: wrong\nRECALLED: recalled', enum_type=Why, max_length=12)),
                ('fault', fields.CharEnumField(description='RESIDENT: resident\nCARRIER: carrier\nPHARMACY: pharmacy', enum_type=Fault, max_length=10)),
                ('sound', fields.BooleanField()),
                ('custody', fields.BooleanField(default=False)),
                ('note', fields.CharField(default='', max_length=200)),
                ('by', fields.UUIDField()),
                ('by_name', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'pharmacy_parcel_return', 'app': 'pharmacy', 'pk_attr': 'parcel_id', 'table_description': 'What the pharmacy found when it opened a parcel that came back. One for a parcel (its key).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Trouble',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('order', fields.ForeignKeyField('pharmacy.MedicationOrder', source_field='order_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('open', fields.CharField(null=True, unique=True, max_length=36)),
                ('organization_id', fields.UUIDField()),
                ('kind', fields.CharEnumField(description='MISSING: missing\nBROKEN: broken\nWRONG: wrong\nOTHER: other', enum_type=TroubleKind, max_length=8)),
                ('text', fields.CharField(default='', max_length=300)),
                ('account_id', fields.UUIDField()),
                ('raised_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('answer', fields.CharField(default='', max_length=200)),
                ('settled_by_name', fields.CharField(default='', max_length=40)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'pharmacy_order_trouble', 'app': 'pharmacy', 'indexes': [Index(fields=['organization_id', 'settled_at']), Index(fields=['order_id', 'raised_at'])], 'pk_attr': 'id', 'table_description': "What a resident reported about an order, for the pharmacy to settle. `open` is the order's"},
            bases=['Model'],
        ),
        AlterMeaning(
            model_name='MedicationDispense',
            name='shown',
            field=fields.CharEnumField(null=True, description='CODE: code\nDOCUMENT: document\nPARCEL: parcel', enum_type=Shown, max_length=8),
        ),
        AlterMeaning(
            model_name='MedicationOrder',
            name='status',
            field=fields.CharEnumField(default=OrderStatus.PAY_PENDING, description='PAY_PENDING: pay_pending\nPAID: paid\nPREPARING: preparing\nREADY: ready\nON_THE_WAY: on_the_way\nBACK: back\nPICKED_UP: picked_up\nRECEIVED: received\nUNCLAIMED: unclaimed\nCLOSED: closed\nREFUNDING: refunding\nREFUNDED: refunded', enum_type=OrderStatus, max_length=12),
        ),
        AlterMeaning(
            model_name='MedicationOrder',
            name='way',
            field=fields.CharEnumField(default=Way.PICK_UP, description='PICK_UP: pick_up\nVILLAGE: village\nDOOR: door', enum_type=Way, max_length=10),
        ),
        ops.AddField(
            model_name='MedicationOrder',
            name='address',
            field=SealedField(null=True, unique=False),
        ),
        ops.AddField(
            model_name='MedicationOrder',
            name='clinic_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='MedicationOrder',
            name='keep_until',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='MedicationOrder',
            name='recipient_name',
            field=SealedField(null=True, unique=False),
        ),
        ops.AddField(
            model_name='MedicationOrder',
            name='recipient_phone',
            field=SealedField(null=True, unique=False),
        ),
        ops.AddField(
            model_name='MedicationOrder',
            name='shipped_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        AlterMeaning(
            model_name='Parcel',
            name='status',
            field=fields.CharEnumField(default=Status.SEALED, description='SEALED: sealed\nHANDED_OVER: handed_over\nIN_TRANSIT: in_transit\nDELIVERING: delivering\nARRIVED: arrived\nREFUSED: refused\nRETURNING: returning\nSIGNED: signed\nRETURNED: returned\nLOST: lost\nDAMAGED: damaged\nTOO_WARM: too_warm\nCANCELLED: cancelled', enum_type=Status, max_length=12),
        ),
        ops.AddField(
            model_name='Parcel',
            name='arrived_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Parcel',
            name='batch',
            field=fields.ForeignKeyField('pharmacy.Batch', source_field='batch_id', null=True, db_constraint=True, to_field='id', related_name='parcels', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Parcel',
            name='clinic_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='Parcel',
            name='order_id',
            field=fields.UUIDField(null=True),
        ),
        AddColumn(
            model_name='Parcel',
            name='recalled',
            field=fields.CharField(default='', max_length=200),
        ),
        ops.AddIndex(
            model_name='Parcel',
            index=Index(fields=['order_id']),
        ),
        ops.AddIndex(
            model_name='Parcel',
            index=Index(fields=['clinic_id', 'status']),
        ),
    ]
