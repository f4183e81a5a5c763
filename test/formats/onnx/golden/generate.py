"""Writes the models that the ONNX reader is tested with, and what PyTorch computes with them.

    /usr/bin/python3 generate.py     # Debian's python3-torch and python3-onnx

The weights are random. The input is the picture whose element i, in height, width, channels, is sin(0.1 i).
"""

import json
import os

import torch
from torch import nn
from torch.nn import functional as F

os.chdir(os.path.dirname(os.path.abspath(__file__)))
torch.manual_seed(5)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(6),
            nn.ReLU6(),
            nn.Conv2d(6, 12, (3, 2), padding=1, groups=6),
            nn.Hardswish(),
            nn.MaxPool2d(3, 2, padding=1, ceil_mode=True),
        )
        self.squeeze = nn.Conv2d(12, 12, 1)
        self.shared = nn.Conv2d(12, 12, 3, padding=2, dilation=2)
        self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(60, 8), nn.LeakyReLU(0.1), nn.Linear(8, 5, bias=False))
        self.extra = nn.Parameter(torch.rand(5))

    def forward(self, x):
        x = (x - 0.5) / 0.25
        x = self.features(x)
        gate = torch.sigmoid(self.squeeze(F.adaptive_avg_pool2d(x, 1)))
        x = x * gate
        y = F.silu(self.shared(x)) + F.elu(self.shared(x), 0.5)
        x = torch.cat([x, F.hardsigmoid(y), F.avg_pool2d(F.pad(x, (1, 1, 1, 1)), 3, 1)], 1)
        mean = x.mean([2, 3])
        small = F.avg_pool2d(F.pad(x, (1, 0, 0, 1), mode="reflect")[:, :, :, :], 3, 2, padding=1, count_include_pad=True)
        small = F.conv2d(small, torch.ones(4, 36, 1, 1) / 36)
        flat = small.view(small.size(0), -1)
        x = torch.cat([flat, mean], 1)
        return F.softmax(self.head(x), 1)


def image(*shape):
    c, h, w = shape
    return torch.sin(0.1 * torch.arange(c * h * w, dtype=torch.float32)).reshape(1, h, w, c).permute(0, 3, 1, 2).contiguous()


net = Net()
for module in net.modules():
    if isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.running_mean)
        nn.init.uniform_(module.running_var, 0.5, 2)
        nn.init.uniform_(module.weight, 0.5, 2)
x = image(3, 15, 14)
net.eval()
with torch.no_grad():
    features = net.features(x)
    wide = 36 + 4 * ((features.shape[2] + 1 + 2 - 3) // 2 + 1) * ((features.shape[3] + 1 + 2 - 3) // 2 + 1)
    net.head[1] = nn.Linear(wide, 8).eval()
    golden = net(x).flatten().tolist()
for opset, training in ((9, False), (13, True), (17, False)):
    mode = torch.onnx.TrainingMode.PRESERVE if training else torch.onnx.TrainingMode.EVAL
    axes = {"picture": {0: "batch"}} if opset != 9 else None
    torch.onnx.export(
        net, x, f"net{opset}.onnx", opset_version=opset, training=mode, do_constant_folding=not training,
        input_names=["picture"], output_names=["classes"], dynamic_axes=axes,
    )
with open("outputs.json", "w") as file:
    json.dump(golden, file, indent=1)
