#!/usr/bin/python3
"""Golden numbers of the zoo from PyTorch: /usr/bin/python3 test/golden/make_zoo.py (Debian: python3-torch).

The networks are in zoo_*.py. Weights and images come from weights.py. Everything is computed in float64
from float32 weights, in evaluation mode. Writes zoo.json and zoo_siblings.json beside itself: the names and shapes of a
sibling's tensors, which are many, go into a digest.
"""

import hashlib
import json
import os

import torch
import weights
from torch.nn import functional as F
from zoo_classic import CLASSES, DenseNet, ResNet, alexnet, squeezenet1_1, vgg
from zoo_mobile import LARGE, SMALL, ShuffleNet, efficientnet, mobilenet_v2, mobilenet_v3
from zoo_tokens import VisionTransformer, convnext

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH = 2


NETWORKS = {
    "alexnet": (alexnet, 64),
    "vgg11": (lambda: vgg([1, 1, 2, 2, 2]), 32),
    "mobilenetV2": (mobilenet_v2, 64),
    "squeezenet1_1": (squeezenet1_1, 64),
    "resnet18": (lambda: ResNet([64, 128, 256, 512], [2, 2, 2, 2], False), 64),
    "resnet50": (lambda: ResNet([64, 128, 256, 512], [3, 4, 6, 3], False, deep=True), 64),
    "resnet20": (lambda: ResNet([16, 32, 64], [3, 3, 3], True), 32),
    "resnet32": (lambda: ResNet([16, 32, 64], [5, 5, 5], True), 32),
    "mobilenetV3Small": (lambda: mobilenet_v3(SMALL, 1024), 64),
    "mobilenetV3Large": (lambda: mobilenet_v3(LARGE, 1280), 64),
    "efficientnetB0": (efficientnet, 64),
    "densenet121": (lambda: DenseNet([6, 12, 24, 16]), 64),
    "convnextTiny": (lambda: convnext([3, 3, 9, 3]), 64),
    "vitTinyPatch16_224": (lambda: VisionTransformer(64), 64),
    "shufflenetV2X0_5": (lambda: ShuffleNet([48, 96, 192]), 64),
}


# Deeper or wider than one of the above.
SIBLINGS = {
    "vgg19Bn": (lambda: vgg([2, 2, 4, 4, 4], norm=True), 32),
    "resnet34": (lambda: ResNet([64, 128, 256, 512], [3, 4, 6, 3], False), 32),
    "resnet101": (lambda: ResNet([64, 128, 256, 512], [3, 4, 23, 3], False, deep=True), 32),
    "resnet152": (lambda: ResNet([64, 128, 256, 512], [3, 8, 36, 3], False, deep=True), 32),
    "resnet44": (lambda: ResNet([16, 32, 64], [7, 7, 7], True), 32),
    "resnet56": (lambda: ResNet([16, 32, 64], [9, 9, 9], True), 32),
    "efficientnetB1": (lambda: efficientnet(1.0, 1.1), 64),
    "efficientnetB2": (lambda: efficientnet(1.1, 1.2), 64),
    "efficientnetB3": (lambda: efficientnet(1.2, 1.4), 64),
    "shufflenetV2X1_0": (lambda: ShuffleNet([116, 232, 464]), 64),
    "vitSmallPatch16_224": (lambda: VisionTransformer(64, 384, 6), 64),
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
        # In the order of the parameters' names.
        "gradientNorms": [rounded(p.grad.norm()) for _, p in sorted(model.named_parameters())],
    }


def digested(numbers):
    text = json.dumps(sorted(numbers.pop("state").items()), separators=(",", ":"))
    return {"stateDigest": hashlib.sha256(text.encode()).hexdigest(), **numbers}


def write(name, networks):
    with open(os.path.join(HERE, name), "w", encoding="utf8") as file:
        result = {"torch": torch.__version__, "batch": BATCH, "classes": CLASSES, "imageScale": 1.7, "networks": networks}
        json.dump(result, file, separators=(",", ":"))
        file.write("\n")


write("zoo.json", {name: golden(build, side) for name, (build, side) in NETWORKS.items()})
write("zoo_siblings.json", {name: digested(golden(build, side)) for name, (build, side) in SIBLINGS.items()})
