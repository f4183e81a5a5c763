#!/usr/bin/python3
"""Golden numbers of torch.nn.MultiheadAttention: /usr/bin/python3 test/golden/make_attention.py

Parameters and inputs come from weights.py by their names; computed in float64. Writes attention.json beside itself.
"""

import json
import os

import torch
import weights
from cases import numbers

HERE = os.path.dirname(os.path.abspath(__file__))
FEATURES, HEADS = 12, 3


def golden(batch_first, bias, shapes):
    layer = torch.nn.MultiheadAttention(FEATURES, HEADS, bias=bias, batch_first=batch_first)
    state = {n: weights.parameter(n, tuple(v.shape)) for n, v in layer.state_dict().items()}
    layer.load_state_dict({n: torch.from_numpy(v) for n, v in state.items()})
    layer.double()
    names = ["query", "key", "value"][: len(shapes)]
    inputs = [torch.from_numpy(weights.uniform(n, tuple(s))).double().requires_grad_() for n, s in zip(names, shapes)]
    query, key, value = inputs * (3 if len(inputs) == 1 else 1)
    out, _ = layer(query, key, value, need_weights=False)
    out.backward(torch.from_numpy(weights.uniform("grad", tuple(out.shape))).double())
    grads = {n: numbers(v.grad) for n, v in [*zip(names, inputs), *layer.named_parameters()]}
    options = {"batchFirst": batch_first, "bias": bias}
    return {"options": options, "shapes": shapes, "output": numbers(out), "grads": grads}


cases = {
    "self-attention": golden(True, True, [[2, 5, FEATURES]]),
    "self-attention, length first": golden(False, True, [[5, 2, FEATURES]]),
    "other keys and values, no bias": golden(True, False, [[2, 3, FEATURES], [2, 4, FEATURES], [2, 4, FEATURES]]),
}
with open(os.path.join(HERE, "attention.json"), "w", encoding="utf8") as file:
    json.dump({"torch": torch.__version__, "features": FEATURES, "heads": HEADS, "cases": cases}, file, separators=(",", ":"))
    file.write("\n")
