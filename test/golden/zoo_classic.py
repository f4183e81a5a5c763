"""VGG, AlexNet, SqueezeNet, ResNet and DenseNet in PyTorch, with torchvision's names (ResNets for CIFAR-10: those of
their implementations), because torchvision isn't needed for anything else. `thin` divides the channels of all layers.
"""

import torch
from torch import nn
from torch.nn import functional as F

CLASSES = 7


class Net(nn.Module):
    def __init__(self, features, classifier, pooled=True):
        super().__init__()
        self.features, self.classifier, self.pooled = features, classifier, pooled

    def forward(self, x):
        x = self.features(x)
        if self.pooled == "map":
            return self.classifier(F.adaptive_avg_pool2d(x, 1))
        if not self.pooled:
            return self.classifier(x).flatten(1)
        return self.classifier(F.adaptive_avg_pool2d(x, 1).flatten(1))


def vgg(counts, thin=1, norm=False):
    """With so many convolutions in each block, and one linear layer, for 32x32 images."""
    layers, channels = [], 3
    for width, count in zip([64, 128, 256, 512, 512], counts):
        for _ in range(count):
            layers.append(nn.Conv2d(channels, width // thin, 3, padding=1))
            layers += [nn.BatchNorm2d(width // thin)] if norm else []
            layers.append(nn.ReLU())
            channels = width // thin
        layers.append(nn.MaxPool2d(2))
    return Net(nn.Sequential(*layers), nn.Sequential(nn.Linear(channels, CLASSES)))


def alexnet(thin=1):
    """For 64x64 images, whose map is one pixel."""
    layers = []
    for inputs, outputs, side, stride, padding, pools in [
        (3, 64, 11, 4, 2, True), (64, 192, 5, 1, 2, True), (192, 384, 3, 1, 1, False), (384, 256, 3, 1, 1, False),
        (256, 256, 3, 1, 1, True),
    ]:  # fmt: skip
        inputs = inputs if inputs == 3 else inputs // thin
        layers += [nn.Conv2d(inputs, outputs // thin, side, stride, padding), nn.ReLU()]
        layers += [nn.MaxPool2d(3, 2)] if pools else []
    last, wide = 256 // thin, 4096 // thin
    hidden = [nn.Dropout(), nn.Linear(last, wide), nn.ReLU(), nn.Dropout(), nn.Linear(wide, wide), nn.ReLU()]
    return Net(nn.Sequential(*layers), nn.Sequential(*hidden, nn.Linear(wide, CLASSES)))


class Fire(nn.Module):
    def __init__(self, inputs, squeezed, expanded):
        super().__init__()
        self.squeeze = nn.Conv2d(inputs, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
        self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)

    def forward(self, x):
        x = F.relu(self.squeeze(x))
        return torch.cat([F.relu(self.expand1x1(x)), F.relu(self.expand3x3(x))], 1)


def squeezenet1_1(thin=1):
    def pool():
        return nn.MaxPool2d(3, 2, ceil_mode=True)

    def fire(*channels):
        return Fire(*(count // thin for count in channels))

    features = nn.Sequential(
        nn.Conv2d(3, 64 // thin, 3, 2), nn.ReLU(), pool(), fire(64, 16, 64), fire(128, 16, 64), pool(),
        fire(128, 32, 128), fire(256, 32, 128), pool(), fire(256, 48, 192), fire(384, 48, 192), fire(384, 64, 256),
        fire(512, 64, 256),
    )  # fmt: skip
    head = nn.Sequential(nn.Dropout(0.5), nn.Conv2d(512 // thin, CLASSES, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1))
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


class Bottleneck(Block):
    def __init__(self, inputs, width, stride, outputs):
        nn.Module.__init__(self)
        self.conv1, self.bn1 = nn.Conv2d(inputs, width, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = nn.Conv2d(width, outputs, 1, bias=False), nn.BatchNorm2d(outputs)
        self.more = 0
        if inputs != outputs:
            projection = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.downsample = nn.Sequential(projection, nn.BatchNorm2d(outputs))

    def forward(self, x):
        out = F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))
        return F.relu(self.bn3(self.conv3(out)) + self.shortcut(x))


class ResNet(nn.Module):
    def __init__(self, widths, counts, cifar, deep=False):
        super().__init__()
        kernel, stride = (3, 1) if cifar else (7, 2)
        self.conv1 = nn.Conv2d(3, widths[0], kernel, stride, kernel // 2, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        self.cifar, self.stages, channels = cifar, [], widths[0]
        for stage, (width, count) in enumerate(zip(widths, counts)):
            blocks = []
            for i in range(count):
                stride = 2 if i == 0 and stage > 0 else 1
                outputs = 4 * width if deep else width
                block = Bottleneck(channels, width, stride, outputs) if deep else Block(channels, width, stride, cifar)
                blocks.append(block)
                channels = outputs
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


class DenseLayer(nn.Module):
    def __init__(self, inputs, growth):
        super().__init__()
        hidden = 4 * growth
        self.norm1, self.conv1 = nn.BatchNorm2d(inputs), nn.Conv2d(inputs, hidden, 1, bias=False)
        self.norm2, self.conv2 = nn.BatchNorm2d(hidden), nn.Conv2d(hidden, growth, 3, padding=1, bias=False)

    def forward(self, x):
        return torch.cat([x, self.conv2(F.relu(self.norm2(self.conv1(F.relu(self.norm1(x))))))], 1)


class DenseNet(nn.Module):
    def __init__(self, counts, thin=1):
        super().__init__()
        channels, growth = 64 // thin, 32 // thin
        self.features = nn.Sequential()
        self.features.add_module("conv0", nn.Conv2d(3, channels, 7, 2, 3, bias=False))
        self.features.add_module("norm0", nn.BatchNorm2d(channels))
        self.features.add_module("relu0", nn.ReLU())
        self.features.add_module("pool0", nn.MaxPool2d(3, 2, 1))
        for stage, count in enumerate(counts):
            block = nn.Sequential()
            for i in range(count):
                block.add_module(f"denselayer{i + 1}", DenseLayer(channels + growth * i, growth))
            self.features.add_module(f"denseblock{stage + 1}", block)
            channels += growth * count
            if stage < 3:
                transition = nn.Sequential()
                transition.add_module("norm", nn.BatchNorm2d(channels))
                transition.add_module("relu", nn.ReLU())
                transition.add_module("conv", nn.Conv2d(channels, channels // 2, 1, bias=False))
                transition.add_module("pool", nn.AvgPool2d(2))
                self.features.add_module(f"transition{stage + 1}", transition)
                channels //= 2
        self.features.add_module("norm5", nn.BatchNorm2d(channels))
        self.classifier = nn.Linear(channels, CLASSES)

    def forward(self, x):
        return self.classifier(F.relu(self.features(x)).mean((2, 3)))
