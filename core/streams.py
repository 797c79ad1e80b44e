"""What others send us, read to its end.

One read of a stream gives what has come so far: of a body in two packets, the first half.
"""

from aiohttp import StreamReader


async def up_to(stream: StreamReader, most: int) -> bytes:
    """Everything until the end, but no more than so many bytes."""
    found = bytearray()
    while len(found) < most and (piece := await stream.read(most - len(found))):
        found += piece
    return bytes(found)
