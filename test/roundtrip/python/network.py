"""The network that the table of formats is about, its picture, and its outputs by PyTorch.

22×15, so that "same" with stride 2 pads one side only; a depthwise convolution with a multiplier; norms; ReLU6;
pools that drop a row; dropout; and dense layers behind a map whose order Keras counts otherwise.
"""

import torch
from torch import nn
from torch.nn import functional as F

CLASSES = ["ant", "bee", "cat", "dog", "elk", "fox"]
SHAPE = (3, 22, 15)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, stride=2)
        self.norm1 = nn.BatchNorm2d(8, eps=1e-3)
        self.depthwise = nn.Conv2d(8, 16, 3, padding=1, groups=8, bias=False)
        self.norm2 = nn.BatchNorm2d(16, eps=1e-3)
        self.pointwise = nn.Conv2d(16, 12, 1)
        self.conv2 = nn.Conv2d(12, 10, 2)
        self.drop = nn.Dropout(0.3)
        self.fc1 = nn.Linear(60, 16)
        self.fc2 = nn.Linear(16, 6)

    def forward(self, x):
        x = self.conv1(F.pad(x, (1, 1, 0, 1)))
        x = F.relu6(self.norm1(x))
        x = F.relu(self.norm2(self.depthwise(x)))
        x = F.max_pool2d(F.relu(self.pointwise(x)), 2, 2)
        x = F.avg_pool2d(F.relu(self.conv2(x)), 2, 1)
        x = self.drop(torch.flatten(x, 1))
        return self.fc2(F.relu(self.fc1(x)))


def network():
    torch.manual_seed(11)
    net = Net().eval()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, std=0.3)
            for values in (module.running_var, module.weight):
                nn.init.uniform_(values, 0.5, 2)
            nn.init.normal_(module.bias, std=0.3)
    return net


def picture():
    return torch.randn(1, *SHAPE, generator=torch.Generator().manual_seed(3)) * 2
