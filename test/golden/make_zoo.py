#!/usr/bin/python3
"""Golden numbers of the zoo from PyTorch: /usr/bin/python3 test/golden/make_zoo.py (Debian: python3-torch).

The networks are written down here with torchvision's names (resnet20: those of its CIFAR-10 implementations), because
torchvision isn't needed for anything else. Weights and images come from weights.py. Everything is computed in float64
from float32 weights, in evaluation mode. Writes zoo.json beside itself.
"""

import json
import os

import torch
import weights
from torch import nn
from torch.nn import functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH = 2
CLASSES = 7
GRADIENTS = 12


def vgg11():
    """Configuration A, and one linear layer for 32x32 images."""
    layers, channels = [], 3
    for width in [64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0]:
        if width:
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
        else:
            layers.append(nn.MaxPool2d(2))
    return Net(nn.Sequential(*layers), nn.Sequential(nn.Linear(512, CLASSES)))


class Net(nn.Module):
    def __init__(self, features, classifier, pooled=True):
        super().__init__()
        self.features, self.classifier, self.pooled = features, classifier, pooled

    def forward(self, x):
        x = self.features(x)
        if not self.pooled:
            return self.classifier(x).flatten(1)
        return self.classifier(F.adaptive_avg_pool2d(x, 1).flatten(1))


def conv_bn(inputs, outputs, kernel, stride=1, groups=1):
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU6())


class InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, stride, expansion):
        super().__init__()
        hidden = inputs * expansion
        expand = [] if expansion == 1 else [conv_bn(inputs, hidden, 1)]
        project = [nn.Conv2d(hidden, outputs, 1, bias=False), nn.BatchNorm2d(outputs)]
        self.conv = nn.Sequential(*expand, conv_bn(hidden, hidden, 3, stride, hidden), *project)
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.conv(x) if self.adds else self.conv(x)


def mobilenet_v2():
    layers, channels = [conv_bn(3, 32, 3, 2)], 32
    stages = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    for expansion, width, count, stride in stages:
        for i in range(count):
            layers.append(InvertedResidual(channels, width, stride if i == 0 else 1, expansion))
            channels = width
    layers.append(conv_bn(channels, 1280, 1))
    return Net(nn.Sequential(*layers), nn.Sequential(nn.Dropout(0.2), nn.Linear(1280, CLASSES)))


class Fire(nn.Module):
    def __init__(self, inputs, squeezed, expanded):
        super().__init__()
        self.squeeze = nn.Conv2d(inputs, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
        self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)

    def forward(self, x):
        x = F.relu(self.squeeze(x))
        return torch.cat([F.relu(self.expand1x1(x)), F.relu(self.expand3x3(x))], 1)


def squeezenet1_1():
    def pool():
        return nn.MaxPool2d(3, 2, ceil_mode=True)

    features = nn.Sequential(
        nn.Conv2d(3, 64, 3, 2), nn.ReLU(), pool(), Fire(64, 16, 64), Fire(128, 16, 64), pool(), Fire(128, 32, 128),
        Fire(256, 32, 128), pool(), Fire(256, 48, 192), Fire(384, 48, 192), Fire(384, 64, 256), Fire(512, 64, 256),
    )  # fmt: skip
    head = nn.Sequential(nn.Dropout(0.5), nn.Conv2d(512, CLASSES, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1))
    return Net(features, head, pooled=False)


class Block(nn.Module):
    def __init__(self, inputs, width, stride, padded):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.more = (width - inputs) // 2
        if inputs != width and not padded:
            projection = nn.Conv2d(inputs, width, 1, stride, bias=False)
            self.downsample = nn.Sequential(projection, nn.BatchNorm2d(width))

    def shortcut(self, x):
        if hasattr(self, "downsample"):
            return self.downsample(x)
        return F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.more, self.more)) if self.more else x

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(out)) + self.shortcut(x))


class ResNet(nn.Module):
    def __init__(self, widths, count, cifar):
        super().__init__()
        kernel, stride = (3, 1) if cifar else (7, 2)
        self.conv1 = nn.Conv2d(3, widths[0], kernel, stride, kernel // 2, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        self.cifar, self.stages, channels = cifar, [], widths[0]
        for stage, width in enumerate(widths):
            blocks = []
            for i in range(count):
                blocks.append(Block(channels, width, 2 if i == 0 and stage > 0 else 1, cifar))
                channels = width
            self.stages.append(f"layer{stage + 1}")
            self.add_module(self.stages[-1], nn.Sequential(*blocks))
        self.head = "linear" if cifar else "fc"
        self.add_module(self.head, nn.Linear(channels, CLASSES))

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = x if self.cifar else F.max_pool2d(x, 3, 2, 1)
        for stage in self.stages:
            x = getattr(self, stage)(x)
        return getattr(self, self.head)(x.mean((2, 3)))


NETWORKS = {
    "vgg11": (vgg11, 32),
    "mobilenetV2": (mobilenet_v2, 64),
    "squeezenet1_1": (squeezenet1_1, 64),
    "resnet18": (lambda: ResNet([64, 128, 256, 512], 2, False), 64),
    "resnet20": (lambda: ResNet([16, 32, 64], 3, True), 32),
}


def rounded(value):
    return float(f"{float(value):.9g}")


def golden(build, side):
    model = build()
    state = {n: v for n, v in model.state_dict().items() if not n.endswith("num_batches_tracked")}
    made = {n: torch.from_numpy(weights.parameter(n, tuple(v.shape))) for n, v in state.items()}
    model.load_state_dict(made, strict=False)
    model.double().eval()
    images = torch.from_numpy(weights.uniform("images.0", (BATCH, 3, side, side), 1.7)).double()
    logits = model(images)
    loss = F.cross_entropy(logits, torch.from_numpy(weights.labels("labels.0", BATCH, CLASSES)))
    loss.backward()
    parameters = list(model.named_parameters())
    # Spread over all layers, the first and the last among them.
    chosen = sorted({round(i * (len(parameters) - 1) / (GRADIENTS - 1)) for i in range(GRADIENTS)})
    return {
        "side": side,
        "state": {name: list(value.shape) for name, value in state.items()},
        "logits": [rounded(v) for v in logits.flatten()],
        "loss": rounded(loss),
        "gradientNorms": {parameters[i][0]: rounded(parameters[i][1].grad.norm()) for i in chosen},
    }


networks = {name: golden(build, side) for name, (build, side) in NETWORKS.items()}
with open(os.path.join(HERE, "zoo.json"), "w", encoding="utf8") as file:
    result = {"torch": torch.__version__, "batch": BATCH, "classes": CLASSES, "imageScale": 1.7, "networks": networks}
    json.dump(result, file, separators=(",", ":"))
    file.write("\n")
