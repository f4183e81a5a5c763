"""MobileNets, EfficientNet and ShuffleNet in PyTorch, with torchvision's names. `thin` divides the channels."""

import math

import torch
from torch import nn
from torch.nn import functional as F
from zoo_classic import CLASSES, Net


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


def mobilenet_v2(thin=1):
    layers, channels = [conv_bn(3, 32 // thin, 3, 2)], 32 // thin
    stages = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    for expansion, width, count, stride in stages:
        for i in range(count):
            layers.append(InvertedResidual(channels, width // thin, stride if i == 0 else 1, expansion))
            channels = width // thin
    layers.append(conv_bn(channels, 1280 // thin, 1))
    return Net(nn.Sequential(*layers), nn.Sequential(nn.Dropout(0.2), nn.Linear(1280 // thin, CLASSES)))


def conv_norm(inputs, outputs, kernel=1, stride=1, groups=1, activation=None, eps=1e-5):
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs, eps), *([activation()] if activation else []))


class SqueezeExcitation(nn.Module):
    def __init__(self, channels, squeezed, activation, scale_activation):
        super().__init__()
        self.fc1, self.fc2 = nn.Conv2d(channels, squeezed, 1), nn.Conv2d(squeezed, channels, 1)
        self.activation, self.scale_activation = activation(), scale_activation()

    def forward(self, x):
        return x * self.scale_activation(self.fc2(self.activation(self.fc1(x.mean((2, 3), keepdim=True)))))


class MobileBlock(nn.Module):
    """Of MobileNet v3 and EfficientNet."""

    def __init__(self, inputs, kernel, expanded, outputs, squeeze, activation, stride, eps=1e-5):
        super().__init__()
        layers = [conv_norm(inputs, expanded, activation=activation, eps=eps)] if expanded != inputs else []
        layers.append(conv_norm(expanded, expanded, kernel, stride, expanded, activation, eps))
        layers += [squeeze] if squeeze else []
        self.block = nn.Sequential(*layers, conv_norm(expanded, outputs, eps=eps))
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.block(x) if self.adds else self.block(x)


RELU, HARDSWISH = nn.ReLU, nn.Hardswish

# Kernel, expanded channels, outputs, squeezed channels, activation, stride.
SMALL = [
    (3, 16, 16, 8, RELU, 2), (3, 72, 24, 0, RELU, 2), (3, 88, 24, 0, RELU, 1), (5, 96, 40, 24, HARDSWISH, 2),
    (5, 240, 40, 64, HARDSWISH, 1), (5, 240, 40, 64, HARDSWISH, 1), (5, 120, 48, 32, HARDSWISH, 1),
    (5, 144, 48, 40, HARDSWISH, 1), (5, 288, 96, 72, HARDSWISH, 2), (5, 576, 96, 144, HARDSWISH, 1),
    (5, 576, 96, 144, HARDSWISH, 1),
]  # fmt: skip
LARGE = [
    (3, 16, 16, 0, RELU, 1), (3, 64, 24, 0, RELU, 2), (3, 72, 24, 0, RELU, 1), (5, 72, 40, 24, RELU, 2),
    (5, 120, 40, 32, RELU, 1), (5, 120, 40, 32, RELU, 1), (3, 240, 80, 0, HARDSWISH, 2), (3, 200, 80, 0, HARDSWISH, 1),
    (3, 184, 80, 0, HARDSWISH, 1), (3, 184, 80, 0, HARDSWISH, 1), (3, 480, 112, 120, HARDSWISH, 1),
    (3, 672, 112, 168, HARDSWISH, 1), (5, 672, 160, 168, HARDSWISH, 2), (5, 960, 160, 240, HARDSWISH, 1),
    (5, 960, 160, 240, HARDSWISH, 1),
]  # fmt: skip


def mobilenet_v3(table, hidden, thin=1):
    eps, channels = 1e-3, 16 // thin
    layers = [conv_norm(3, channels, 3, 2, activation=HARDSWISH, eps=eps)]
    for kernel, *counts, activation, stride in table:
        expanded, outputs, squeezed = (count // thin for count in counts)
        squeeze = SqueezeExcitation(expanded, squeezed, RELU, nn.Hardsigmoid) if squeezed else None
        layers.append(MobileBlock(channels, kernel, expanded, outputs, squeeze, activation, stride, eps))
        channels = outputs
    layers.append(conv_norm(channels, 6 * channels, activation=HARDSWISH, eps=eps))
    head = [nn.Linear(6 * channels, hidden // thin), HARDSWISH(), nn.Dropout(0.2), nn.Linear(hidden // thin, CLASSES)]
    return Net(nn.Sequential(*layers), nn.Sequential(*head))


def efficientnet(width=1.0, depth=1.0, thin=1):
    """B0 to B3 are wider and deeper by these factors."""

    def scaled(channels):
        """To the nearest multiple of 8, but no less than nine tenths."""
        if width == 1:
            return channels // thin
        rounded = max(8, int(width * channels + 4) // 8 * 8)
        return rounded + 8 if rounded < 0.9 * width * channels else rounded

    channels = scaled(32)
    layers = [conv_norm(3, channels, 3, 2, activation=nn.SiLU)]
    for expansion, kernel, first, outputs, count in [
        (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4),
        (6, 3, 1, 320, 1),
    ]:  # fmt: skip
        stage = []
        for i in range(math.ceil(depth * count)):
            expanded = expansion * channels
            squeeze = SqueezeExcitation(expanded, channels // 4, nn.SiLU, nn.Sigmoid)
            stride = first if i == 0 else 1
            stage.append(MobileBlock(channels, kernel, expanded, scaled(outputs), squeeze, nn.SiLU, stride))
            channels = scaled(outputs)
        layers.append(nn.Sequential(*stage))
    layers.append(conv_norm(channels, 4 * channels, activation=nn.SiLU))
    return Net(nn.Sequential(*layers), nn.Sequential(nn.Dropout(0.2), nn.Linear(4 * channels, CLASSES)))


class ShuffleBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        half, self.stride = outputs // 2, stride
        pointwise = [nn.Conv2d(inputs, half, 1, bias=False), nn.BatchNorm2d(half), nn.ReLU()]
        if stride > 1:
            depthwise = nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False)
            self.branch1 = nn.Sequential(depthwise, nn.BatchNorm2d(inputs), *pointwise)
        inputs = inputs if stride > 1 else half
        self.branch2 = nn.Sequential(
            nn.Conv2d(inputs, half, 1, bias=False), nn.BatchNorm2d(half), nn.ReLU(),
            nn.Conv2d(half, half, 3, stride, 1, groups=half, bias=False), nn.BatchNorm2d(half),
            nn.Conv2d(half, half, 1, bias=False), nn.BatchNorm2d(half), nn.ReLU(),
        )  # fmt: skip

    def forward(self, x):
        if self.stride > 1:
            x = torch.cat([self.branch1(x), self.branch2(x)], 1)
        else:
            left, right = x.chunk(2, 1)
            x = torch.cat([left, self.branch2(right)], 1)
        n, c, h, w = x.shape
        return x.reshape(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)


class ShuffleNet(nn.Module):
    def __init__(self, widths, last=1024):
        super().__init__()
        channels = 24
        self.conv1 = nn.Sequential(nn.Conv2d(3, 24, 3, 2, 1, bias=False), nn.BatchNorm2d(24), nn.ReLU())
        for stage, (width, count) in enumerate(zip(widths, [4, 8, 4])):
            blocks = [ShuffleBlock(channels if i == 0 else width, width, 2 if i == 0 else 1) for i in range(count)]
            self.add_module(f"stage{stage + 2}", nn.Sequential(*blocks))
            channels = width
        self.conv5 = nn.Sequential(nn.Conv2d(channels, last, 1, bias=False), nn.BatchNorm2d(last), nn.ReLU())
        self.fc = nn.Linear(last, CLASSES)

    def forward(self, x):
        x = F.max_pool2d(self.conv1(x), 3, 2, 1)
        return self.fc(self.conv5(self.stage4(self.stage3(self.stage2(x)))).mean((2, 3)))
