"""Numbers that Python and TypeScript make alike, bit for bit, so that no weights need to be stored.

A tensor is known by its name. Its seed is the FNV-1a hash (32 bits) of the name's UTF-8 bytes; element i is

    u = mix(seed ^ mix(i)) >> 8, divided by 2^24        (exact in float32, 0 <= u < 1)

where mix is the 32-bit integer hash "lowbias32" of Chris Wellons. From u, in float64, rounded to float32 once:

    uniform     2u - 1
    he          (2u - 1) * sqrt(6 / fan_in), fan_in = product of all dimensions but the first
    scale       0.5 + u         (weights, biases and running variances of a batch norm)
    offset      (u - 0.5) / 5   (other biases, running means)

The biases of a batch norm keep most units in the linear part of ReLU: deep networks with batch norm otherwise
amplify every rounding error, and ten training steps would compare noise.

weights.ts is the same in TypeScript.
"""

import math

import numpy as np

MASK = 0xFFFFFFFF


def fnv1a(name):
    h = 0x811C9DC5
    for byte in name.encode():
        h = ((h ^ byte) * 0x01000193) & MASK
    return h


def mix(x):
    x = x.astype(np.uint32)
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def hashes(name, count):
    """`count` 32-bit integers."""
    return mix(np.uint32(fnv1a(name)) ^ mix(np.arange(count, dtype=np.uint32)))


def unit(name, shape):
    count = math.prod(shape)
    return ((hashes(name, count) >> np.uint32(8)) / np.float64(2**24)).reshape(shape)


def uniform(name, shape, scale=1.0):
    return np.asarray((2 * unit(name, shape) - 1) * scale, dtype=np.float32)


def labels(name, count, classes):
    return (hashes(name, count) % np.uint32(classes)).astype(np.int64)


def parameter(name, shape):
    """A parameter or running statistic, of the kind that its name and shape tell."""
    if len(shape) > 1:
        return uniform(name, shape, math.sqrt(6 / math.prod(shape[1:])))
    if name.endswith(("weight", "running_var", "_bn.bias")):
        return (0.5 + unit(name, shape)).astype(np.float32)
    return ((unit(name, shape) - 0.5) / 5).astype(np.float32)


def checksum(array):
    """FNV-1a over the 32-bit words of a float32 array: equal when every bit is."""
    h = 0x811C9DC5
    for word in np.ascontiguousarray(array, dtype=np.float32).view(np.uint32).ravel().tolist():
        h = ((h ^ word) * 0x01000193) & MASK
    return h
