"""Runs a Keras .h5 model as its own configuration says: read with h5py, computed with PyTorch. Layers NHWC as in Keras."""

import functools
import json
import math

import h5py
import torch
from torch.nn import functional as F

ACTIVATIONS = {
    "linear": lambda x: x,
    "relu": F.relu,
    "sigmoid": torch.sigmoid,
    "softmax": lambda x: x.softmax(-1),
    "swish": F.silu,
    "tanh": torch.tanh,
}


def first(x):
    return x.permute(0, 3, 1, 2)


def last(x):
    return x.permute(0, 2, 3, 1)


def padded(c, x, kernel, stride, dilation=(1, 1), value=0.0):
    """NCHW. TensorFlow's "same": the odd one at the end."""
    if c["padding"] != "same":
        assert c["padding"] == "valid", c["padding"]
        return x
    sides = []
    for size, k, s, d in zip(x.shape[2:], kernel, stride, dilation):
        total = max(0, (math.ceil(size / s) - 1) * s + (k - 1) * d + 1 - size)
        sides = [total // 2, total - total // 2, *sides]
    return F.pad(x, sides, value=value)


def activated(c, x):
    return ACTIVATIONS[c.get("activation") or "linear"](x)


def conv(c, w, x):
    kernel, stride, dilation = w["kernel"].permute(3, 2, 0, 1), c["strides"], c.get("dilation_rate", (1, 1))
    x = padded(c, first(x), kernel.shape[2:], stride, dilation)
    return activated(c, last(F.conv2d(x, kernel, w.get("bias"), stride, 0, dilation, c.get("groups", 1))))


def depthwise(c, w, x):
    h, wide, channels, multiplier = w["depthwise_kernel"].shape
    assert c["depth_multiplier"] == multiplier
    kernel = w["depthwise_kernel"].permute(2, 3, 0, 1).reshape(channels * multiplier, 1, h, wide)
    x = padded(c, first(x), (h, wide), c["strides"])
    return activated(c, last(F.conv2d(x, kernel, w.get("bias"), c["strides"], groups=channels)))


def conv_transpose(c, w, x):
    """What "valid" gives is as large as all that a kernel reaches; "same" takes as many times the stride out of its middle."""
    kernel, (height, wide) = w["kernel"].permute(3, 2, 0, 1), c["strides"]
    assert not c.get("output_padding") and tuple(c.get("dilation_rate", (1, 1))) == (1, 1)
    y = F.conv_transpose2d(first(x), kernel, w.get("bias"), c["strides"])
    if c["padding"] == "same":
        size = (x.shape[1] * height, x.shape[2] * wide)
        top, left = (max(0, whole - part) // 2 for whole, part in zip(y.shape[2:], size))
        y = y[:, :, top : top + size[0], left : left + size[1]]
    return activated(c, last(y))


def prelu(c, w, x):
    assert w["alpha"].ndim == x.ndim - 1
    return torch.where(x < 0, x * w["alpha"], x)


def up(c, x):
    corners = {} if c["interpolation"] == "nearest" else {"align_corners": False}
    return last(F.interpolate(first(x), scale_factor=tuple(c["size"]), mode=c["interpolation"], **corners))


def norm(c, w, x):
    assert c["axis"] in (-1, [-1], [3], 3, 1, [1])
    scale = w.get("gamma", 1) / torch.sqrt(w["moving_variance"] + c["epsilon"])
    return (x - w["moving_mean"]) * scale + w.get("beta", 0)


def pool(c, x, function, value):
    x = padded(c, first(x), c["pool_size"], c["strides"], value=value)
    return last(function(x, c["pool_size"], c["strides"]))


def relu(c, w, x):
    most = c.get("max_value")
    return x.clamp(0, most if most is not None else math.inf)


def zero_padding(c, w, x):
    (top, bottom), (left, right) = c["padding"]
    return F.pad(x, (0, 0, left, right, top, bottom))


def average(c, w, x):
    assert c["padding"] == "valid", "Keras counts no padding"
    return pool(c, x, F.avg_pool2d, 0.0)


LAYERS = {
    "Conv2D": conv,
    "DepthwiseConv2D": depthwise,
    "BatchNormalization": norm,
    "ReLU": relu,
    "Activation": lambda c, w, x: activated(c, x),
    "MaxPooling2D": lambda c, w, x: pool(c, x, F.max_pool2d, -math.inf),
    "AveragePooling2D": average,
    "GlobalAveragePooling2D": lambda c, w, x: x.mean((1, 2), keepdim=c.get("keepdims", False)),
    "ZeroPadding2D": zero_padding,
    "Flatten": lambda c, w, x: torch.flatten(x, 1),
    "Dropout": lambda c, w, x: x,
    "Permute": lambda c, w, x: x.permute(0, *c["dims"]),
    "Reshape": lambda c, w, x: x.reshape(x.shape[0], *c["target_shape"]),
    "Dense": lambda c, w, x: activated(c, x @ w["kernel"] + w.get("bias", 0)),
    "Add": lambda c, w, *x: sum(x),
    "Multiply": lambda c, w, x, *more: functools.reduce(torch.mul, more, x),
    "Conv2DTranspose": conv_transpose,
    "UpSampling2D": lambda c, w, x: up(c, x),
    "PReLU": prelu,
    "Concatenate": lambda c, w, *x: torch.cat(x, c["axis"]),
    "Rescaling": lambda c, w, x: x * torch.tensor(c["scale"]) + torch.tensor(c["offset"]),
}


def names(group, key):
    """A list that may be cut into several attributes."""
    parts = [key] if key in group.attrs else sorted((k for k in group.attrs if k.startswith(key)), key=len)
    return [n.decode() if isinstance(n, bytes) else n for part in parts for n in group.attrs[part]]


def weights(root, layer):
    group = root[layer]
    return {n.rsplit("/", 1)[1].split(":")[0]: torch.from_numpy(group[n][()]) for n in names(group, "weight_names")}


def run(path, x):
    with h5py.File(path, "r") as file:
        config = json.loads(file.attrs["model_config"])["config"]
        root = file["model_weights"]
        assert names(root, "layer_names") == [layer["config"]["name"] for layer in config["layers"]]
        values = {}
        for layer in config["layers"]:
            c, name = layer["config"], layer["config"]["name"]
            if layer["class_name"] == "InputLayer":
                assert c["batch_input_shape"] == [None, *last(x).shape[1:]], c
                values[name] = last(x)
                continue
            inputs = [values[source[0]] for source in layer["inbound_nodes"][0]]
            values[name] = LAYERS[layer["class_name"]](c, weights(root, name), *inputs)
        return values[config["output_layers"][0][0]]
