#!/usr/bin/python3
"""Golden numbers of arithmetic, reductions and shape ops: /usr/bin/python3 test/golden/make_tensor_ops.py

As make_ops.py; the inputs are coarse where ties, kinks and zeros are what matters. Writes ops_tensor.json.
"""

import torch
from torch.nn import functional as F

from cases import case, given, tensor, write


def arithmetic():
    pair = [tensor("input", [4, 1, 5], 3.0), tensor("other", [3, 1], 2.0, positive=True)]
    tied = [tensor("input", [4, 1, 5], 3.0, True), tensor("other", [3, 1], 3.0, True)]
    powers = [tensor("input", [4, 1, 5], 1.5, positive=True), tensor("exponent", [3, 1], 2.0, True)]
    return [
        *[case(op, "broadcast", pair, getattr(torch, op)) for op in ["add", "sub", "mul", "div"]],
        *[case(op, "ties", tied, getattr(torch, op)) for op in ["maximum", "minimum"]],
        case("pow", "tensors", powers, lambda input, exponent: torch.pow(input, exponent)),
        case("pow", "of zeros, by tensors", [given("input", [4], [0, 0, 0, 0], "f32", grad=True),
             given("exponent", [4], [0, 1, 2, 3], "f32", grad=True)], lambda input, exponent: torch.pow(input, exponent)),
        *[case("pow", f"to {n}", [tensor("input", [12], 3.0, True)], lambda input, n=n: torch.pow(input, n), args=[n])
          for n in [0, 1, 2, 3]],
        case("pow", "to 0.5", [tensor("input", [12], 3.0, positive=True)], lambda input: torch.pow(input, 0.5), args=[0.5]),
        case("abs", "zeros", [tensor("input", [12], 2.0, True)], torch.abs),
        case("clamp", "values at the bounds", [tensor("input", [16], 2.0, True)],
             lambda input: torch.clamp(input, -1, 2), args=[-1, 2]),
        case("clamp", "from below", [tensor("input", [16], 2.0, True)], lambda input: torch.clamp(input, 0), args=[0, None]),
        *[case(op, "positive", [tensor("input", [12], 2.0, positive=True)], getattr(torch, op)) for op in ["log", "sqrt"]],
        *[case(op, "both signs", [tensor("input", [12], 2.0)], getattr(torch, op)) for op in ["exp", "square", "neg"]],
        case("where", "broadcast", [given("condition", [3, 1], [0, 1, 1]), *pair],
             lambda condition, input, other: torch.where(condition.bool(), input, other)),
    ]


def reductions():
    tied = [tensor("input", [3, 4, 5], 2.0, True)]
    plain = [tensor("input", [3, 4, 5], 2.0)]
    found = []
    for dims in [[1], [0, 2], [0, 1, 2]]:
        name = f"over {dims}"
        found += [
            case("sum", name, plain, lambda input, d=dims: torch.sum(input, d), args=[dims]),
            case("mean", name, plain, lambda input, d=dims: torch.mean(input, d, True), args=[dims, True]),
            case("amax", f"{name}, ties", tied, lambda input, d=dims: torch.amax(input, d), args=[dims]),
            case("amin", f"{name}, ties", tied, lambda input, d=dims: torch.amin(input, d, True), args=[dims, True]),
            case("var", name, plain, lambda input, d=dims: torch.var(input, d, unbiased=True), args=[dims]),
            case("std", f"{name}, uncorrected", plain, lambda input, d=dims: torch.std(input, d, unbiased=False),
                 args=[dims], options={"correction": 0}),
        ]
    everything = [case(op, "over everything, ties", tied, getattr(torch, op)) for op in ["max", "min"]]
    return found + everything


def shapes():
    image = [tensor("input", [2, 3, 4, 5])]
    padded = [
        case("pad", f"{mode} {sides}", image, lambda input, s=sides, m=mode: F.pad(input, s, mode=m), args=[sides],
             options={"mode": mode})
        for mode in ["constant", "reflect", "replicate"]
        for sides in [[1, 2, 3, 0], [0, 1, 1, 1]]
    ]
    return [
        *padded,
        case("pad", "with a value", image, lambda input: F.pad(input, [1, 1], value=-2.5), args=[[1, 1]],
             options={"value": -2.5}),
        case("permute", "0 2 3 1", image, lambda input: input.permute(0, 2, 3, 1), args=[[0, 2, 3, 1]]),
        case("transpose", "1 and -1", image, lambda input: input.transpose(1, -1), args=[1, -1]),
        case("flatten", "from 1", image, lambda input: torch.flatten(input, 1), args=[1]),
        case("narrow", "dim 2", image, lambda input: input.narrow(2, 1, 2), args=[2, 1, 2]),
        case("expand", "with -1", [tensor("input", [3, 1])], lambda input: input.expand(2, -1, 4), args=[[2, -1, 4]]),
        case("indexSelect", "rows twice", [tensor("input", [4, 3])],
             lambda input: torch.index_select(input, 0, torch.tensor([3, 0, 3, 3])), args=[0, [3, 0, 3, 3]]),
        case("matmul", "of a vector and a batch", [tensor("input", [3]), tensor("other", [2, 3, 4])], torch.matmul),
    ]


def words():
    image = [tensor("input", [2, 3, 4, 5])]
    rows = [tensor("input", [4, 7], 2.0)]
    places = lambda data: given("indices", [2, 3], data)
    pair = lambda a, b: [tensor("a", a), tensor("b", b)]
    einsum = lambda equation, specs: case(
        "einsum", equation, specs, lambda **given: torch.einsum(equation, *given.values()), args=[equation], leading=0)
    long = lambda indices: indices.long()
    return [
        *[case(op, "of radians", [tensor("input", [30], 20.0)], getattr(torch, op)) for op in ["sin", "cos"]],
        case("clone", "plain", image, torch.clone),
        case("flip", "dims 1 and 3", image, lambda input: input.flip(1, 3), args=[[1, 3]]),
        case("roll", "dims 0 and 2", image, lambda input: input.roll((1, -3), (0, 2)), args=[[1, -3], [0, 2]]),
        case("roll", "all", image, lambda input: input.roll(7), args=[7]),
        case("split", "by 3", rows, lambda input: input.split(3, 1)[1], args=[3, 1]),
        case("split", "by sizes", rows, lambda input: input.split([1, 4, 2], 1)[1], args=[[1, 4, 2], 1]),
        case("chunk", "in 3", rows, lambda input: input.chunk(3, 1)[1], args=[3, 1]),
        *[case("cumsum", f"dim {d}", image, lambda input, d=d: input.cumsum(d), args=[d]) for d in [0, 2, -1]],
        case("sort", "dim 1", rows, lambda input: input.sort(1).values, args=[1]),
        case("sort", "dim 0, descending", rows, lambda input: input.sort(0, descending=True).values, args=[0],
             options={"descending": True}),
        case("topk", "3", rows, lambda input: input.topk(3).values, args=[3]),
        case("topk", "2 smallest of dim 0", rows, lambda input: input.topk(2, 0, False).values, args=[2, 0],
             options={"largest": False}),
        case("gather", "twice from one place", [tensor("input", [2, 5]), places([3, 3, 4, 1, 1, 1])],
             lambda input, indices: input.gather(1, long(indices)), args=[1], leading=1),
        case("scatter", "rows", [tensor("input", [2, 5]), places([3, 0, 4, 1, 2, 0]), tensor("source", [2, 3])],
             lambda input, indices, source: input.scatter(1, long(indices), source), args=[1], leading=1),
        case("scatterAdd", "twice in one place", [tensor("input", [2, 5]), places([3, 3, 4, 1, 1, 1]),
             tensor("source", [2, 3])], lambda input, indices, source: input.scatter_add(1, long(indices), source),
             args=[1], leading=1),
        einsum("ij,jk->ik", pair([3, 4], [4, 5])),
        einsum("ij,jk", pair([3, 4], [4, 5])),
        einsum("bhqd,bhkd->bhqk", pair([2, 2, 3, 4], [2, 2, 5, 4])),
        einsum("...ij,kj->...ik", pair([2, 3, 4], [5, 4])),
        einsum("bii->b", [tensor("a", [2, 3, 3])]),
        einsum("bi,bi->b", pair([3, 4], [3, 4])),
    ]


def main():
    write("ops_tensor.json", [*arithmetic(), *reductions(), *shapes(), *words()])


if __name__ == "__main__":
    main()
