#!/usr/bin/python3
"""Weights in 8 bits as PyTorch rounds them: /usr/bin/python3 test/golden/make_quantize.py

Per channel, symmetric, −127 to 127. Writes quantize.json beside itself.
"""

import torch

import weights
from cases import write


def main():
    values = torch.from_numpy(weights.uniform("quantize", (6, 3, 3, 3))) * torch.tensor([1, 0.01, 30, 1, 0, 5]).reshape(6, 1, 1, 1)
    most = values.abs().amax((1, 2, 3))
    scale = torch.where(most > 0, most / 127, torch.ones(6))
    rounded = torch.quantize_per_channel(values, scale.double(), torch.zeros(6), 0, torch.qint8)
    write("quantize.json", {
        "values": values.flatten().tolist(),
        "scale": scale.tolist(),
        "integers": rounded.int_repr().flatten().tolist(),
        "restored": rounded.dequantize().flatten().tolist(),
    })


if __name__ == "__main__":
    main()
