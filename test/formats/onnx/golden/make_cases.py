"""Writes small ONNX files as PyTorch exports them, each a way of writing that readers trip over, and what PyTorch computes.

    /usr/bin/python3 make_cases.py     # Debian's python3-torch and python3-onnx

Files go to cases/, outputs to cases/outputs.json. The weights are random. Element i of an input, in its own order, is
sin(0.1 i).
"""

import json
import os

import onnx
import torch
from onnx import helper, numpy_helper
from torch import nn
from torch.nn import functional as F

os.chdir(os.path.dirname(os.path.abspath(__file__)))
os.makedirs("cases", exist_ok=True)
torch.manual_seed(7)
outputs = {}


def waves(*shape):
    count = torch.Size(shape).numel()
    return torch.sin(0.1 * torch.arange(count, dtype=torch.float32)).reshape(1, *shape)


def trained(net):
    """Statistics of batch norms as after a training."""
    for module in net.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.normal_(module.running_mean)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.uniform_(module.weight, 0.5, 2)
            nn.init.normal_(module.bias)
    return net.eval()


def export(name, net, *shapes, opset=13, **options):
    net = trained(net)
    inputs = tuple(waves(*shape) for shape in shapes)
    with torch.no_grad():
        result = net(*inputs)
    results = result if isinstance(result, tuple) else (result,)
    torch.onnx.export(net, inputs, f"cases/{name}.onnx", opset_version=opset, **options)
    outputs[name] = {"shape": shapes[0], "outputs": [one.flatten().tolist() for one in results]}


def in_line(name, out):
    """Puts every initializer of a file into a Constant node right before the first node that takes it."""
    model = onnx.load(f"cases/{name}.onnx")
    graph = model.graph
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    nodes = []
    for node in graph.node:
        for taken in node.input:
            if taken in tensors:
                nodes.append(helper.make_node("Constant", [], [taken], value=tensors.pop(taken)))
        nodes.append(node)
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    onnx.save(model, f"cases/{out}.onnx")
    outputs[out] = outputs[name]


# GELU, whose numbers stand as Constant nodes between its steps.
for opset in (9, 13, 17):
    export(f"gelu{opset}", nn.Sequential(nn.Linear(6, 5), nn.GELU(), nn.Linear(5, 3)), (6,), opset=opset)


class HalfFirst(nn.Module):
    def forward(self, x):
        return 0.5 * x * (1 + torch.erf(x / 2**0.5))


export("gelu_half_first", nn.Sequential(nn.Linear(6, 5), HalfFirst(), nn.Linear(5, 3)), (6,))
export("gelu_tanh", nn.Sequential(nn.Conv2d(2, 3, 3), nn.GELU(approximate="tanh")), (2, 5, 4))


# MatMul and Add with the bias between them: it must stay trainable.
class MatMul(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Parameter(torch.randn(6, 5))
        self.bias = nn.Parameter(torch.randn(5))
        self.second = nn.Linear(5, 3)

    def forward(self, x):
        return self.second(torch.tanh(x @ self.first + self.bias))


export("matmul", MatMul(), (6,))
in_line("matmul", "matmul_in_line")


# BatchNorm1d on vectors: older exports put a side of 1 behind the features and take it away again.
class Unsqueezed(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(5)

    def forward(self, x):
        return self.norm(x.unsqueeze(2)).squeeze(2)


for name, norm in (("batch_norm1d", nn.BatchNorm1d(5)), ("batch_norm1d_unsqueezed", Unsqueezed())):
    export(name, nn.Sequential(nn.Linear(6, 5), norm, nn.ReLU(), nn.Linear(5, 3)), (6,), opset=9 if "un" in name else 13)


class TwoInputs(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = nn.Linear(6, 4)
        self.right = nn.Linear(5, 4)

    def forward(self, a, b):
        return self.left(a) * torch.relu(self.right(b))


export("two_inputs", TwoInputs(), (6,), (5,), input_names=["image", "angles"])


class TwoOutputs(nn.Module):
    """Classes first, then an embedding of a layer that comes last."""

    def __init__(self):
        super().__init__()
        self.trunk = nn.Conv2d(2, 4, 3)
        self.classes = nn.Linear(4, 3)
        self.embedding = nn.Linear(4, 7)

    def forward(self, x):
        x = torch.relu(self.trunk(x)).mean([2, 3])
        return torch.softmax(self.classes(x), 1), self.embedding(x)


export("two_outputs", TwoOutputs(), (2, 5, 4), output_names=["classes", "embedding"])


class Head(nn.Module):
    def __init__(self, end):
        super().__init__()
        self.trunk = nn.Conv2d(2, 3, 3)
        self.end = end

    def forward(self, x):
        return self.end(F.adaptive_avg_pool2d(torch.relu(self.trunk(x)), 1).flatten(1))


export("log_softmax", Head(nn.LogSoftmax(1)), (2, 5, 4))


class SoftmaxLog(nn.Module):
    def forward(self, x):
        return torch.log(torch.softmax(x, -1))


export("softmax_log", Head(SoftmaxLog()), (2, 5, 4))


# Inputs of rank 3: an image without channels, and a signal [channels, length].
class Grey(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 3, 3)
        self.dense = nn.Linear(18, 4)

    def forward(self, x):
        return self.dense(torch.relu(self.conv(x.unsqueeze(1))).flatten(1))


export("grey", Grey(), (5, 4))
export("grey_flat", nn.Sequential(nn.Flatten(), nn.Linear(20, 4)), (5, 4))
export(
    "signal",
    nn.Sequential(
        nn.Conv1d(2, 4, 3, stride=2, padding=1),
        nn.BatchNorm1d(4),
        nn.ReLU(),
        nn.MaxPool1d(2),
        nn.Conv1d(4, 6, 2, dilation=2, groups=2),
        nn.AvgPool1d(2, 1),
        nn.AdaptiveAvgPool1d(1),
        nn.Flatten(),
        nn.Linear(6, 3),
    ),
    (2, 23),
)


# A classifier of 1×1 convolutions, given its shape at the end as two numbers.
class Convolved(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Conv2d(2, 8, 3)
        self.classes = nn.Conv2d(8, 10, 1)

    def forward(self, x):
        x = torch.relu(self.trunk(x))
        return F.adaptive_avg_pool2d(self.classes(x), 1).reshape(-1, 10)


export("reshape10", Convolved(), (2, 5, 4))


class Flat(nn.Module):
    def forward(self, x):
        return x.reshape(-1, 10)


export("reshape10_linear", nn.Sequential(nn.Flatten(), nn.Linear(40, 10), Flat()), (2, 5, 4))


# Ceiling mode before opset 10 is written as padding, here as much as the window.
export("ceil_max", nn.Sequential(nn.MaxPool2d(3, 2, padding=1, ceil_mode=True)), (2, 8, 9), opset=9)
export("ceil_avg", nn.Sequential(nn.AvgPool2d(3, 2, ceil_mode=True, count_include_pad=False)), (2, 8, 8), opset=9)

# Slopes of PReLU: one for each channel of maps and of vectors, and one for all. Fresh ones are all alike.
def sloped(*layers):
    net = nn.Sequential(*layers)
    for layer in layers:
        if isinstance(layer, nn.PReLU):
            nn.init.uniform_(layer.weight, -0.5, 0.5)
    return net


export("prelu", sloped(nn.Conv2d(2, 3, 3), nn.PReLU(3), nn.Conv2d(3, 4, 2), nn.PReLU()), (2, 5, 4))
export("prelu_linear", sloped(nn.Linear(6, 5), nn.PReLU(5), nn.Linear(5, 3), nn.PReLU()), (6,), opset=9)

# Normalisations without running statistics, which older versions write in steps.
def drawn(*layers):
    """Weights and biases as after a training."""
    for layer in layers:
        for name, tensor in layer.named_parameters(recurse=False):
            if isinstance(layer, (nn.LayerNorm, nn.GroupNorm, nn.InstanceNorm2d)):
                (nn.init.normal_ if name == "bias" else lambda t: nn.init.uniform_(t, 0.5, 2))(tensor)
    return nn.Sequential(*layers)


class ChannelsFirst(nn.Module):
    """ConvNeXt's: each place of a map over its channels."""

    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(channels) + 0.5)
        self.bias = nn.Parameter(torch.randn(channels))

    def forward(self, x):
        mean = x.mean(1, keepdim=True)
        variance = (x - mean).pow(2).mean(1, keepdim=True)
        x = (x - mean) / torch.sqrt(variance + 1e-6)
        return self.weight[:, None, None] * x + self.bias[:, None, None]


class LastNorm(nn.Module):
    """The same by turning the channels to the end and back."""

    def __init__(self, channels):
        super().__init__()
        self.norm = drawn(nn.LayerNorm(channels, eps=1e-3))

    def forward(self, x):
        return self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class RootMeanSquare(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(features) + 0.5)

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5))


export("layer_norm13", drawn(nn.Linear(6, 5), nn.LayerNorm(5), nn.Linear(5, 3), nn.LayerNorm(3, elementwise_affine=False)), (6,))
export("layer_norm17", drawn(nn.Linear(6, 5), nn.LayerNorm(5), nn.Linear(5, 3)), (6,), opset=17)
export("layer_norm_first", nn.Sequential(nn.Conv2d(2, 4, 3), ChannelsFirst(4), nn.Conv2d(4, 3, 2)), (2, 5, 4))
export("layer_norm_last13", nn.Sequential(nn.Conv2d(2, 4, 3), LastNorm(4), nn.Conv2d(4, 3, 2)), (2, 5, 4))
export("layer_norm_last17", nn.Sequential(nn.Conv2d(2, 4, 3), LastNorm(4), nn.Conv2d(4, 3, 2)), (2, 5, 4), opset=17)
export("rms_norm", nn.Sequential(nn.Linear(6, 5), RootMeanSquare(5), nn.Linear(5, 3)), (6,))
export("group_norm", drawn(nn.Conv2d(2, 6, 3), nn.GroupNorm(3, 6), nn.ReLU(), nn.GroupNorm(1, 6, affine=False)), (2, 5, 4))
export("instance_norm", drawn(nn.Conv2d(2, 4, 3), nn.InstanceNorm2d(4, affine=True), nn.InstanceNorm2d(4)), (2, 5, 4))
torch.manual_seed(8)


# What makes maps larger, by all exporters' words for it.
class Up(nn.Module):
    """A U-Net's way up: twice as large, beside what was there before."""

    def __init__(self, up):
        super().__init__()
        self.down = nn.Conv2d(2, 4, 3, stride=2, padding=1)
        self.up = up
        self.last = nn.Conv2d(6, 3, 1)

    def forward(self, x):
        return self.last(torch.cat([x, self.up(torch.relu(self.down(x)))], 1))


export("unet", Up(nn.ConvTranspose2d(4, 4, 2, stride=2)), (2, 6, 8))
export(
    "conv_transpose",
    nn.Sequential(
        nn.ConvTranspose2d(2, 4, 3, stride=2, padding=1, output_padding=1),
        nn.ConvTranspose2d(4, 6, (3, 2), groups=2, dilation=(1, 2), bias=False),
        nn.ConvTranspose2d(6, 3, 4, stride=(1, 2), padding=(2, 1)),
    ),
    (2, 3, 4),
)
export("signal_up", nn.Sequential(nn.Conv1d(2, 4, 3), nn.ConvTranspose1d(4, 3, 4, stride=2, padding=1)), (2, 9))
for opset in (9, 11, 13, 17):
    export(f"upsample{opset}", Up(nn.Upsample(scale_factor=2)), (2, 6, 8), opset=opset)
for opset in (11, 13, 17):
    bilinear = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=opset == 11)
    export(f"bilinear{opset}", Up(bilinear), (2, 6, 8), opset=opset)


class Like(nn.Module):
    """Resized to the size of another map, which the graph computes."""

    def forward(self, x):
        small = F.avg_pool2d(x, 2)
        return x + F.interpolate(small, size=x.shape[2:], mode="bilinear", align_corners=True)


for opset in (11, 13):
    export(f"resize_like{opset}", Like(), (2, 6, 8), opset=opset, input_names=["x"], dynamic_axes={"x": {0: "batch"}})
export("pixel_shuffle", nn.Sequential(nn.Conv2d(2, 8, 3), nn.PixelShuffle(2), nn.Conv2d(2, 3, 1)), (2, 5, 6))
export("pixel_shuffle9", nn.Sequential(nn.Conv2d(2, 8, 3), nn.PixelShuffle(2), nn.Conv2d(2, 3, 1)), (2, 5, 6), opset=9)
export("pixel_unshuffle", nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(8, 3, 1)), (2, 4, 6))


class ShuffleUnit(nn.Module):
    """ShuffleNet v2's: half of the channels pass by, then all are shuffled as torchvision does."""

    def __init__(self):
        super().__init__()
        self.branch = nn.Conv2d(4, 4, 3, padding=1)

    def forward(self, x):
        first, second = x.chunk(2, dim=1)
        x = torch.cat((first, torch.relu(self.branch(second))), 1)
        n, c, h, w = x.size()
        x = x.view(n, 2, c // 2, h, w)
        return torch.transpose(x, 1, 2).contiguous().view(n, -1, h, w)


for opset in (11, 13):
    shuffled = nn.Sequential(nn.Conv2d(2, 8, 3), ShuffleUnit(), ShuffleUnit())
    export(f"shuffle{opset}", shuffled, (2, 6, 7), opset=opset, input_names=["x"], dynamic_axes={"x": {0: "batch"}})


class Sliced(nn.Module):
    def forward(self, x):
        a, b, c = torch.split(x, [1, 2, 1], dim=1)
        return torch.cat([a, c], 1) * b[:, :, 1:, :-2].mean([2, 3], keepdim=True) + x[:, -2:]


for opset in (9, 13):
    export(f"sliced{opset}", Sliced(), (4, 5, 6), opset=opset)



class PaddedShortcut(nn.Module):
    """ResNet's for CIFAR-10: every second pixel, with channels of zeros around its own."""

    def forward(self, x):
        return F.pad(x[:, :, ::2, 1::3], (0, 0, 0, 0, 2, 7))


export("padded_shortcut", nn.Sequential(nn.Conv2d(2, 4, 1), PaddedShortcut()), (2, 6, 7))

# PyTorch writes it as a pool in three dimensions and an If.
local_response = nn.Sequential(nn.Conv2d(2, 6, 3), nn.LocalResponseNorm(5, alpha=0.5, k=1.5), nn.Conv2d(6, 3, 1))
export("local_response11", local_response, (2, 6, 7), opset=11)
export("local_response13", local_response, (2, 6, 7), input_names=["x"], dynamic_axes={"x": {0: "batch"}})

with open("cases/outputs.json", "w") as file:
    json.dump(outputs, file, indent=1)
