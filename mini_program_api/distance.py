"""How far away a house is, as the crow flies."""

from math import asin, cos, radians, sin, sqrt
from typing import Final

from core.errors import FieldError, Invalid

EARTH_M: Final = 6_371_008.8
OUTSIDE: Final = "请给出纬度和经度,例如 35.12,118.35。"
Point = tuple[float, float]


def read(text: str | None) -> Point | None:
    """`lat,lng` in degrees. Raises Invalid for a place that is not on earth."""
    if text is None:
        return None
    latitude, longitude = (float(part) for part in text.split(","))
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise Invalid("near", OUTSIDE, errors=[FieldError("near", OUTSIDE)])
    return latitude, longitude


def between(one: Point, other: Point) -> int:
    """Metres between two points (haversine)."""
    (lat1, lng1), (lat2, lng2) = ((radians(p[0]), radians(p[1])) for p in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lng2 - lng1) / 2) ** 2
    return round(2 * EARTH_M * asin(min(1.0, sqrt(half))))
