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
    begins, ends = sides.reshape(2, -1).tolist()
    both = [side for axis in reversed(range(x.ndim)) for side in (begins[axis], ends[axis])]
    return F.pad(x, both, value=0.0 if value is None else value.item())


def conv_transpose(a, x, w, bias=None):
    top, left, bottom, right = a.get("pads", [0, 0, 0, 0])
    assert (top, left) == (bottom, right)
    more = a.get("output_padding", [0, 0])
    return F.conv_transpose2d(x, w, bias, a["strides"], (top, left), more, a["group"], a["dilations"])


def resize(a, x, roi, scales, sizes=None):
    """To the size that PyTorch's exporter writes it for."""
    assert (a["mode"], a["coordinate_transformation_mode"]) == (b"linear", b"half_pixel"), a
    size = sizes.tolist() if sizes is not None else [int(side * s) for side, s in zip(x.shape, scales.tolist())]
    return F.interpolate(x, size=size[2:], mode="bilinear", align_corners=False)


def sliced(a, x, starts, ends, axes, steps=None):
    ranges = [slice(None)] * x.ndim
    steps = [1] * len(axes) if steps is None else steps.tolist()
    for start, end, axis, step in zip(starts.tolist(), ends.tolist(), axes.tolist(), steps):
        places = range(x.shape[axis])[start:end:step]
        ranges[axis] = list(places)
    for axis, places in enumerate(ranges):
        x = x if isinstance(places, slice) else x.index_select(axis, torch.tensor(places))
    return x


def depth_to_space(a, x):
    assert a["mode"] == b"CRD"
    return F.pixel_shuffle(x, a["blocksize"])


def unsqueeze(a, x, axes=None):
    for axis in a["axes"] if axes is None else axes.tolist():
        x = x.unsqueeze(axis)
    return x


def squeeze(a, x, axes=None):
    return x.squeeze((a["axes"] if axes is None else axes.tolist())[0])


def split(a, x, sizes=None):
    return x.split(a["split"] if sizes is None else sizes.tolist(), a.get("axis", 0))


def constant(a):
    return torch.from_numpy(numpy_helper.to_array(a["value"]).copy())


OPS = {
    "Conv": conv,
    "Gemm": gemm,
    "BatchNormalization": lambda a, x, g, b, m, v: F.batch_norm(x, m, v, g, b, eps=a.get("epsilon", 1e-5)),
    "ConvTranspose": conv_transpose,
    "Relu": lambda a, x: F.relu(x),
    "PRelu": lambda a, x, slopes: torch.where(x < 0, x * slopes, x),
    "Tanh": lambda a, x: x.tanh(),
    "HardSwish": lambda a, x: F.hardswish(x),
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
    "HardSigmoid": lambda a, x: (x * a["alpha"] + a.get("beta", 0.5)).clamp(0, 1),
    "Softmax": lambda a, x: x.softmax(a.get("axis", -1)),
    "LogSoftmax": lambda a, x: x.log_softmax(a.get("axis", -1)),
    "Add": lambda a, x, y: x + y,
    "Sub": lambda a, x, y: x - y,
    "MatMul": lambda a, x, y: x @ y,
    "Pow": lambda a, x, y: x**y,
    "Sqrt": lambda a, x: x.sqrt(),
    "Mul": lambda a, x, y: x * y,
    "Div": lambda a, x, y: x / y if x.is_floating_point() else x // y,
    "Erf": lambda a, x: x.erf(),
    "Concat": lambda a, *x: torch.cat(x, a["axis"]),
    "ReduceMean": lambda a, x: x.mean(a["axes"], keepdim=bool(a.get("keepdims", 1))),
    "Transpose": lambda a, x: x.permute(a["perm"]),
    "Slice": sliced,
    "Resize": resize,
    "DepthToSpace": depth_to_space,
    # What shapes are computed with.
    "Constant": constant,
    "Shape": lambda a, x: torch.tensor(x.shape),
    "Gather": lambda a, x, i: x.select(a.get("axis", 0), i.item()),
    "Equal": lambda a, x, y: x == y,
    "Where": lambda a, condition, x, y: torch.where(condition, x, y),
    "Expand": lambda a, x, shape: x.expand(torch.broadcast_shapes(x.shape, shape.tolist())),
    "Unsqueeze": unsqueeze,
    "Squeeze": squeeze,
    "Split": split,
    "Cast": lambda a, x: x,
    "ConstantOfShape": lambda a, shape: constant(a).expand(shape.tolist()),
}


def load(path):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, strict_mode=True)
    return model


def initializers(graph):
    return {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}


def computed(graph, tensors, x):
    values = {"": None, graph.input[0].name: x, **tensors}
    for node in graph.node:
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        result = OPS[node.op_type](attributes, *(values[name] for name in node.input))
        values.update(zip(node.output, result if isinstance(result, tuple) else [result]))
    return values[graph.output[0].name]


def run(path, x):
    graph = load(path).graph
    batch, *shape = graph.input[0].type.tensor_type.shape.dim
    assert batch.dim_param and [d.dim_value for d in shape] == list(x.shape[1:]), "its input is another"
    return computed(graph, initializers(graph), x)


def differentiated(path, x):
    """The outputs in x's precision, and all tensors by name, those that can be trained waiting for gradients."""
    graph = onnx.load(path).graph
    tensors = initializers(graph)
    fixed = {name for node in graph.node if node.op_type == "BatchNormalization" for name in node.input[3:]}
    for name, tensor in tensors.items():
        if tensor.is_floating_point():
            tensors[name] = tensor.to(x.dtype).requires_grad_(name not in fixed)
    # One by one: a file without an axis for the batch may hold its length anywhere.
    return torch.cat([computed(graph, tensors, image[None]) for image in x]), tensors
