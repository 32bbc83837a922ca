"""Where a key goes: the partitioner that all Kafka clients share by default."""

_SEED = 0x9747B28C
_MULTIPLIER = 0x5BD1E995
_ROTATION = 24
_WORD = 0xFFFFFFFF
_POSITIVE = 0x7FFFFFFF


def murmur2(data: bytes) -> int:
    """Return the 32-bit MurmurHash2 of *data* with the seed that Kafka uses."""
    length = len(data)
    value = _SEED ^ length
    whole = length - length % 4
    for start in range(0, whole, 4):
        word = int.from_bytes(data[start : start + 4], "little")
        word = word * _MULTIPLIER & _WORD
        word ^= word >> _ROTATION
        word = word * _MULTIPLIER & _WORD
        value = (value * _MULTIPLIER & _WORD) ^ word
    if whole < length:
        value ^= int.from_bytes(data[whole:], "little")
        value = value * _MULTIPLIER & _WORD
    value ^= value >> 13
    value = value * _MULTIPLIER & _WORD
    return value ^ value >> 15


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition out of *partitions* where records with *key* stand."""
    return (murmur2(key) & _POSITIVE) % partitions
