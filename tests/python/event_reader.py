"""Reads TensorBoard's event files, by the published formats of TFRecord and Protocol Buffers alone."""

import struct


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def records(content):
    """The data of each record. AssertionError if a checksum is wrong, or if the last record is not whole."""

    def checked(data, checksum):
        crc = crc32c(data)
        masked = ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
        assert struct.unpack("<I", checksum)[0] == masked, "wrong checksum"
        return data

    place = 0
    while place < len(content):
        (size,) = struct.unpack("<Q", checked(content[place : place + 8], content[place + 8 : place + 12]))
        place += 12
        assert place + size + 4 <= len(content), "truncated"
        yield checked(content[place : place + size], content[place + size : place + size + 4])
        place += size + 4


def varint(data, place):
    value = shift = 0
    while True:
        value |= (data[place] & 127) << shift
        shift += 7
        place += 1
        if data[place - 1] < 128:
            return value, place


def message(data):
    """The fields of a message by their numbers: lists of integers, float32, float64 or bytes."""
    fields = {}
    place = 0
    while place < len(data):
        key, place = varint(data, place)
        if key & 7 == 0:
            value, place = varint(data, place)
        elif key & 7 == 2:
            size, place = varint(data, place)
            value, place = data[place : place + size], place + size
        else:
            kind, size = {1: ("<d", 8), 5: ("<f", 4)}[key & 7]
            (value,), place = struct.unpack(kind, data[place : place + size]), place + size
        fields.setdefault(key >> 3, []).append(value)
    return fields


def doubles(packed):
    return list(struct.unpack(f"<{len(packed) // 8}d", packed))


class Events:
    """What an event file holds: `scalars` and `histograms` by tag, each a list of (step, value); `times`.

    A histogram is a dict with min, max, num, sum, sum_squares, limits and counts.
    """

    def __init__(self, path):
        self.scalars, self.histograms, self.times = {}, {}, []
        events = [message(data) for data in records(path.read_bytes())]
        self.version = events[0][3][0].decode()
        self.starts = [event[2][0] for event in events if 7 in event and message(event[7][0])[1] == [1]]
        for event in events:
            self.times.append(event[1][0])
            for summary in event.get(5, []):
                for each in message(summary).get(1, []):
                    value = message(each)
                    tag, step = value[1][0].decode(), event[2][0]
                    if 2 in value:
                        self.scalars.setdefault(tag, []).append((step, value[2][0]))
                    if 5 in value:
                        fields = message(value[5][0])
                        names = ("min", "max", "num", "sum", "sum_squares")
                        histogram = {name: fields[i + 1][0] for i, name in enumerate(names)}
                        histogram["limits"], histogram["counts"] = doubles(fields[6][0]), doubles(fields[7][0])
                        self.histograms.setdefault(tag, []).append((step, histogram))
