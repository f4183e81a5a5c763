#!/usr/bin/python3
"""Golden numbers of what tells and closes the gap between domains: /usr/bin/python3 test/golden/make_domain.py

Each loss with its gradients, written from the papers' formulas with PyTorch in float64. Writes domain.json beside itself.
"""

import torch
from torch.nn import functional as F

import weights
from cases import numbers, write


def features(name, shape, shift=0.0):
    return (torch.from_numpy(weights.uniform(name, shape)).double() * 1.5 + shift).requires_grad_()


def mmd(source, target, scales=(0.25, 0.5, 1, 2, 4)):
    both = torch.cat([source, target])
    squares = ((both[:, None] - both[None]) ** 2).sum(-1)
    count = len(both)
    width = (squares.sum() / (count * (count - 1))).detach()
    kernel = sum(torch.exp(-squares / (width * s)) for s in scales) / len(scales)
    n = len(source)
    return kernel[:n, :n].mean() + kernel[n:, n:].mean() - 2 * kernel[:n, n:].mean()


def coral(source, target):
    return ((torch.cov(source.T) - torch.cov(target.T)) ** 2).sum() / (4 * source.shape[1] ** 2)


def pair(title, loss, n, m, d, shift, **options):
    source, target = features(f"{title}/source", (n, d)), features(f"{title}/target", (m, d), shift)
    value = loss(source, target, **options)
    value.backward()
    return {
        "name": title,
        "shapes": [[n, d], [m, d]],
        "shift": shift,
        "options": options,
        "loss": numbers(value),
        "gradients": [numbers(source.grad), numbers(target.grad)],
    }


def entropy():
    logits = features("entropy", (5, 4))
    value = -(F.softmax(logits, 1) * F.log_softmax(logits, 1)).sum(1).mean()
    value.backward()
    return {"shape": [5, 4], "loss": numbers(value), "gradient": numbers(logits.grad)}


def distillation(title, n, classes, temperature):
    logits, teacher = features(f"{title}/logits", (n, classes)), features(f"{title}/teacher", (n, classes))
    softened = F.log_softmax(logits / temperature, 1)
    target = F.softmax(teacher.detach() / temperature, 1)
    value = F.kl_div(softened, target, reduction="batchmean") * temperature**2
    value.backward()
    return {
        "name": title,
        "shape": [n, classes],
        "temperature": temperature,
        "loss": numbers(value),
        "gradient": numbers(logits.grad),
    }


def main():
    write("domain.json", {
        "mmd": [
            pair("mmd near", mmd, 6, 4, 3, 0.2),
            pair("mmd far", mmd, 5, 7, 8, 3.0),
            pair("mmd one width", mmd, 4, 4, 2, 0.5, scales=[1.5]),
        ],
        "coral": [pair("coral", coral, 6, 4, 3, 0.0), pair("coral wide", coral, 3, 5, 9, 1.0)],
        "entropy": entropy(),
        "distillation": [distillation("soft", 4, 5, 2), distillation("hard", 3, 7, 0.5)],
    })


if __name__ == "__main__":
    main()
