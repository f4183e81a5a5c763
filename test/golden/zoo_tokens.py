"""ConvNeXt with torchvision's names and a vision transformer with timm's, in PyTorch. `thin` divides the channels."""

import math

import torch
from torch import nn
from torch.nn import functional as F
from zoo_classic import CLASSES, Net


class ChannelNorm(nn.LayerNorm):
    def __init__(self, channels):
        super().__init__(channels, 1e-6)

    def forward(self, x):
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class ConvNeXtBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layer_scale = nn.Parameter(torch.ones(channels, 1, 1))
        # The places 1 and 6 are those of layers without weights.
        self.block = nn.Sequential(
            nn.Conv2d(channels, channels, 7, padding=3, groups=channels), nn.Identity(), nn.LayerNorm(channels, 1e-6),
            nn.Linear(channels, 4 * channels), nn.GELU(), nn.Linear(4 * channels, channels),
        )  # fmt: skip

    def forward(self, x):
        return x + self.layer_scale * self.block[1:](self.block[0](x).movedim(1, -1)).movedim(-1, 1)


def convnext(counts, thin=1):
    layers, inputs = [], 3
    for stage, count in enumerate(counts):
        channels, side = 2**stage * 96 // thin, 2 if stage else 4
        conv = nn.Conv2d(inputs, channels, side, side)
        halving = [conv, ChannelNorm(channels)] if stage == 0 else [ChannelNorm(inputs), conv]
        layers += [nn.Sequential(*halving), nn.Sequential(*[ConvNeXtBlock(channels) for _ in range(count)])]
        inputs = channels
    head = nn.Sequential(ChannelNorm(inputs), nn.Flatten(), nn.Linear(inputs, CLASSES))
    return Net(nn.Sequential(*layers), head, pooled="map")


class TransformerBlock(nn.Module):
    def __init__(self, features, heads):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(features, 1e-6), nn.LayerNorm(features, 1e-6)
        self.attn, self.mlp, self.heads = nn.Module(), nn.Module(), heads
        self.attn.qkv, self.attn.proj = nn.Linear(features, 3 * features), nn.Linear(features, features)
        self.mlp.fc1, self.mlp.fc2 = nn.Linear(features, 4 * features), nn.Linear(4 * features, features)

    def attend(self, x):
        n, length, features = x.shape
        qkv = self.attn.qkv(x).reshape(n, length, 3, self.heads, features // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        weights = (q @ k.transpose(-2, -1) / math.sqrt(features // self.heads)).softmax(-1)
        return self.attn.proj((weights @ v).transpose(1, 2).reshape(n, length, features))

    def forward(self, x):
        x = x + self.attend(self.norm1(x))
        return x + self.mlp.fc2(F.gelu(self.mlp.fc1(self.norm2(x))))


class VisionTransformer(nn.Module):
    def __init__(self, side, features=192, heads=3, depth=12):
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, features))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + (side // 16) ** 2, features))
        self.patch_embed = nn.Module()
        self.patch_embed.proj = nn.Conv2d(3, features, 16, 16)
        self.blocks = nn.Sequential(*[TransformerBlock(features, heads) for _ in range(depth)])
        self.norm, self.head = nn.LayerNorm(features, 1e-6), nn.Linear(features, CLASSES)

    def forward(self, x):
        x = self.patch_embed.proj(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(x.shape[0], -1, -1), x], 1) + self.pos_embed
        return self.head(self.norm(self.blocks(x))[:, 0])
