"""What make_ops.py and make_optim.py share: inputs by name, a case run forward and backward, results as JSON."""

import json
import os

import numpy as np
import torch

import weights

HERE = os.path.dirname(os.path.abspath(__file__))


def numbers(values):
    flat = values.detach().double().flatten().tolist()
    return [float(f"{v:.7g}") if np.isfinite(v) else str(v) for v in flat]


def tensor(name, shape, scale=1.0, coarse=False, **more):
    """A float input. `coarse` rounds to a few values, so that there are many ties."""
    return {"name": name, "shape": shape, "scale": scale, "coarse": coarse, **more}


def given(name, shape, data, dtype="i32", **more):
    return {"name": name, "shape": shape, "data": data, "dtype": dtype, "grad": False, **more}


def values_of(case, spec):
    if "data" in spec:
        dtype = torch.int64 if spec["dtype"] == "i32" else torch.float64
        return torch.tensor(np.float32(spec["data"]) if spec["dtype"] == "f32" else spec["data"], dtype=dtype).reshape(
            spec["shape"]
        )
    array = weights.uniform(f"{case}/{spec['name']}", tuple(spec["shape"]), spec["scale"])
    array = np.floor(array * 2) if spec["coarse"] else array
    if spec.get("positive"):
        array = np.abs(array) + np.float32(0.5)
    return torch.from_numpy(np.float32(array)).double()


def case(op, name, specs, run, args=(), options=None, leading=None):
    """Run one case forward and backward. `run` gets the inputs by name; the first `leading` of them come before `args`."""
    title = f"{op} {name}"
    inputs = {}
    for spec in specs:
        value = values_of(title, spec)
        inputs[spec["name"]] = value.requires_grad_(spec.get("grad", True))
    buffers = {s["name"]: inputs[s["name"]] for s in specs if s.get("updated")}
    out = run(**inputs)
    upstream = torch.from_numpy(weights.uniform(f"{title}/grad", tuple(out.shape))).double()
    out.backward(upstream.reshape(out.shape))
    result = {"op": op, "name": title, "inputs": specs, "args": list(args), "options": options or {}}
    result["output"] = {"shape": list(out.shape), "data": numbers(out)}
    result["grads"] = {n: numbers(v.grad) for n, v in inputs.items() if v.requires_grad}
    if leading is not None:
        result["leading"] = leading
    if buffers:
        result["updated"] = {n: numbers(v) for n, v in buffers.items()}
    return result


def write(name, cases):
    with open(os.path.join(HERE, name), "w", encoding="utf8") as file:
        json.dump({"torch": torch.__version__, "cases": cases}, file, separators=(",", ":"))
        file.write("\n")
