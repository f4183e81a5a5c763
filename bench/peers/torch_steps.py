"""The bench's training steps and products in PyTorch, for the machine that has it: seconds by the bench's own ids.

python3 bench/peers/torch_steps.py --out pytorch.json
"""
import argparse
import json
import time

import torch
from torch import nn

PLAN = [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"]


def vgg16(size):
    layers, channels = [], 3
    for entry in PLAN:
        if entry == "M":
            layers.append(nn.MaxPool2d(2))
        else:
            layers += [nn.Conv2d(channels, entry, 3, padding=1), nn.ReLU(inplace=True)]
            channels = entry
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(512 * (size // 32) ** 2, 10))


def freeze(model, trained):
    """Which layers learn: all, the last three convolutions and the head, or the head."""
    weighted = [layer for layer in model if isinstance(layer, (nn.Conv2d, nn.Linear))]
    kept = {"head": 1, "lastBlock": 4, "all": len(weighted)}[trained]
    for layer in weighted[: len(weighted) - kept]:
        layer.requires_grad_(False)


def wait(device):
    if device == "cuda":
        torch.cuda.synchronize()


def seconds(work, device, least=0.5, most=200):
    """Median of single runs, after three that don't count."""
    for _ in range(3):
        work()
    wait(device)
    times, begun = [], time.perf_counter()
    while len(times) < 5 or (time.perf_counter() - begun < least and len(times) < most):
        start = time.perf_counter()
        work()
        wait(device)
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


def step(size, batch, trained, device):
    torch.manual_seed(1)
    model = vgg16(size).to(device)
    freeze(model, trained)
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.003)
    images = torch.randn(batch, 3, size, size, device=device)
    labels = torch.arange(batch, device=device) % 10

    def work():
        optimizer.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return seconds(work, device)


def product(n, device):
    a, b = torch.randn(n, n, device=device), torch.randn(n, n, device=device)
    return seconds(lambda: a @ b, device)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True)
    out = parser.parse_args().out
    device = "cuda" if torch.cuda.is_available() else "cpu"
    # As the others compute: not in the shorter numbers of tensor cores.
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    rows = {}
    for size, batch in [(32, 8), (32, 32)] + ([(224, 8)] if device == "cuda" else []):
        for trained in ["all", "lastBlock", "head"]:
            row = f"train/vgg16/{size}/batch{batch}/{trained}"
            rows[row] = step(size, batch, trained, device)
            print(f"{row}: {1000 * rows[row]:.2f} ms", flush=True)
    for n in [512, 1024]:
        rows[f"matmul/{n}"] = product(n, device)
        print(f"matmul/{n}: {1000 * rows[f'matmul/{n}']:.2f} ms", flush=True)
    name = torch.cuda.get_device_name() if device == "cuda" else "CPU"
    with open(out, "w") as file:
        json.dump({"torch": torch.__version__, "device": name, "seconds": rows}, file, indent=1)


if __name__ == "__main__":
    main()
