"""Runs an ONNX model node by node with PyTorch, after onnx's own checker found it sound. ONNX: docs/Operators.md."""

import math

import onnx
import torch
from onnx import numpy_helper
from torch.nn import functional as F


def pads(a, x, value=0.0):
    """The input with ONNX's pads (all begins, then all ends) around it."""
    top, left, bottom, right = a.get("pads", [0, 0, 0, 0])
    assert a.get("auto_pad", b"NOTSET") in (b"NOTSET", b"VALID"), a["auto_pad"]
    return F.pad(x, (left, right, top, bottom), value=value)


def conv(a, x, w, bias=None):
    assert a["kernel_shape"] == list(w.shape[2:])
    return F.conv2d(pads(a, x), w, bias, a["strides"], 0, a["dilations"], a["group"])


def gemm(a, x, w, bias=None):
    assert a.get("alpha", 1) == 1 and a.get("beta", 1) == 1 and not a.get("transA", 0)
    return F.linear(x, w if a.get("transB", 0) else w.T, bias)


def max_pool(a, x):
    return F.max_pool2d(pads(a, x, -math.inf), a["kernel_shape"], a["strides"], ceil_mode=bool(a.get("ceil_mode", 0)))


def average_pool(a, x):
    assert a.get("count_include_pad", 0) or not any(a.get("pads", []))
    return F.avg_pool2d(pads(a, x), a["kernel_shape"], a["strides"], ceil_mode=bool(a.get("ceil_mode", 0)))


def pad(a, x, sides, value=None):
    assert a.get("mode", b"constant") == b"constant"
    _, _, top, left, _, _, bottom, right = sides.tolist()
    return F.pad(x, (left, right, top, bottom), value=0.0 if value is None else value.item())


OPS = {
    "Conv": conv,
    "Gemm": gemm,
    "BatchNormalization": lambda a, x, g, b, m, v: F.batch_norm(x, m, v, g, b, eps=a.get("epsilon", 1e-5)),
    "Relu": lambda a, x: F.relu(x),
    "Clip": lambda a, x, low, high: x.clamp(low.item(), high.item()),
    "MaxPool": max_pool,
    "AveragePool": average_pool,
    "GlobalAveragePool": lambda a, x: x.mean((2, 3), keepdim=True),
    "Flatten": lambda a, x: torch.flatten(x, a.get("axis", 1)),
    "Reshape": lambda a, x, shape: x.reshape([x.shape[i] if s == 0 else s for i, s in enumerate(shape.tolist())]),
    "Dropout": lambda a, x, *ratio: x,
    "Pad": pad,
    "Identity": lambda a, x: x,
    "Sigmoid": lambda a, x: x.sigmoid(),
    "HardSigmoid": lambda a, x: (x * a["alpha"] + a["beta"]).clamp(0, 1),
    "Softmax": lambda a, x: x.softmax(a.get("axis", -1)),
    "LogSoftmax": lambda a, x: x.log_softmax(a.get("axis", -1)),
    "Add": lambda a, x, y: x + y,
    "Mul": lambda a, x, y: x * y,
    "Div": lambda a, x, y: x / y,
    "Erf": lambda a, x: x.erf(),
    "Concat": lambda a, *x: torch.cat(x, a["axis"]),
}


def load(path):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, strict_mode=True)
    return model


def run(path, x):
    model = load(path)
    graph = model.graph
    batch, *shape = graph.input[0].type.tensor_type.shape.dim
    assert batch.dim_param and [d.dim_value for d in shape] == list(x.shape[1:]), "its input is another"
    values = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}
    values[graph.input[0].name] = x
    for node in graph.node:
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        values[node.output[0]] = OPS[node.op_type](attributes, *(values[name] for name in node.input))
    return values[graph.output[0].name]
