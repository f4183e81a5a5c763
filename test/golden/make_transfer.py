#!/usr/bin/python3
"""Golden numbers of transfer learning's ways to train: /usr/bin/python3 test/golden/make_transfer.py

A small network is trained on batches from weights.py with PyTorch in float64; after each step the weights, or their
average. Writes transfer.json beside itself.
"""

import numpy as np
import torch
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel

import weights
from cases import numbers, write

BATCHES, BATCH, INPUTS, HIDDEN, CLASSES = 3, 4, 5, 6, 3


def network():
    net = torch.nn.Sequential()
    net.add_module("body", torch.nn.Linear(INPUTS, HIDDEN))
    net.add_module("norm", torch.nn.BatchNorm1d(HIDDEN))
    net.add_module("relu", torch.nn.ReLU())
    net.add_module("head", torch.nn.Linear(HIDDEN, CLASSES))
    net.double()
    with torch.no_grad():
        for name, p in net.named_parameters():
            p.copy_(torch.from_numpy(weights.uniform(f"transfer/{name}", tuple(p.shape))).double())
    return net


def batches():
    for i in range(BATCHES):
        x = torch.from_numpy(weights.uniform(f"transfer/images.{i}", (BATCH, INPUTS))).double()
        yield x, torch.tensor([(i + j) % CLASSES for j in range(BATCH)])


def state(model):
    return {name: numbers(t) for name, t in model.state_dict().items() if t.is_floating_point()}


def average(decay, warmup, epochs=2):
    net = network()
    opt = torch.optim.SGD(net.parameters(), lr=0.3, momentum=0.9)

    def fn(averaged, new, n):  # n counts from 1: the first weights are in it
        d = min(decay, (1 + float(n)) / (10 + float(n))) if warmup else decay
        return d * averaged + (1 - d) * new

    ema = AveragedModel(net, avg_fn=fn, use_buffers=True)
    ema.n_averaged += 1
    for _ in range(epochs):
        for x, y in batches():
            opt.zero_grad()
            F.cross_entropy(net(x), y).backward()
            opt.step()
            ema.update_parameters(net)
    net.eval()
    ema.module.eval()
    x = torch.cat([x for x, _ in batches()])
    y = torch.cat([y for _, y in batches()])
    with torch.no_grad():
        loss = F.cross_entropy(ema.module(x), y)
    return {"decay": decay, "warmup": warmup, "weights": state(net), "average": state(ema.module), "loss": numbers(loss)}


def l2sp(alpha, beta, head="head", clip=None, epochs=2):
    """As a term of the loss: the gradients, and their norm, are then those of the whole objective."""
    net = network()
    source = {name: p.detach().clone() for name, p in net.named_parameters()}
    opt = torch.optim.SGD(net.parameters(), lr=0.3, momentum=0.9)
    for _ in range(epochs):
        for x, y in batches():
            opt.zero_grad()
            loss = F.cross_entropy(net(x), y)
            for name, p in net.named_parameters():
                fresh = name.startswith(head)
                loss = loss + (beta / 2 * (p**2).sum() if fresh else alpha / 2 * ((p - source[name]) ** 2).sum())
            loss.backward()
            if clip:
                torch.nn.utils.clip_grad_norm_(net.parameters(), clip)
            opt.step()
    return {"alpha": alpha, "beta": beta, "head": head, "clip": clip, "weights": state(net)}


def valley(lrs, losses):
    """fastai's `valley`, `steep` and `minimum` (fastai/callback/schedule.py) in float64."""
    n = len(losses)
    max_start = max_end = 0
    lds = [1] * n
    for i in range(1, n):
        for j in range(0, i):
            if losses[i] < losses[j] and lds[i] < lds[j] + 1:
                lds[i] = lds[j] + 1
            if lds[max_end] < lds[i]:
                max_end = i
                max_start = max_end - lds[max_end]
    sections = (max_end - max_start) / 3
    return lrs[max_start + int(sections) + int(sections / 2)]


def suggestions(lrs, losses, steps):
    lrs, losses = np.array(lrs[steps // 10 : -5]), np.array(losses[steps // 10 : -5])
    slopes = (losses[1:] - losses[:-1]) / (np.log(lrs[1:]) - np.log(lrs[:-1]))
    found = {"valley": valley(lrs, losses), "steep": lrs[slopes.argmin()], "minimum": lrs[losses.argmin()] / 10}
    return {name: float(f"{v:.9g}") for name, v in found.items()}


def lr_curve(name, steps, loss, taken=None):
    """A made-up curve: how the loss depends on the decimal logarithm of the rate, with a little noise."""
    rates = [1e-7 * 1e8 ** (i / steps) for i in range(taken or steps)]
    noise = weights.uniform(f"lr/{name}", (len(rates),)).astype(np.float64)
    losses = [float(f"{loss(np.log10(r)) + 0.02 * n:.9g}") for r, n in zip(rates, noise)]
    return {"name": name, "steps": steps, "rates": rates, "losses": losses, "found": suggestions(rates, losses, steps)}


def lr_find(steps, high, momentum=0.9):
    """The finder itself, over batches in order, as fastai smooths and stops."""
    net = network()
    opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=momentum)
    given = list(batches())
    rates, losses, total, best = [], [], 0.0, float("inf")
    for i in range(steps):
        x, y = given[i % len(given)]
        opt.param_groups[0]["lr"] = 1e-4 * (high / 1e-4) ** (i / steps)
        opt.zero_grad()
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        opt.step()
        total = 0.98 * total + 0.02 * loss.item()
        rates.append(opt.param_groups[0]["lr"])
        losses.append(total / (1 - 0.98 ** (i + 1)))
        best = min(best, losses[-1])
        if losses[-1] > 4 * best:
            break
    return {"steps": steps, "high": high, "rates": rates, "losses": losses, "found": suggestions(rates, losses, steps)}


def gradual(stages, epochs=4):
    """Everything is the optimizer's from the start; what is frozen has no gradient, and its batch norm doesn't move."""
    net = network()
    opt = torch.optim.SGD(net.parameters(), lr=0.3, momentum=0.9)
    for epoch in range(epochs):
        opened = tuple(n for stage in stages[: epoch + 1] for n in stage)
        for name, p in net.named_parameters():
            p.requires_grad_(name.startswith(opened))
        net.train()
        if "norm" not in opened:
            net.norm.eval()
        for x, y in batches():
            opt.zero_grad(set_to_none=True)
            F.cross_entropy(net(x), y).backward()
            opt.step()
    return {"stages": stages, "epochs": epochs, "weights": state(net)}


def focal(gamma, weight=None, soft=False):
    """Of softmax probabilities, from the paper's formula."""
    logits = (torch.from_numpy(weights.uniform("focal/logits", (5, 4))).double() * 3).requires_grad_()
    classes = torch.tensor([0, 3, 1, 1, 2])
    target = F.one_hot(classes, 4).double()
    if soft:
        target = 0.7 * target + 0.3 * target.flip(0)
    log_p = F.log_softmax(logits, 1)
    p = torch.exp((target * log_p).sum(1))
    scaled = log_p if weight is None else log_p * torch.tensor(weight, dtype=torch.float64)
    losses = (1 - p) ** gamma * -(target * scaled).sum(1)
    losses.mean().backward()
    return {"gamma": gamma, "weight": weight, "soft": soft, "losses": numbers(losses), "gradient": numbers(logits.grad)}


def main():
    write("transfer.json", {
        "focal": [focal(2), focal(0), focal(0.5, [1.0, 2.0, 0.5, 3.0]), focal(3, soft=True)],
        "gradual": gradual([["head"], ["norm"], ["body"]]),
        "lrCurves": [
            lr_curve("one valley", 100, lambda e: 2 - 1.5 / (1 + np.exp(-2 * (e + 3))) + np.exp(3 * (e - 0.2))),
            lr_curve("two valleys", 60, lambda e: 2 + 0.5 * np.cos(e * 1.7) - 0.2 * e),
            lr_curve("flat", 100, lambda e: 1.0),
            lr_curve("cut short", 100, lambda e: 2 - 0.3 * (e + 7), taken=40),
        ],
        "lrFind": lr_find(40, 1.0),
        "l2sp": [l2sp(0.1, 0.01), l2sp(3.0, 0.5, clip=0.7), l2sp(0.5, 0.2, head="norm")],
        "average": [average(0.9, False), average(0.99, True), average(0.15, True)],
    })


if __name__ == "__main__":
    main()
