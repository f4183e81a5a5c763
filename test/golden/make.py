#!/usr/bin/python3
"""Golden numbers of whole networks from PyTorch: /usr/bin/python3 test/golden/make.py (Debian: python3-torch).

Weights and inputs come from weights.py; what is written is small: logits, losses, and of every parameter's gradient
its norm, its sum and some entries. All of it is computed in float64 from the float32 weights, so that a comparison
sees one rounding error and not two; `float32` says how far PyTorch's own float32 is from that.

Writes vgg16.json and mobilenet_v1.json beside itself.
"""

import json
import math
import os

import torch
from torch import nn
from torch.nn import functional as F

import weights

HERE = os.path.dirname(os.path.abspath(__file__))
CLASSES = 10
SAMPLES = 32
STEPS = 10
OPTIMIZERS = {"SGD": torch.optim.SGD, "Adam": torch.optim.Adam}


class Same2d(nn.Conv2d):
    """TensorFlow's padding "same": what is missing for ceil(n / stride) outputs, the odd one at the end."""

    def forward(self, x):
        sides = []
        for size, kernel, stride in zip(x.shape[:1:-1], self.kernel_size[::-1], self.stride[::-1]):
            total = max((math.ceil(size / stride) - 1) * stride + kernel - size, 0)
            sides += [total // 2, total - total // 2]
        return super().forward(F.pad(x, sides))


class Vgg16(nn.Module):
    """Configuration D with torchvision's names and one linear layer for 32x32 images."""

    side = 32
    # Two are enough where nothing is averaged over a batch.
    batch = 2
    # Rates at which ten steps change the losses by far more than float32's rounding errors do. Adam gives a unit that
    # is active for the first time, by however little, an update of full size: at 1e-5 one such unit can be seen. SGD
    # multiplies a difference where an activation within rounding of 0, or of its neighbour in a pool, falls to the other
    # side: some ten times a step at 1e-4, where one such unit can be seen too. PyTorch's float32 meets others.
    training = {"SGD": {"lr": 2e-5, "momentum": 0.9}, "Adam": {"lr": 1e-6}}

    def __init__(self):
        super().__init__()
        layers, channels = [], 3
        for width in [64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0]:
            if width == 0:
                layers.append(nn.MaxPool2d(2))
                continue
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Linear(512, CLASSES))

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


class MobileNetV1(nn.Module):
    """MobileNet v1 of width 0.25 with Keras' layer names, padding and batch norm constants."""

    side = 64
    batch = 4
    training = {"SGD": {"lr": 5e-5, "momentum": 0.9}, "Adam": {"lr": 5e-5}}
    blocks = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)]
    blocks += [(512, 1)] * 5 + [(1024, 2), (1024, 1)]

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential()
        self.channels = 3
        self.add("conv1", 8, 3, 2)
        for i, (width, stride) in enumerate(self.blocks, 1):
            self.add(f"conv_dw_{i}", self.channels, 3, stride, groups=self.channels)
            self.add(f"conv_pw_{i}", width // 4, 1, 1)
        self.classifier = nn.Sequential()
        self.classifier.add_module("conv_preds", nn.Conv2d(self.channels, CLASSES, 1))

    def add(self, name, width, kernel, stride, groups=1):
        conv = Same2d(self.channels, width, kernel, stride, groups=groups, bias=False)
        self.features.add_module(name, conv)
        self.features.add_module(name + "_bn", nn.BatchNorm2d(width, eps=1e-3))
        self.features.add_module(name + "_relu", nn.ReLU6())
        self.channels = width

    def forward(self, x):
        pooled = F.adaptive_avg_pool2d(self.features(x), 1)
        return self.classifier(pooled).flatten(1)


def build(kind, dtype, training):
    model = kind()
    state = {
        name: torch.from_numpy(weights.parameter(name, tuple(value.shape)))
        for name, value in model.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    model.load_state_dict(state, strict=False)
    return model.to(dtype).train(training)


def batch(kind, step, dtype):
    images = weights.uniform(f"images.{step}", (kind.batch, 3, kind.side, kind.side), 1.7)
    targets = weights.labels(f"labels.{step}", kind.batch, CLASSES)
    return torch.from_numpy(images).to(dtype), torch.from_numpy(targets)


def number(value):
    return float(f"{float(value):.9g}")


def numbers(values):
    return [number(v) for v in values.flatten().tolist()]


def gradient(values):
    """Norm, sum and every `stride`-th entry of a gradient, in all of its rows and columns."""
    flat = values.flatten()
    stride = max(1, flat.numel() // SAMPLES)
    while math.gcd(stride, flat.numel()) > 1:
        stride -= 1
    samples = flat[stride // 2 :: stride][:SAMPLES]
    return {
        "shape": list(values.shape),
        "norm": number(flat.norm()),
        "sum": number(flat.sum()),
        "stride": stride,
        "samples": numbers(samples),
    }


def one_step(kind, dtype, training):
    model = build(kind, dtype, training)
    images, targets = batch(kind, 0, dtype)
    logits = model(images)
    loss = F.cross_entropy(logits, targets)
    loss.backward()
    return model, logits.detach(), loss.detach()


def training_losses(kind, dtype, training, name):
    model = build(kind, dtype, training)
    optimizer = OPTIMIZERS[name](model.parameters(), **kind.training[name])
    losses = []
    for step in range(STEPS):
        images, targets = batch(kind, step, dtype)
        loss = F.cross_entropy(model(images), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def largest(differences):
    return float(f"{max(differences):.2g}")


def relative(a, b):
    return ((a.double() - b).norm() / b.norm()).item()


def deviation(exact, single):
    """How far float32 is off, relative in the norm: logits, and the worst gradient."""
    gradients = [relative(s.grad, e.grad) for s, e in zip(single[0].parameters(), exact[0].parameters())]
    return {"logits": largest([relative(single[1], exact[1])]), "gradients": largest(gradients)}


def case(kind, training):
    exact = one_step(kind, torch.float64, training)
    model, logits, loss = exact
    result = {
        "logits": numbers(logits),
        "loss": number(loss),
        "gradients": {name: gradient(p.grad) for name, p in model.named_parameters()},
        "float32": deviation(exact, one_step(kind, torch.float32, training)),
    }
    if training:
        result["running"] = {
            name: gradient(value)
            for name, value in model.state_dict().items()
            if name.endswith(("running_mean", "running_var"))
        }
    result["training"] = {}
    for name, options in kind.training.items():
        losses = training_losses(kind, torch.float64, training, name)
        single = training_losses(kind, torch.float32, training, name)
        result["training"][name] = {
            "options": options,
            "losses": [number(v) for v in losses],
            "float32": largest(abs(a - b) / a for a, b in zip(losses, single)),
        }
    return result


def checksums(kind):
    """Of some tensors and the first batch, to show that both languages make the same bits."""
    state = {n: v for n, v in kind().state_dict().items() if not n.endswith("num_batches_tracked")}
    names = [*list(state)[:8], *list(state)[-2:]]
    sums = {name: weights.checksum(weights.parameter(name, tuple(state[name].shape))) for name in names}
    images = weights.uniform("images.0", (kind.batch, 3, kind.side, kind.side), 1.7)
    return {
        "parameters": [{"name": n, "shape": list(state[n].shape), "checksum": s} for n, s in sums.items()],
        "images": weights.checksum(images),
        "labels": weights.labels("labels.0", kind.batch, CLASSES).tolist(),
    }


def write(name, kind, cases):
    result = {
        "torch": torch.__version__,
        "batch": kind.batch,
        "side": kind.side,
        "classes": CLASSES,
        "imageScale": 1.7,
        "checksums": checksums(kind),
        "cases": cases,
    }
    with open(os.path.join(HERE, name), "w", encoding="utf8") as file:
        json.dump(result, file, separators=(",", ":"))
        file.write("\n")


def main():
    torch.manual_seed(0)
    write("vgg16.json", Vgg16, {"train": case(Vgg16, True)})
    # With running statistics a batch norm is a fixed scale and offset: what a frozen one does in training.
    write("mobilenet_v1.json", MobileNetV1, {"train": case(MobileNetV1, True), "frozen": case(MobileNetV1, False)})


if __name__ == "__main__":
    main()
