"""Writes every network of export_networks.py as PyTorch exports it, in three opsets, and what PyTorch computes.

Beside the files <network>.<opset>.onnx lies exports.json: of each network the shape of an image, and for two images the
outputs; of each file the norm of the gradient of every float tensor in it, for cross-entropy over the channels. Weights,
images and labels come from weights.py, the gradients from the file itself, run in float64 by run_onnx.py: batch norms are
folded into convolutions when a network is exported. The middle opset has a batch of any size.
"""

import json

import onnx
import run_onnx
import torch
import weights
from export_networks import NETWORKS
from torch.nn import functional as F

OPSETS = (11, 13, 16)
BATCH = 2


def filled(model, shape):
    """With weights that the names of the tensors make, and in batch norms what is usual for some images: as after a
    training, rounding errors don't grow from layer to layer.
    """
    state = {n: v for n, v in model.state_dict().items() if not n.endswith("num_batches_tracked")}
    made = {n: torch.from_numpy(weights.parameter(n, tuple(v.shape))) for n, v in state.items()}
    model.load_state_dict(made, strict=False)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None
    with torch.no_grad():
        model(torch.from_numpy(weights.uniform("usual", (8, *shape), 1.7)))
    return model.eval()


def rounded(value):
    return float(f"{float(value):.9g}")


def gradients(path, x, expected):
    """By the name of the tensor. @raises AssertionError where the file doesn't compute what the network does."""
    outputs, tensors = run_onnx.differentiated(path, x)
    assert (outputs - expected).abs().max() <= 1e-5 * expected.abs().max(), path
    classes = outputs.shape[1]
    count = outputs.numel() // classes
    labels = torch.from_numpy(weights.labels("labels", count, classes)).reshape(BATCH, *outputs.shape[2:])
    F.cross_entropy(outputs, labels).backward()
    return {name: rounded(tensor.grad.norm()) for name, tensor in tensors.items() if tensor.grad is not None}


def export(name, model, shape):
    model = filled(model, shape)
    x = torch.from_numpy(weights.uniform("images", (BATCH, *shape), 1.7))
    files = {}
    for opset in OPSETS:
        path = f"{name}.{opset}.onnx"
        axes = {"dynamic_axes": {"image": {0: "batch"}}} if opset == 13 else {}
        torch.onnx.export(model.float(), x[:1], path, opset_version=opset, input_names=["image"], **axes)
        onnx.checker.check_model(path)
        with torch.no_grad():
            expected = model.double()(x.double())
        files[opset] = gradients(path, x.double(), expected)
    return {"shape": shape, "outputs": [rounded(v) for v in expected.flatten()], "gradientNorms": files}


torch.manual_seed(1)
results = {name: export(name, build(), shape) for name, (build, shape) in NETWORKS.items()}
with open("exports.json", "w", encoding="utf8") as file:
    json.dump(results, file)
