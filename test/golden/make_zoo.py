#!/usr/bin/python3
"""Golden numbers of the zoo from PyTorch: /usr/bin/python3 test/golden/make_zoo.py (Debian: python3-torch).

The networks are written down here with torchvision's names (resnet20: those of its CIFAR-10 implementations), because
torchvision isn't needed for anything else. Weights and images come from weights.py. Everything is computed in float64
from float32 weights, in evaluation mode. Writes zoo.json beside itself.
"""

import json
import math
import os

import torch
import weights
from torch import nn
from torch.nn import functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH = 2
CLASSES = 7


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


def alexnet():
    """For 64x64 images, whose map is one pixel."""
    layers = []
    for inputs, outputs, side, stride, padding, pools in [
        (3, 64, 11, 4, 2, True), (64, 192, 5, 1, 2, True), (192, 384, 3, 1, 1, False), (384, 256, 3, 1, 1, False),
        (256, 256, 3, 1, 1, True),
    ]:  # fmt: skip
        layers += [nn.Conv2d(inputs, outputs, side, stride, padding), nn.ReLU()]
        layers += [nn.MaxPool2d(3, 2)] if pools else []
    hidden = [nn.Dropout(), nn.Linear(256, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU()]
    return Net(nn.Sequential(*layers), nn.Sequential(*hidden, nn.Linear(4096, CLASSES)))


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


def mobilenet_v3_small():
    eps, layers, channels = 1e-3, [conv_norm(3, 16, 3, 2, activation=nn.Hardswish, eps=1e-3)], 16
    for kernel, expanded, outputs, squeezed, activation, stride in [
        (3, 16, 16, 8, nn.ReLU, 2), (3, 72, 24, 0, nn.ReLU, 2), (3, 88, 24, 0, nn.ReLU, 1),
        (5, 96, 40, 24, nn.Hardswish, 2), (5, 240, 40, 64, nn.Hardswish, 1), (5, 240, 40, 64, nn.Hardswish, 1),
        (5, 120, 48, 32, nn.Hardswish, 1), (5, 144, 48, 40, nn.Hardswish, 1), (5, 288, 96, 72, nn.Hardswish, 2),
        (5, 576, 96, 144, nn.Hardswish, 1), (5, 576, 96, 144, nn.Hardswish, 1),
    ]:  # fmt: skip
        squeeze = SqueezeExcitation(expanded, squeezed, nn.ReLU, nn.Hardsigmoid) if squeezed else None
        layers.append(MobileBlock(channels, kernel, expanded, outputs, squeeze, activation, stride, eps))
        channels = outputs
    layers.append(conv_norm(96, 576, activation=nn.Hardswish, eps=eps))
    head = [nn.Linear(576, 1024), nn.Hardswish(), nn.Dropout(0.2), nn.Linear(1024, CLASSES)]
    return Net(nn.Sequential(*layers), nn.Sequential(*head))


def efficientnet_b0():
    layers, channels = [conv_norm(3, 32, 3, 2, activation=nn.SiLU)], 32
    for expansion, kernel, first, width, count in [
        (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4),
        (6, 3, 1, 320, 1),
    ]:  # fmt: skip
        stage = []
        for i in range(count):
            expanded = expansion * channels
            squeeze = SqueezeExcitation(expanded, channels // 4, nn.SiLU, nn.Sigmoid)
            stride = first if i == 0 else 1
            stage.append(MobileBlock(channels, kernel, expanded, width, squeeze, nn.SiLU, stride))
            channels = width
        layers.append(nn.Sequential(*stage))
    layers.append(conv_norm(320, 1280, activation=nn.SiLU))
    return Net(nn.Sequential(*layers), nn.Sequential(nn.Dropout(0.2), nn.Linear(1280, CLASSES)))


class DenseLayer(nn.Module):
    def __init__(self, inputs):
        super().__init__()
        self.norm1, self.conv1 = nn.BatchNorm2d(inputs), nn.Conv2d(inputs, 128, 1, bias=False)
        self.norm2, self.conv2 = nn.BatchNorm2d(128), nn.Conv2d(128, 32, 3, padding=1, bias=False)

    def forward(self, x):
        return torch.cat([x, self.conv2(F.relu(self.norm2(self.conv1(F.relu(self.norm1(x))))))], 1)


class DenseNet(nn.Module):
    def __init__(self):
        super().__init__()
        channels = 64
        self.features = nn.Sequential()
        self.features.add_module("conv0", nn.Conv2d(3, channels, 7, 2, 3, bias=False))
        self.features.add_module("norm0", nn.BatchNorm2d(channels))
        self.features.add_module("relu0", nn.ReLU())
        self.features.add_module("pool0", nn.MaxPool2d(3, 2, 1))
        for stage, count in enumerate([6, 12, 24, 16]):
            block = nn.Sequential()
            for i in range(count):
                block.add_module(f"denselayer{i + 1}", DenseLayer(channels + 32 * i))
            self.features.add_module(f"denseblock{stage + 1}", block)
            channels += 32 * count
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
    def __init__(self, widths):
        super().__init__()
        channels = 24
        self.conv1 = nn.Sequential(nn.Conv2d(3, 24, 3, 2, 1, bias=False), nn.BatchNorm2d(24), nn.ReLU())
        for stage, (width, count) in enumerate(zip(widths, [4, 8, 4])):
            blocks = [ShuffleBlock(channels if i == 0 else width, width, 2 if i == 0 else 1) for i in range(count)]
            self.add_module(f"stage{stage + 2}", nn.Sequential(*blocks))
            channels = width
        self.conv5 = nn.Sequential(nn.Conv2d(channels, 1024, 1, bias=False), nn.BatchNorm2d(1024), nn.ReLU())
        self.fc = nn.Linear(1024, CLASSES)

    def forward(self, x):
        x = F.max_pool2d(self.conv1(x), 3, 2, 1)
        return self.fc(self.conv5(self.stage4(self.stage3(self.stage2(x)))).mean((2, 3)))


class ChannelNorm(nn.LayerNorm):
    def __init__(self, channels):
        super().__init__(channels, 1e-6)

    def forward(self, x):
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class ConvNeXtBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layer_scale = nn.Parameter(torch.ones(channels, 1, 1))
        # The places 1 and 6 are those of layers without weights.
        self.block = nn.Sequential(
            nn.Conv2d(channels, channels, 7, padding=3, groups=channels), nn.Identity(), nn.LayerNorm(channels, 1e-6),
            nn.Linear(channels, 4 * channels), nn.GELU(), nn.Linear(4 * channels, channels),
        )  # fmt: skip

    def forward(self, x):
        return x + self.layer_scale * self.block[1:](self.block[0](x).movedim(1, -1)).movedim(-1, 1)


def convnext_tiny():
    layers, inputs = [], 3
    for channels, count in [(96, 3), (192, 3), (384, 9), (768, 3)]:
        side = 4 if inputs == 3 else 2
        conv = nn.Conv2d(inputs, channels, side, side)
        halving = [conv, ChannelNorm(channels)] if inputs == 3 else [ChannelNorm(inputs), conv]
        layers += [nn.Sequential(*halving), nn.Sequential(*[ConvNeXtBlock(channels) for _ in range(count)])]
        inputs = channels
    head = nn.Sequential(ChannelNorm(768), nn.Flatten(), nn.Linear(768, CLASSES))
    return Net(nn.Sequential(*layers), head, pooled="map")


class TransformerBlock(nn.Module):
    def __init__(self, features, heads):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(features, 1e-6), nn.LayerNorm(features, 1e-6)
        self.attn, self.mlp, self.heads = nn.Module(), nn.Module(), heads
        self.attn.qkv, self.attn.proj = nn.Linear(features, 3 * features), nn.Linear(features, features)
        self.mlp.fc1, self.mlp.fc2 = nn.Linear(features, 4 * features), nn.Linear(4 * features, features)

    def attend(self, x):
        n, length, features = x.shape
        qkv = self.attn.qkv(x).reshape(n, length, 3, self.heads, features // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        weights = (q @ k.transpose(-2, -1) / math.sqrt(features // self.heads)).softmax(-1)
        return self.attn.proj((weights @ v).transpose(1, 2).reshape(n, length, features))

    def forward(self, x):
        x = x + self.attend(self.norm1(x))
        return x + self.mlp.fc2(F.gelu(self.mlp.fc1(self.norm2(x))))


class VisionTransformer(nn.Module):
    def __init__(self, side, features=192, heads=3, depth=12):
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, features))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + (side // 16) ** 2, features))
        self.patch_embed = nn.Module()
        self.patch_embed.proj = nn.Conv2d(3, features, 16, 16)
        self.blocks = nn.Sequential(*[TransformerBlock(features, heads) for _ in range(depth)])
        self.norm, self.head = nn.LayerNorm(features, 1e-6), nn.Linear(features, CLASSES)

    def forward(self, x):
        x = self.patch_embed.proj(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(x.shape[0], -1, -1), x], 1) + self.pos_embed
        return self.head(self.norm(self.blocks(x))[:, 0])


NETWORKS = {
    "alexnet": (alexnet, 64),
    "vgg11": (vgg11, 32),
    "mobilenetV2": (mobilenet_v2, 64),
    "squeezenet1_1": (squeezenet1_1, 64),
    "resnet18": (lambda: ResNet([64, 128, 256, 512], [2, 2, 2, 2], False), 64),
    "resnet50": (lambda: ResNet([64, 128, 256, 512], [3, 4, 6, 3], False, deep=True), 64),
    "resnet20": (lambda: ResNet([16, 32, 64], [3, 3, 3], True), 32),
    "resnet32": (lambda: ResNet([16, 32, 64], [5, 5, 5], True), 32),
    "mobilenetV3Small": (mobilenet_v3_small, 64),
    "efficientnetB0": (efficientnet_b0, 64),
    "densenet121": (DenseNet, 64),
    "convnextTiny": (convnext_tiny, 64),
    "vitTinyPatch16_224": (lambda: VisionTransformer(64), 64),
    "shufflenetV2X0_5": (lambda: ShuffleNet([48, 96, 192]), 64),
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
    return {
        "side": side,
        "state": {name: list(value.shape) for name, value in state.items()},
        "logits": [rounded(v) for v in logits.flatten()],
        "loss": rounded(loss),
        # In the order of `state`, without the running statistics.
        "gradientNorms": [rounded(parameter.grad.norm()) for parameter in model.parameters()],
    }


networks = {name: golden(build, side) for name, (build, side) in NETWORKS.items()}
with open(os.path.join(HERE, "zoo.json"), "w", encoding="utf8") as file:
    result = {"torch": torch.__version__, "batch": BATCH, "classes": CLASSES, "imageScale": 1.7, "networks": networks}
    json.dump(result, file, separators=(",", ":"))
    file.write("\n")
