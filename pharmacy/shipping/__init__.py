"""An order that is not fetched: its parcel leaves the house, arrives, or comes back.

Orders know money and prescriptions, dispenses know what was picked, parcels know the road. Here
they move together.
"""
