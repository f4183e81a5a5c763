#!/usr/bin/python3
"""Golden numbers of single ops from PyTorch: /usr/bin/python3 test/golden/make_ops.py

Inputs come from weights.py, by the name "<case>/<input>"; results are computed in float64 from them. Names and
options are Graft's, so that ops.gpu.test.ts can run each case as it stands. Writes ops_*.json beside itself.
"""

import numpy as np
import torch
from torch.nn import functional as F

import weights
from cases import case, given, numbers, tensor, write


def conv2d(name, x, w, bias=True, **options):
    specs = [tensor("input", x), tensor("weight", w)]
    if bias:
        specs.append(tensor("bias", [w[0]]))
    padding = options.get("padding", 0)
    sides = padding if isinstance(padding, list) and len(padding) == 4 else None

    def run(input, weight, bias=None):
        padded = F.pad(input, (sides[2], sides[3], sides[0], sides[1])) if sides else input
        rest = {**options, "padding": 0} if sides else options
        return F.conv2d(padded, weight, bias, **rest)

    return case("conv2d", name, specs, run, options=options)


def conv_transpose2d(name, x, w, bias=True, **options):
    specs = [tensor("input", x), tensor("weight", w)]
    if bias:
        specs.append(tensor("bias", [w[1] * options.get("groups", 1)]))
    renamed = {"outputPadding": "output_padding"}

    def run(input, weight, bias=None):
        return F.conv_transpose2d(input, weight, bias, **{renamed.get(k, k): v for k, v in options.items()})

    return case("convTranspose2d", name, specs, run, options=options)


def transposed_convolutions():
    transposed = conv_transpose2d
    return [
        transposed("plain", [2, 3, 4, 5], [3, 4, 3, 3]),
        transposed("2x2, stride 2", [1, 4, 3, 4], [4, 3, 2, 2], stride=2),
        transposed("4x4, stride 2, padding 1, no bias", [2, 3, 3, 4], [3, 2, 4, 4], False, stride=2, padding=1),
        transposed("3x3, stride 2, padding 1, outputPadding 1", [1, 3, 4, 3], [3, 4, 3, 3], stride=2, padding=1,
                   outputPadding=1),
        transposed("stride [3, 1], padding [0, 1], outputPadding [2, 0]", [1, 2, 3, 5], [2, 3, 3, 3],
                   stride=[3, 1], padding=[0, 1], outputPadding=[2, 0]),
        transposed("stride beyond the kernel", [1, 2, 3, 3], [2, 3, 2, 2], stride=3),
        transposed("dilation 2", [1, 2, 4, 5], [2, 3, 3, 3], dilation=2, padding=1),
        transposed("dilation [1, 3], outputPadding [0, 2]", [1, 2, 4, 4], [2, 2, 3, 2], dilation=[1, 3], stride=2,
                   outputPadding=[0, 2]),
        transposed("groups 2", [2, 4, 4, 3], [4, 3, 3, 3], groups=2, stride=2),
        transposed("depthwise", [1, 5, 4, 4], [5, 1, 3, 3], groups=5, stride=2, padding=1),
    ]


def interpolated(name, shape, **options):
    renamed = {"scaleFactor": "scale_factor", "alignCorners": "align_corners"}
    given = {renamed.get(k, k): v for k, v in options.items()}
    return case("interpolate", name, [tensor("input", shape)], lambda input: F.interpolate(input, **given), options=options)


def rearranged(op, shape, factor, run):
    return case(op, f"by {factor}", [tensor("input", shape)], lambda input: run(input, factor), args=[factor])


def resizings():
    return [
        interpolated("nearest, scale 2", [2, 3, 3, 4], scaleFactor=2),
        interpolated("nearest, scale [2.5, 0.5]", [1, 2, 4, 5], scaleFactor=[2.5, 0.5]),
        interpolated("nearest, 5 x 7 to 8 x 3", [1, 2, 5, 7], size=[8, 3]),
        interpolated("nearest-exact, 5 x 6 to 7 x 4", [1, 2, 5, 6], size=[7, 4], mode="nearest-exact"),
        interpolated("bilinear, scale 2", [2, 3, 3, 4], scaleFactor=2, mode="bilinear"),
        interpolated("bilinear, scale 2, corners", [2, 3, 3, 4], scaleFactor=2, mode="bilinear", alignCorners=True),
        interpolated("bilinear, scale 1.7", [1, 2, 4, 5], scaleFactor=1.7, mode="bilinear"),
        interpolated("bilinear, 5 x 7 to 3 x 9", [1, 2, 5, 7], size=[3, 9], mode="bilinear"),
        interpolated("bilinear, 5 x 7 to 3 x 9, corners", [1, 2, 5, 7], size=[3, 9], mode="bilinear", alignCorners=True),
        interpolated("bilinear, to one pixel", [1, 2, 5, 4], size=[1, 1], mode="bilinear"),
        interpolated("bilinear, to one row, corners", [1, 2, 5, 4], size=[1, 6], mode="bilinear", alignCorners=True),
        rearranged("pixelShuffle", [2, 12, 2, 3], 2, F.pixel_shuffle),
        rearranged("pixelShuffle", [1, 9, 2, 3], 3, F.pixel_shuffle),
        rearranged("pixelUnshuffle", [1, 2, 4, 6], 2, F.pixel_unshuffle),
        rearranged("channelShuffle", [2, 6, 2, 3], 3, lambda input, groups: channel_shuffle(input, groups)),
    ]


def channel_shuffle(input, groups):
    """torch's own has no gradient in 1.13."""
    n, c, h, w = input.shape
    return input.reshape(n, groups, c // groups, h, w).transpose(1, 2).reshape(n, c, h, w)


def signals():
    def conv1d(name, x, w, bias=True, **options):
        specs = [tensor("input", x), tensor("weight", w)] + ([tensor("bias", [w[0]])] if bias else [])
        return case("conv1d", name, specs, lambda **inputs: F.conv1d(**inputs, **options), options=options)

    def pool(op, name, shape, run, **options):
        return case(op, name, [tensor("input", shape)], run, options=options)

    x = [2, 3, 11]
    return [
        conv1d("plain", x, [4, 3, 3]),
        conv1d("stride 2, padding 2, no bias", x, [4, 3, 5], False, stride=2, padding=2),
        conv1d("groups 3, dilation 2", [1, 6, 12], [6, 2, 3], groups=3, dilation=2),
        pool("maxPool1d", "3, stride 2, padding 1", x, lambda input: F.max_pool1d(input, 3, 2, 1), kernelSize=3, stride=2,
             padding=1),
        pool("maxPool1d", "2, dilation 3, ceilMode", x, lambda input: F.max_pool1d(input, 2, 2, 0, 3, True), kernelSize=2,
             dilation=3, ceilMode=True),
        pool("avgPool1d", "3, padding 1, not counted", x, lambda input: F.avg_pool1d(input, 3, 2, 1, False, False),
             kernelSize=3, stride=2, padding=1, countIncludePad=False),
        case("adaptiveAvgPool1d", "to 4", [tensor("input", x)], lambda input: F.adaptive_avg_pool1d(input, 4), args=[4]),
        case("adaptiveMaxPool1d", "to 4", [tensor("input", x)], lambda input: F.adaptive_max_pool1d(input, 4), args=[4]),
    ]


def convolutions():
    return [
        conv2d("plain", [2, 3, 5, 6], [4, 3, 3, 3]),
        conv2d("padding 1", [2, 3, 5, 6], [4, 3, 3, 3], padding=1),
        conv2d("no bias, kernel 5x2", [1, 2, 7, 5], [3, 2, 5, 2], bias=False, padding=[2, 1]),
        conv2d("stride 2", [1, 3, 8, 7], [4, 3, 3, 3], stride=2, padding=1),
        conv2d("stride [3, 1]", [1, 2, 9, 6], [3, 2, 3, 3], stride=[3, 1], padding=[0, 1]),
        conv2d("stride beyond the kernel", [1, 2, 8, 8], [3, 2, 2, 2], stride=3),
        conv2d("asymmetric padding", [1, 2, 6, 7], [3, 2, 3, 3], padding=[1, 0, 2, 3]),
        conv2d("asymmetric padding, stride 2", [1, 3, 8, 8], [4, 3, 3, 3], stride=2, padding=[0, 1, 0, 1]),
        conv2d("dilation 2", [1, 2, 8, 7], [3, 2, 3, 3], dilation=2, padding=2),
        conv2d("dilation [1, 3], stride 2", [1, 2, 7, 9], [3, 2, 3, 3], dilation=[1, 3], stride=2, padding=[1, 3]),
        conv2d("groups 2", [2, 4, 5, 5], [6, 2, 3, 3], groups=2, padding=1),
        conv2d("groups 3, stride 2", [1, 6, 7, 6], [3, 2, 3, 3], groups=3, stride=2, padding=1),
        conv2d("depthwise", [2, 5, 5, 6], [5, 1, 3, 3], groups=5, padding=1),
        conv2d("depthwise, stride 2", [1, 4, 8, 7], [4, 1, 3, 3], groups=4, stride=2, padding=[0, 1, 0, 1]),
        conv2d("depthwise, two outputs each", [1, 3, 6, 5], [6, 1, 3, 3], groups=3, padding=1),
        conv2d("depthwise, dilation 2", [1, 3, 7, 7], [3, 1, 3, 3], groups=3, dilation=2, padding=2),
        conv2d("1x1", [2, 5, 4, 5], [7, 5, 1, 1]),
        conv2d("1x1, stride 2", [2, 5, 5, 4], [7, 5, 1, 1], stride=2),
        conv2d("7x7, stride 2", [1, 3, 11, 9], [3, 3, 7, 7], stride=2, padding=3),
        conv2d("the kernel covers the input", [2, 3, 4, 4], [5, 3, 4, 4]),
        conv2d("odd channels", [1, 13, 6, 6], [9, 13, 3, 3], padding=1),
    ]


def pool(op, name, shape, run, coarse=False, **options):
    return case(op, name, [tensor("input", shape, 2.0, coarse)], run, options=options)


def max_pool(name, shape, kernel, stride=None, padding=0, ceil=False, coarse=False):
    options = {"kernelSize": kernel}
    if stride is not None:
        options["stride"] = stride
    options.update({k: v for k, v in {"padding": padding, "ceilMode": ceil}.items() if v})
    run = lambda input: F.max_pool2d(input, kernel, stride, padding, ceil_mode=ceil)
    return pool("maxPool2d", name, shape, run, coarse, **options)


def avg_pool(name, shape, kernel, stride=None, padding=0, ceil=False, include=True):
    options = {"kernelSize": kernel}
    if stride is not None:
        options["stride"] = stride
    options.update({k: v for k, v in {"padding": padding, "ceilMode": ceil}.items() if v})
    if not include:
        options["countIncludePad"] = False
    run = lambda input: F.avg_pool2d(input, kernel, stride, padding, ceil, include)
    return pool("avgPool2d", name, shape, run, **options)


def adaptive(shape, size):
    name = f"{shape[2:]} to {size}"
    run = lambda input: F.adaptive_avg_pool2d(input, size)
    return case("adaptiveAvgPool2d", name, [tensor("input", shape)], run, args=[size])


def pools():
    return [
        max_pool("2", [2, 3, 6, 8], 2),
        max_pool("ties", [2, 2, 7, 6], 3, 2, coarse=True),
        max_pool("overlapping ties, padding 1", [1, 3, 6, 6], 3, 1, 1, coarse=True),
        max_pool("3, stride 2, padding 1", [1, 3, 7, 8], 3, 2, 1),
        max_pool("[3, 2], stride [2, 1]", [1, 2, 8, 5], [3, 2], [2, 1]),
        max_pool("ceilMode", [1, 2, 6, 7], 3, 2, ceil=True),
        max_pool("ceilMode, padding 1", [1, 2, 5, 8], 3, 2, 1, ceil=True),
        max_pool("ceilMode drops a window in the padding", [1, 1, 4, 5], 2, 3, 1, ceil=True),
        max_pool("stride beyond the kernel", [1, 2, 8, 9], 2, 3),
        avg_pool("2", [2, 3, 6, 8], 2),
        avg_pool("3, stride 2, padding 1", [1, 3, 7, 8], 3, 2, 1),
        avg_pool("3, padding 1, not counted", [1, 3, 7, 8], 3, 2, 1, include=False),
        avg_pool("ceilMode", [1, 2, 6, 7], 3, 2, ceil=True),
        avg_pool("ceilMode, padding 1", [1, 2, 5, 8], 3, 2, 1, ceil=True),
        avg_pool("ceilMode, padding 1, not counted", [1, 2, 5, 8], 3, 2, 1, ceil=True, include=False),
        avg_pool("[2, 3], stride [1, 2], padding [0, 1]", [1, 2, 5, 7], [2, 3], [1, 2], [0, 1]),
        adaptive([2, 3, 5, 7], [1, 1]),
        adaptive([1, 2, 7, 5], [3, 2]),
        adaptive([1, 2, 7, 7], [4, 7]),
        adaptive([1, 2, 2, 3], [4, 5]),
    ]


def batch_norm(name, shape, training, affine=True, running=True, **options):
    specs = [tensor("input", shape, 3.0)]
    channels = [shape[1]]
    if affine:
        specs += [tensor("weight", channels, option=True), tensor("bias", channels, option=True)]
    if running:
        specs.append(tensor("runningMean", channels, option=True, grad=False, updated=True))
        specs.append(tensor("runningVar", channels, option=True, grad=False, updated=True, positive=True))

    def run(input, weight=None, bias=None, runningMean=None, runningVar=None):
        return F.batch_norm(input, runningMean, runningVar, weight, bias, training, **options)

    return case("batchNorm", name, specs, run, options={"training": training, **options})


def norms():
    return [
        batch_norm("train, rank 2", [6, 3], True),
        batch_norm("train, rank 3", [4, 3, 5], True),
        batch_norm("train, rank 4", [2, 3, 4, 5], True),
        batch_norm("train, momentum 0.3, eps 0.001", [3, 2, 3, 4], True, momentum=0.3, eps=1e-3),
        batch_norm("train, not affine", [2, 3, 4, 4], True, affine=False),
        batch_norm("train, no running statistics", [2, 3, 4, 4], True, running=False),
        batch_norm("train, nothing but the input", [5, 2], True, affine=False, running=False),
        batch_norm("eval, rank 2", [5, 3], False),
        batch_norm("eval, rank 3", [2, 3, 5], False),
        batch_norm("eval, rank 4", [2, 3, 4, 5], False, eps=1e-3),
        batch_norm("eval, not affine", [2, 3, 3, 4], False, affine=False),
    ]


def affine(shape, *names):
    return [tensor(name, shape, option=True) for name in names]


def layer_norm(name, shape, normalized, names=("weight", "bias"), **options):
    specs = [tensor("input", shape, 3.0), *affine(normalized, *names)]
    run = lambda input, **given: F.layer_norm(input, normalized, **given, **options)
    return case("layerNorm", name, specs, run, args=[normalized], options=options)


def rms_norm(name, shape, eps, weight=True):
    """PyTorch has it since 2.4: its definition, written out."""
    specs = [tensor("input", shape, 3.0), *affine(shape[-1:], *(["weight"] if weight else []))]

    def run(input, weight=1):
        return input * torch.rsqrt(input.square().mean(-1, keepdim=True) + eps) * weight

    return case("rmsNorm", name, specs, run, args=[shape[-1:]], options={"eps": eps})


def group_norm(name, shape, groups, names=("weight", "bias"), **options):
    specs = [tensor("input", shape, 3.0), *affine(shape[1:2], *names)]
    run = lambda input, **given: F.group_norm(input, groups, **given, **options)
    return case("groupNorm", name, specs, run, args=[groups], options=options)


def instance_norm(name, shape, names=("weight", "bias"), **options):
    specs = [tensor("input", shape, 3.0), *affine(shape[1:2], *names)]
    run = lambda input, **given: F.instance_norm(input, **given, **options)
    return case("instanceNorm", name, specs, run, options=options)


def row_norms():
    return [
        layer_norm("last", [3, 4, 7], [7]),
        layer_norm("last two, eps 0.01", [3, 4, 7], [4, 7], eps=0.01),
        layer_norm("long", [2, 300], [300]),
        layer_norm("no bias", [4, 9], [9], ["weight"]),
        layer_norm("not affine", [2, 3, 4, 5], [3, 4, 5], []),
        rms_norm("plain", [3, 4, 7], 1e-5),
        rms_norm("not affine", [5, 20], 1e-3, False),
        group_norm("two groups", [2, 6, 3, 4], 2),
        group_norm("one group, eps 0.001", [2, 4, 5], 1, eps=1e-3),
        group_norm("vectors", [3, 12], 2),
        group_norm("not affine", [2, 4, 3, 3], 2, []),
        instance_norm("maps", [2, 3, 4, 5]),
        local_response("5", [2, 7, 3, 4], 5),
        local_response("4 of signals", [1, 6, 5], 4, alpha=1.0, beta=0.5, k=2.0),
        instance_norm("signals, not affine", [2, 3, 9], []),
    ]


def local_response(name, shape, size, **options):
    specs = [tensor("input", shape, 3.0)]
    run = lambda input: F.local_response_norm(input, size, **options)
    return case("localResponseNorm", name, specs, run, args=[size], options=options)


def cross_entropy(name, logits, target, weight=False, op="crossEntropy", **options):
    classes = logits[1] if len(logits) > 1 else logits[0]
    specs = [tensor("logits" if op == "crossEntropy" else "input", logits, 3.0), target]
    if weight:
        specs.append(tensor("weight", [classes], option=True, grad=False, positive=True))
    renamed = {"ignoreIndex": "ignore_index", "labelSmoothing": "label_smoothing"}

    def run(target, logits=None, input=None, weight=None):
        rest = {renamed.get(k, k): v for k, v in options.items()}
        if op == "nllLoss":
            return F.nll_loss(input, target, weight, **rest)
        return F.cross_entropy(logits, target, weight, **rest)

    return case(op, name, specs, run, options=options)


def labels(shape, classes, seed, ignored=None):
    count = int(np.prod(shape))
    data = weights.labels(f"labels {seed}", count, classes).tolist()
    if ignored is not None:
        data[1::3] = [ignored] * len(data[1::3])
    return given("target", shape, data)


def probabilities(shape, seed):
    scores = torch.from_numpy(weights.uniform(f"probabilities {seed}", tuple(shape), 2.0)).double()
    return given("target", shape, numbers(scores.softmax(1)), "f32")


def binary(name, shape, positive=False, **options):
    target = (weights.hashes(f"binary {name}", int(np.prod(shape))) % np.uint32(2)).tolist()
    specs = [tensor("logits", shape, 4.0), given("target", shape, target, "f32")]
    if positive:
        specs.append(tensor("posWeight", [shape[-1]], option=True, grad=False, positive=True))

    def run(logits, target, posWeight=None):
        return F.binary_cross_entropy_with_logits(logits, target, pos_weight=posWeight, **options)

    return case("binaryCrossEntropyWithLogits", name, specs, run, options=options)


def mse(name, **options):
    specs = [tensor("input", [3, 4]), tensor("target", [3, 4])]
    return case("mseLoss", name, specs, lambda input, target: F.mse_loss(input, target, **options), options=options)


def more_losses():
    pair = [tensor("input", [3, 4], 2.0), tensor("target", [3, 4], 2.0)]
    chances = lambda name: given(name, [3, 4], numbers(torch.from_numpy(
        weights.uniform(f"chances of {name}", (3, 4), 0.4)).double() + 0.5), "f32", grad=True)
    logs = [tensor("input", [3, 4], 3.0), given("target", [3, 4], numbers(torch.from_numpy(
        weights.uniform("soft labels", (3, 4), 2.0)).double().softmax(1)), "f32", grad=True)]
    rows = [tensor(name, [5, 4]) for name in ["anchor", "positive", "negative"]]
    alike = [tensor("first", [4, 3]), tensor("second", [4, 3]), given("target", [4], [1, -1, -1, 1])]
    found = []
    for reduction in ["mean", "sum", "none"]:
        r = {"reduction": reduction}
        found += [
            case("huberLoss", reduction, pair, lambda input, target: F.huber_loss(input, target, delta=0.7, **r),
                 options={"delta": 0.7, **r}),
            case("binaryCrossEntropy", reduction, [chances("input"), chances("target")],
                 lambda input, target: F.binary_cross_entropy(input, target, **r), options=r),
            case("klDiv", reduction, logs, lambda input, target: F.kl_div(input, target, **r), options=r),
            case("tripletMarginLoss", reduction, rows,
                 lambda anchor, positive, negative: F.triplet_margin_loss(anchor, positive, negative, **r), options=r),
            case("cosineEmbeddingLoss", reduction, alike,
                 lambda first, second, target: F.cosine_embedding_loss(first, second, target, margin=0.1, **r),
                 options={"margin": 0.1, **r}),
        ]
    both = {"reduction": "batchmean", "logTarget": True}
    return [
        *found,
        case("klDiv", "logarithms, batchmean", pair,
             lambda input, target: F.kl_div(input, target, reduction="batchmean", log_target=True), options=both),
        case("tripletMarginLoss", "swap, p 1", rows,
             lambda anchor, positive, negative: F.triplet_margin_loss(anchor, positive, negative, 0.5, 1, swap=True),
             options={"margin": 0.5, "p": 1, "swap": True}),
    ]


def losses():
    ce = cross_entropy
    found = []
    for reduction in ["mean", "sum", "none"]:
        found += [
            ce(f"labels, {reduction}", [5, 4], labels([5], 4, 1), reduction=reduction),
            ce(f"weights, {reduction}", [5, 4], labels([5], 4, 2), True, reduction=reduction),
            ce(f"all at once, {reduction}", [7, 4], labels([7], 4, 3, 2), True, reduction=reduction, ignoreIndex=2,
               labelSmoothing=0.2),
            ce(f"probabilities, {reduction}", [5, 4], probabilities([5, 4], 4), True, reduction=reduction,
               labelSmoothing=0.1),
            ce(f"log-probabilities, {reduction}", [5, 4], labels([5], 4, 5), True, "nllLoss", reduction=reduction),
            binary(reduction, [4, 3], reduction=reduction),
            mse(reduction, reduction=reduction),
        ]
    return [
        *found,
        ce("ignored -100", [6, 3], labels([6], 3, 6, -100)),
        ce("smoothing", [5, 4], labels([5], 4, 7), labelSmoothing=0.1),
        ce("smoothing, ignored", [5, 4], labels([5], 4, 8, -100), labelSmoothing=0.3),
        ce("smoothing, weights", [5, 4], labels([5], 4, 9), True, labelSmoothing=0.3),
        ce("maps", [2, 3, 4, 2], labels([2, 4, 2], 3, 10, -100), True),
        ce("maps, smoothing, none", [2, 3, 4], labels([2, 4], 3, 11, 0), True, labelSmoothing=0.1, ignoreIndex=0,
           reduction="none"),
        ce("probabilities of maps", [2, 3, 4], probabilities([2, 3, 4], 12), True),
        ce("ignored 1", [6, 3], labels([6], 3, 13, 1), True, "nllLoss", ignoreIndex=1),
        ce("maps", [2, 3, 4], labels([2, 4], 3, 14), False, "nllLoss"),
        *more_losses(),
        binary("posWeight", [4, 3], True),
        binary("posWeight, none", [4, 3], True, reduction="none"),
    ]


def activations():
    shape = [4, 12]
    simple = {
        "relu": F.relu,
        "relu6": F.relu6,
        "elu": F.elu,
        "gelu": F.gelu,
        "silu": F.silu,
        "hardswish": F.hardswish,
        "hardsigmoid": F.hardsigmoid,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "leakyRelu": F.leaky_relu,
        "selu": F.selu,
        "softplus": F.softplus,
        "mish": F.mish,
        "erf": torch.erf,
    }
    found = [case(op, "-8 to 8", [tensor("input", shape, 8.0)], lambda input, f=f: f(input))
             for op, f in simple.items()]
    tanh = {"approximate": "tanh"}
    found.append(case("gelu", "tanh", [tensor("input", shape, 8.0)], lambda input: F.gelu(input, **tanh), options=tanh))
    for shape_of, slopes in ([2, 3, 4, 5], 3), ([2, 3, 4, 5], 1), ([4, 6], 6):
        specs = [tensor("input", shape_of, 3.0), tensor("weight", [slopes])]
        found.append(case("prelu", f"{shape_of} by {slopes}", specs, lambda input, weight: F.prelu(input, weight)))
    beta = {"beta": 2.5}
    found.append(case("softplus", "beta 2.5", [tensor("input", shape, 8.0)], lambda input: F.softplus(input, **beta), options=beta))
    for op, f in {"softmax": F.softmax, "logSoftmax": F.log_softmax}.items():
        for dim in [0, 1, -1]:
            run = lambda input, f=f, dim=dim: f(input, dim)
            found.append(case(op, f"dim {dim}", [tensor("input", [3, 5, 4], 20.0)], run, args=[dim]))
    return found


def main():
    write("ops_conv2d.json", convolutions())
    write("ops_conv_transpose2d.json", transposed_convolutions())
    write("ops_resize.json", resizings())
    write("ops_signal.json", signals())
    write("ops_pool.json", pools())
    write("ops_batch_norm.json", norms())
    write("ops_row_norm.json", row_norms())
    write("ops_loss.json", losses())
    write("ops_activation.json", activations())


if __name__ == "__main__":
    main()
