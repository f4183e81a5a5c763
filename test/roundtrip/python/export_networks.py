"""The networks that are exported: those of the zoo (test/golden/zoo_*.py) with few channels, and some that people write.

Each with the shape of one image. Where it counts, in a layout that only such a network has: LogSoftmax at the end, maps as
outputs, branches of four, groups of channels, pixels out of channels.
"""

import torch
from torch import nn
from torch.nn import functional as F
from zoo_classic import CLASSES, Block, DenseNet, Net, ResNet, alexnet, squeezenet1_1, vgg
from zoo_mobile import LARGE, SMALL, ShuffleNet, conv_norm, efficientnet, mobilenet_v2, mobilenet_v3
from zoo_tokens import VisionTransformer, convnext


class LeNet(nn.Module):
    """As PyTorch's MNIST example has it, with the logarithm of softmax at the end."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2, self.drop = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 8, 5), nn.Dropout2d()
        self.fc1, self.fc2 = nn.Linear(128, 20), nn.Linear(20, CLASSES)

    def forward(self, x):
        x = F.relu(F.max_pool2d(self.conv1(x), 2))
        x = F.relu(F.max_pool2d(self.drop(self.conv2(x)), 2))
        x = F.relu(self.fc1(x.view(-1, 128)))
        return F.log_softmax(self.fc2(F.dropout(x, training=self.training)), dim=1)


def mobilenet_v1():
    layers, channels = [conv_norm(3, 8, 3, 2, activation=nn.ReLU)], 8
    for width, stride in [(16, 1), (32, 2), (32, 1), (64, 2), (64, 1), (128, 2), (128, 1)]:
        layers.append(conv_norm(channels, channels, 3, stride, channels, nn.ReLU))
        layers.append(conv_norm(channels, width, activation=nn.ReLU))
        channels = width
    return Net(nn.Sequential(*layers), nn.Linear(channels, CLASSES))


class GroupedBlock(Block):
    """ResNeXt's, and SE-ResNet's gate."""

    def __init__(self, inputs, width, stride):
        super().__init__(inputs, width, stride, False)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, groups=4, bias=False)
        self.gate = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 4), nn.ReLU(), nn.Linear(4, width), nn.Sigmoid()
        )

    def forward(self, x):
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        gate = self.gate(out)
        return F.relu(out * gate.view(gate.shape[0], -1, 1, 1) + self.shortcut(x))


def se_resnext():
    stem = conv_norm(3, 16, 7, 2, activation=nn.ReLU)
    blocks = [GroupedBlock(16, 16, 1), GroupedBlock(16, 32, 2), GroupedBlock(32, 32, 1)]
    return Net(nn.Sequential(stem, nn.MaxPool2d(3, 2, 1), *blocks), nn.Linear(32, CLASSES))


class Inception(nn.Module):
    def __init__(self, inputs, one, reduced, three, reduced5, five, pooled):
        super().__init__()
        norm = dict(activation=nn.ReLU, eps=1e-3)
        self.branch1 = conv_norm(inputs, one, **norm)
        self.branch2 = nn.Sequential(conv_norm(inputs, reduced, **norm), conv_norm(reduced, three, 3, **norm))
        self.branch3 = nn.Sequential(conv_norm(inputs, reduced5, **norm), conv_norm(reduced5, five, 3, **norm))
        self.branch4 = nn.Sequential(nn.MaxPool2d(3, 1, 1, ceil_mode=True), conv_norm(inputs, pooled, **norm))

    def forward(self, x):
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


def googlenet():
    def pool():
        return nn.MaxPool2d(3, 2, ceil_mode=True)

    return Net(
        nn.Sequential(
            conv_norm(3, 16, 7, 2, activation=nn.ReLU), pool(), conv_norm(16, 24, 3), pool(),
            Inception(24, 8, 12, 16, 4, 4, 4), Inception(32, 16, 16, 24, 4, 12, 8), pool(),
            Inception(60, 24, 12, 26, 4, 6, 8),
        ),
        nn.Sequential(nn.Dropout(0.2), nn.Linear(64, CLASSES)),
    )  # fmt: skip


def double(inputs, outputs):
    first = conv_norm(inputs, outputs, 3, activation=nn.ReLU)
    return nn.Sequential(first, conv_norm(outputs, outputs, 3, activation=nn.ReLU))


class UNet(nn.Module):
    """With a way up by transposed convolution and one by bilinear resizing."""

    def __init__(self):
        super().__init__()
        self.down1, self.down2, self.bottom = double(3, 8), double(8, 16), double(16, 32)
        self.up2 = nn.ConvTranspose2d(32, 16, 2, stride=2)
        self.right2, self.right1 = double(32, 16), double(24, 8)
        self.last = nn.Conv2d(8, CLASSES, 1)

    def forward(self, x):
        first = self.down1(x)
        second = self.down2(F.max_pool2d(first, 2))
        x = self.bottom(F.max_pool2d(second, 2))
        x = self.right2(torch.cat([second, self.up2(x)], 1))
        x = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
        return self.last(self.right1(torch.cat([first, x], 1)))


def espcn():
    """Shi et al. 2016: a picture twice as large, its pixels out of channels."""
    return nn.Sequential(
        nn.Conv2d(3, 16, 5, padding=2), nn.PReLU(16), nn.Conv2d(16, 8, 3, padding=1), nn.Tanh(),
        nn.Conv2d(8, 12, 3, padding=1), nn.PixelShuffle(2),
    )  # fmt: skip


NETWORKS = {
    "lenet": (LeNet, (1, 28, 28)),
    "alexnet": (lambda: alexnet(thin=16), (3, 64, 64)),
    "vgg11_bn": (lambda: vgg([1, 1, 2, 2, 2], thin=8, norm=True), (3, 32, 32)),
    "vgg16": (lambda: vgg([2, 2, 3, 3, 3], thin=8), (3, 32, 32)),
    "resnet18": (lambda: ResNet([8, 16, 32, 64], [2, 2, 2, 2], False), (3, 64, 64)),
    "resnet20": (lambda: ResNet([8, 16, 32], [3, 3, 3], True), (3, 32, 32)),
    "resnet50": (lambda: ResNet([8, 16, 32, 64], [3, 4, 6, 3], False, deep=True), (3, 64, 64)),
    "se_resnext": (se_resnext, (3, 32, 32)),
    "densenet": (lambda: DenseNet([3, 4, 4, 3], thin=4), (3, 64, 64)),
    "googlenet": (googlenet, (3, 64, 64)),
    "squeezenet1_1": (lambda: squeezenet1_1(thin=4), (3, 64, 64)),
    "mobilenet_v1": (mobilenet_v1, (3, 64, 64)),
    "mobilenet_v2": (lambda: mobilenet_v2(thin=4), (3, 64, 64)),
    "mobilenet_v3_small": (lambda: mobilenet_v3(SMALL, 1024, thin=4), (3, 64, 64)),
    "mobilenet_v3_large": (lambda: mobilenet_v3(LARGE, 1280, thin=4), (3, 64, 64)),
    "efficientnet_b0": (lambda: efficientnet(thin=4), (3, 64, 64)),
    "shufflenet_v2": (lambda: ShuffleNet([16, 32, 64], 128), (3, 64, 64)),
    "unet": (UNet, (3, 24, 32)),
    "espcn": (espcn, (3, 12, 10)),
    "vit": (lambda: VisionTransformer(32, features=24, heads=3, depth=2), (3, 32, 32)),
    "convnext": (lambda: convnext([1, 1, 1], thin=12), (3, 32, 32)),
}
