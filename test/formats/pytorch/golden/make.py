"""Writes the files of this folder with PyTorch itself: python3 make.py (Debian's python3-torch 1.13)."""
import collections
import json

import numpy
import torch

base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
tensors = collections.OrderedDict(
    f64=torch.tensor([0.1, -1e300], dtype=torch.float64),
    f32=base,
    f16=torch.tensor([0.5, -65504.0, 2.0**-24], dtype=torch.float16),
    bf16=torch.tensor([1.0078125, -(2.0**127)], dtype=torch.bfloat16),
    i64=torch.tensor([-(2**63), 2**63 - 1]),
    i32=torch.tensor([-(2**31), 2**31 - 1], dtype=torch.int32),
    i16=torch.tensor([-(2**15), 2**15 - 1], dtype=torch.int16),
    i8=torch.tensor([-128, 127], dtype=torch.int8),
    u8=torch.tensor([0, 255], dtype=torch.uint8),
    bool=torch.tensor([True, False, True]),
    scalar=torch.tensor(2.5),
    empty=torch.zeros(0, 3),
    transposed=base.permute(2, 0, 1),
    row=base[1, 2],
    every_second=base[:, :, ::2],
    expanded=torch.tensor([[1.0], [2.0]]).expand(2, 3),
    parameter=torch.nn.Parameter(torch.tensor([7.0, 8.0])),
)
tensors["channels_last"] = torch.arange(24.0).reshape(1, 2, 3, 4).contiguous(memory_format=torch.channels_last)

torch.save(tensors, "tensors.pt")
torch.save(tensors, "tensors_legacy.pt", _use_new_zipfile_serialization=False)
torch.save(dict(tensors), "tensors_protocol4.pt", pickle_protocol=4)

expected = {}
for name, tensor in tensors.items():
    values = tensor.detach().double() if tensor.is_floating_point() else tensor
    expected[name] = {"shape": list(tensor.shape), "values": [str(v) for v in values.flatten().tolist()]}
json.dump(expected, open("expected.json", "w"), indent=0)

torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.Flatten(), torch.nn.Linear(2, 3))
optimizer = torch.optim.Adam(model.parameters())
model(torch.randn(2, 1, 3, 3)).sum().backward()
optimizer.step()
checkpoint = {
    "epoch": 12,
    "best_acc": numpy.float64(0.5),
    "arch": "tiny",
    "state_dict": torch.nn.DataParallel(model).state_dict(),
    "optimizer": optimizer.state_dict(),
    "rng": [torch.get_rng_state()[:8]],
    "classes": ["cat", "dog"],
    "when": {1, 2},
}
torch.save(checkpoint, "checkpoint.pt")
torch.save(checkpoint, "checkpoint_legacy.pt", _use_new_zipfile_serialization=False)

torch.save(model, "whole_model.pt")
