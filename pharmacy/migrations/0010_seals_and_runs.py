from tortoise import migrations
from tortoise.migrations import operations as ops
from core.migrating import AddColumn, AlterMeaning
from pharmacy.delivery.models import Goods, Proof
from pharmacy.dispatch.models import Kind
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('core', '0001_initial'), ('people', '0010_reviews_open_records'), ('pharmacy', '0009_ways_and_parcels')]

    initial = False

    operations = [
        ops.CreateModel(
            name='BatchFinding',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('batch', fields.ForeignKeyField('pharmacy.Batch', source_field='batch_id', db_constraint=True, to_field='id', related_name='findings', on_delete=OnDelete.RESTRICT)),
                ('parcel', fields.ForeignKeyField('pharmacy.Parcel', source_field='parcel_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharEnumField(description='MISSING: missing\nOPENED: opened\nBROKEN: broken\nEXTRA: extra', enum_type=Kind, max_length=8)),
                ('key', fields.CharField(max_length=40)),
                ('note', fields.CharField(default='', max_length=200)),
                ('found_by_name', fields.CharField(max_length=40)),
                ('found_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('settled_by_name', fields.CharField(default='', max_length=40)),
                ('settled_note', fields.CharField(default='', max_length=200)),
            ],
            options={'table': 'pharmacy_batch_finding', 'app': 'pharmacy', 'unique_together': (('batch_id', 'kind', 'key'),), 'indexes': [Index(fields=['batch_id', 'settled_at'])], 'pk_attr': 'id', 'table_description': 'One thing that was not as the hand-over list said. Open until the pharmacy has cleared it up.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Seal',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=24)),
                ('dispense', fields.ForeignKeyField('pharmacy.MedicationDispense', source_field='dispense_id', db_constraint=True, to_field='id', related_name='seals', on_delete=OnDelete.RESTRICT)),
                ('whole', fields.CharField(null=True, unique=True, max_length=36)),
                ('photo', fields.ForeignKeyField('core.Blob', source_field='photo_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('sealed_by', fields.UUIDField()),
                ('sealed_by_name', fields.CharField(max_length=40)),
                ('sealed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('opened_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'pharmacy_seal', 'app': 'pharmacy', 'indexes': [Index(fields=['dispense_id', 'sealed_at'])], 'pk_attr': 'id', 'table_description': 'One seal on one bag. Its number is used once (unique) and stays with the bag as its name.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Parcel',
            name='driver_id',
            field=fields.UUIDField(null=True),
        ),
        AddColumn(
            model_name='Parcel',
            name='driver_name',
            field=fields.CharField(default='', max_length=40),
        ),
        ops.AddField(
            model_name='Parcel',
            name='reminded_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        AddColumn(
            model_name='Parcel',
            name='seal_number',
            field=fields.CharField(default='', max_length=24),
        ),
        AlterMeaning(
            model_name='Receipt',
            name='proof',
            field=fields.CharEnumField(description='CODE: code\nNAME: name\nCARD: card\nWITNESS: witness\nCOURIER: courier', enum_type=Proof, max_length=8),
        ),
        ops.AddField(
            model_name='Return',
            name='disposed_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        AddColumn(
            model_name='Return',
            name='disposed_by_name',
            field=fields.CharField(default='', max_length=40),
        ),
        ops.AddField(
            model_name='Return',
            name='goods',
            field=fields.CharEnumField(null=True, description='SHELF: shelf\nDESTROYED: destroyed', enum_type=Goods, max_length=10),
        ),
        ops.AddIndex(
            model_name='Parcel',
            index=Index(fields=['seal_number']),
        ),
        ops.AddIndex(
            model_name='Parcel',
            index=Index(fields=['driver_id', 'status']),
        ),
        ops.AlterModelOptions(
            name='Receipt',
            options={'table': 'pharmacy_parcel_receipt', 'app': 'pharmacy', 'pk_attr': 'parcel_id', 'table_description': 'Who took a parcel, against what, from whom. One for a parcel (its key).'},
        ),
        ops.AlterModelOptions(
            name='Return',
            options={'table': 'pharmacy_parcel_return', 'app': 'pharmacy', 'pk_attr': 'parcel_id', 'table_description': 'What the pharmacy found when it opened a parcel that came back. One for a parcel (its key).'},
        ),
    ]
