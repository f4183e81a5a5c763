"""Runs a network as Graft describes it (formats.NetworkGraph), with PyTorch's operations and a state dict's tensors."""

import math

import torch
from torch.nn import functional as F


def pads(attrs, x, value=0.0):
    """The input with the window's padding around it. "same" is TensorFlow's rule."""
    if attrs["padding"] != "same":
        top, bottom, left, right = attrs["padding"]
    else:
        sides = []
        for size, k, s, d in zip(x.shape[2:], attrs["kernelSize"], attrs["stride"], attrs.get("dilation", (1, 1))):
            total = max(0, (math.ceil(size / s) - 1) * s + (k - 1) * d + 1 - size)
            sides += [total // 2, total - total // 2]
        top, bottom, left, right = sides
    return F.pad(x, (left, right, top, bottom), value=value)


def conv(n, x, w):
    a = n["attrs"]
    return F.conv2d(pads(a, x), w("weight"), w("bias"), a["stride"], 0, a["dilation"], a["groups"])


def avg_pool(n, x, w):
    a = n["attrs"]
    assert a["countIncludePad"] or a["padding"] == [0, 0, 0, 0]
    return F.avg_pool2d(pads(a, x), a["kernelSize"], a["stride"], ceil_mode=a["ceilMode"])


def max_pool(n, x, w):
    a = n["attrs"]
    return F.max_pool2d(pads(a, x, -math.inf), a["kernelSize"], a["stride"], 0, a["dilation"], a["ceilMode"])


OPS = {
    "conv2d": conv,
    "linear": lambda n, x, w: F.linear(x, w("weight"), w("bias")),
    "batchNorm": lambda n, x, w: F.batch_norm(
        x, w("running_mean"), w("running_var"), w("weight"), w("bias"), eps=n["attrs"]["eps"]
    ),
    "maxPool2d": max_pool,
    "avgPool2d": avg_pool,
    "globalAvgPool": lambda n, x, w: x.mean((2, 3), keepdim=n["attrs"]["keepDims"]),
    "relu": lambda n, x, w: F.relu(x),
    "relu6": lambda n, x, w: F.relu6(x),
    "clamp": lambda n, x, w: x.clamp(n["attrs"]["min"], n["attrs"]["max"]),
    "dropout": lambda n, x, w: x,
    "flatten": lambda n, x, w: torch.flatten(x, 1),
    "reshape": lambda n, x, w: x.reshape(x.shape[0], *n["attrs"]["shape"]),
    "pad": lambda n, x, w: pads({"padding": n["attrs"]["padding"]}, x, n["attrs"]["value"]),
    "add": lambda n, x, w, *more: sum(more, x),
    "concat": lambda n, x, w, *more: torch.cat([x, *more], 1),
    "softmax": lambda n, x, w: x.softmax(1),
    "logSoftmax": lambda n, x, w: x.log_softmax(1),
}


def run(architecture, state, x):
    values = {}
    for n in architecture["nodes"]:
        if n["op"] == "input":
            values[n["name"]] = x
            continue
        first, *others = (values[name] for name in n["inputs"])
        tensor = lambda role: state[n["weights"][role]] if role in n["weights"] else None  # noqa: B023, E731
        values[n["name"]] = OPS[n["op"]](n, first, tensor, *others)
    return values[architecture["outputs"][0]]
