"""Writes small transformers and ConvNeXts, and single operations on any axes, as PyTorch exports them to ONNX, and what
PyTorch computes: outputs, and the first 60 elements of each gradient of sum(output · cos(i)).

    /usr/bin/python3 make_tokens.py     # Debian's python3-torch and python3-onnx

Files go to tokens/, numbers to tokens/outputs.json. The weights are random. Element i of an input is sin(0.1 i).
"""

import json
import os

import torch
from torch import nn
from torch.nn import functional as F

os.chdir(os.path.dirname(os.path.abspath(__file__)))
os.makedirs("tokens", exist_ok=True)
torch.manual_seed(12)
outputs = {}


def waves(*shape):
    count = torch.Size(shape).numel()
    return torch.sin(0.1 * torch.arange(count, dtype=torch.float32)).reshape(shape)


def export(name, net, shape, opset=13, dynamic=True, batch=2):
    net.eval()
    for parameter in net.parameters():
        nn.init.normal_(parameter, 0.1 if parameter.dim() == 1 else 0, 0.3)
    x = waves(batch, *shape)
    y = net(x)
    factors = torch.cos(torch.arange(y.numel(), dtype=torch.float32)).reshape(y.shape)
    gradients = {}
    if y.requires_grad:
        (y * factors).sum().backward()
        # Those of an image's patches come through all that stands behind them.
        named = [(key, value.grad) for key, value in net.named_parameters() if value.grad is not None]
        gradients = {key: grad.flatten()[:60].tolist() for key, grad in named if grad.dim() != 2}
    axes = {"x": {0: "batch"}} if dynamic else {}
    options = {"input_names": ["x"], "dynamic_axes": axes, "opset_version": opset}
    torch.onnx.export(net, x, f"tokens/{name}.onnx", training=torch.onnx.TrainingMode.EVAL, **options)
    outputs[name] = {
        "shape": list(x.shape),
        "output": [round(value, 7) for value in y.flatten().tolist()],
        "gradients": {key: [round(v, 6) for v in values] for key, values in gradients.items()},
    }


class Attention(nn.Module):
    """timm's: one layer for queries, keys and values."""

    def __init__(self, features, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(features, 3 * features)
        self.proj = nn.Linear(features, features)

    def forward(self, x):
        n, length, features = x.shape
        qkv = self.qkv(x).reshape(n, length, 3, self.heads, features // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        weights = (q @ k.transpose(-2, -1)) * (features // self.heads) ** -0.5
        x = (weights.softmax(dim=-1) @ v).transpose(1, 2).reshape(n, length, features)
        return self.proj(x)


class MultiHead(nn.Module):
    """torchvision's: PyTorch's own layer."""

    def __init__(self, features, heads):
        super().__init__()
        self.attention = nn.MultiheadAttention(features, heads, batch_first=True)

    def forward(self, x):
        return self.attention(x, x, x, need_weights=False)[0]


class Chunked(nn.Module):
    """Chunks of the features, each taken apart into heads."""

    def __init__(self, features, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(features, 3 * features, bias=False)
        self.proj = nn.Linear(features, features)

    def forward(self, x):
        def split(t):
            return t.view(t.size(0), t.size(1), self.heads, -1).transpose(1, 2)

        q, k, v = (split(t) for t in self.qkv(x).chunk(3, dim=-1))
        weights = torch.softmax(torch.matmul(q, k.transpose(2, 3)) / (q.size(-1) ** 0.5), -1)
        x = torch.matmul(weights, v).transpose(1, 2).contiguous()
        return self.proj(x.view(x.size(0), -1, self.heads * x.size(3)))


class Block(nn.Module):
    def __init__(self, features, attention, act):
        super().__init__()
        self.norm1 = nn.LayerNorm(features, eps=1e-6)
        self.attn = attention
        self.norm2 = nn.LayerNorm(features, eps=1e-6)
        self.mlp = nn.Sequential(nn.Linear(features, 2 * features), act, nn.Linear(2 * features, features))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class ViT(nn.Module):
    """A vision transformer (arXiv:2010.11929) of 4×4 patches, with a class token, or the mean of all tokens."""

    def __init__(self, attention, features=6, depth=2, has_class=True, act=nn.GELU):
        super().__init__()
        self.patches = nn.Conv2d(3, features, 4, stride=4)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, features)) if has_class else None
        self.pos_embed = nn.Parameter(torch.zeros(1, 4 + int(has_class), features))
        self.blocks = nn.Sequential(*(Block(features, attention(features, 2), act()) for _ in range(depth)))
        self.norm = nn.LayerNorm(features, eps=1e-6)
        self.head = nn.Linear(features, 3)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        if self.cls_token is not None:
            x = torch.cat([self.cls_token.expand(x.shape[0], -1, -1), x], dim=1)
        x = self.norm(self.blocks(x + self.pos_embed))
        return self.head(x[:, 0] if self.cls_token is not None else x.mean(1))


for opset in (13, 16, 17):
    export(f"vit_timm{opset}", ViT(Attention, depth=1), (3, 8, 8), opset)
for opset in (13, 17):
    export(f"vit_torchvision{opset}", ViT(MultiHead, depth=1), (3, 8, 8), opset)
export("vit_fixed13", ViT(Attention, depth=1), (3, 8, 8), dynamic=False, batch=1)
export("vit_fixed_pair13", ViT(Attention, depth=1), (3, 8, 8), dynamic=False)
export("vit_torchvision_fixed13", ViT(MultiHead, depth=1), (3, 8, 8), dynamic=False, batch=1)
export("vit_chunked13", ViT(Chunked, depth=2, has_class=False, act=lambda: nn.GELU(approximate="tanh")), (3, 8, 8))


class NextBlock(nn.Module):
    """ConvNeXt's (arXiv:2201.03545), scaled before the channels are put in front again, or behind as torchvision does."""

    def __init__(self, channels, scales_last):
        super().__init__()
        self.dwconv = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.pwconv1 = nn.Linear(channels, 2 * channels)
        self.pwconv2 = nn.Linear(2 * channels, channels)
        self.scales_last = scales_last
        self.gamma = nn.Parameter(torch.ones((channels,) if scales_last else (channels, 1, 1)))

    def forward(self, x):
        y = self.norm(self.dwconv(x).permute(0, 2, 3, 1))
        y = self.pwconv2(F.gelu(self.pwconv1(y)))
        y = (self.gamma * y).permute(0, 3, 1, 2) if self.scales_last else self.gamma * y.permute(0, 3, 1, 2)
        return x + y


class ChannelNorm(nn.Module):
    """Over the channels, which are turned to the end and back."""

    def __init__(self, channels):
        super().__init__()
        self.norm = nn.LayerNorm(channels, eps=1e-6)

    def forward(self, x):
        return self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class ConvNeXt(nn.Module):
    def __init__(self, scales_last):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 4, 2, stride=2), ChannelNorm(4))
        self.first = NextBlock(4, scales_last)
        self.smaller = nn.Sequential(ChannelNorm(4), nn.Conv2d(4, 6, 2, stride=2))
        self.second = NextBlock(6, scales_last)
        self.norm = nn.LayerNorm(6, eps=1e-6)
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        x = self.second(self.smaller(self.first(self.stem(x))))
        return self.head(self.norm(x.mean([-2, -1])))


for opset in (13, 17):
    export(f"convnext{opset}", ConvNeXt(True), (3, 8, 8), opset)
export("convnext_torchvision16", ConvNeXt(False), (3, 8, 8), 16)


class Function(nn.Module):
    """A function of tokens [N, 4, 6], made of an image's patches."""

    def __init__(self, function):
        super().__init__()
        self.patches = nn.Conv2d(3, 6, 4, stride=4)
        self.function = function

    def forward(self, x):
        return self.function(self.patches(x).flatten(2).transpose(1, 2))


row = waves(6) + 2
mask = torch.arange(24).reshape(4, 6) % 3 == 0
causal = torch.ones(4, 4).tril() == 0
FUNCTIONS = {
    "reduce_sum": lambda x: x.sum(1) + x.sum((1, 2), keepdim=True)[:, 0],
    "reduce_mean": lambda x: x.mean(1, keepdim=True) * x,
    "reduce_max": lambda x: x.amax(2) - x.amin(2),
    "reduce_min": lambda x: x.amin(1, keepdim=True) + x,
    "reduce_l2": lambda x: x / torch.linalg.vector_norm(x, dim=-1, keepdim=True),
    "normalize": lambda x: F.normalize(x, dim=2),
    "divided": lambda x: x / (x.abs() + 1) + 1 / (x * x + 2),
    "pow": lambda x: (x.abs() + 0.5) ** 1.5 + (x.abs() + 1).rsqrt() + (x * x + 1) ** -1,
    "clip": lambda x: x.clamp(-0.2, 0.3) + x.clamp(min=0.1) + torch.sqrt(x.abs()),
    "where": lambda x: torch.where(mask, x, x * 2) + x.masked_fill(mask, -3.0),
    "causal": lambda x: torch.softmax((x @ x.transpose(1, 2)).masked_fill(causal, float("-inf")), -1) @ x,
    "expand": lambda x: x[:, :1].expand(-1, 4, -1) * x,
    "tile": lambda x: x[:, :2].repeat(1, 2, 1) + x,
    "gather": lambda x: x[:, 1] * x[:, -1] + x[:, [2, 0, 3]].sum(1),
    "slices": lambda x: torch.cat([x[:, 1:3, ::2], x[:, -2:, 3:]], 1),
    "split": lambda x: torch.stack(x.split([1, 3], 1)[1].chunk(2, 2), 1).flatten(1),
    "squeeze": lambda x: (x.unsqueeze(1) + x.unsqueeze(2)).mean(1).unsqueeze(-1).squeeze(-1),
    "transposed": lambda x: x.reshape(x.shape[0], 4, 2, 3).permute(0, 3, 1, 2).reshape(x.shape[0], -1),
    "batch_moves": lambda x: x.reshape(x.shape[0], 4, 2, 3).permute(2, 1, 0, 3)[0].transpose(0, 1) * row[:3],
    "softmaxes": lambda x: torch.softmax(x, 1) + torch.log_softmax(x, 2),
    "constants": lambda x: (row * x - x / row) + (1 - x) @ waves(6, 5).sum(1, keepdim=True),
    "argmax": lambda x: x.mean(1).argmax(1),
    "layer_norm_all": lambda x: F.layer_norm(x, (4, 6)),
}
for name, function in FUNCTIONS.items():
    export(name, Function(function), (3, 8, 8))

with open("tokens/outputs.json", "w") as file:
    json.dump(outputs, file)
    file.write("\n")
