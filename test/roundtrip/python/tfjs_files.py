"""The network as TensorFlow.js stores it: as layers, and as a graph."""

import base64
import json
import os

import keras_files
import numpy as np

FLOAT = {"T": {"type": "DT_FLOAT"}}


def save(folder, topology, weights, about):
    os.mkdir(folder)
    specs = [
        {"name": name, "shape": list(v.shape), "dtype": "int32" if v.dtype == np.int32 else "float32"}
        for name, v in weights.items()
    ]
    body = b"".join(value.tobytes() for value in weights.values())
    half = len(body) // 2
    for i, part in enumerate((body[:half], body[half:])):
        open(f"{folder}/group1-shard{i + 1}of2.bin", "wb").write(part)
    paths = ["group1-shard1of2.bin", "group1-shard2of2.bin"]
    manifest = {**about, "modelTopology": topology, "weightsManifest": [{"paths": paths, "weights": specs}]}
    json.dump(manifest, open(f"{folder}/model.json", "w"))


def layers_model(state, folder):
    topology = {"keras_version": "2.9.0", "backend": "tensorflow", "model_config": keras_files.config(2)}
    weights = {f"{layer}/{role}": v for layer, group in keras_files.tensors(state).items() for role, v in group.items()}
    save(folder, topology, weights, {"format": "layers-model", "generatedBy": "keras v2.9.0"})


def text(value):
    return {"s": base64.b64encode(value.encode()).decode()}


def numbers(*values):
    return {"list": {"i": [str(v) for v in values]}}


def node(name, op, inputs=(), **attr):
    return {"name": name, "op": op, "input": list(inputs), "attr": FLOAT | attr}


def window(stride, padding="VALID"):
    return {
        "strides": numbers(1, stride, stride, 1), "dilations": numbers(1, 1, 1, 1), "data_format": text("NHWC"),
        "padding": text(padding),
    }  # fmt: skip


def graph_model(state, folder):
    weights, nodes = {}, []

    def const(name, value):
        weights[name] = value
        nodes.append(node(name, "Const"))
        return name

    shape = {"shape": {"dim": [{"size": str(side)} for side in (-1, 22, 15, 3)]}}
    nodes.append(node("picture", "Placeholder", **{"shape": shape}))
    stored = keras_files.tensors(state)

    def add(name, op, inputs, **attr):
        nodes.append(node(name, op, inputs, **attr))
        return name

    def conv(name, x, op="Conv2D", stride=1, padding="VALID"):
        values = stored[name]
        kernel = const(f"{name}/kernel", next(iter(values.values())))
        x = add(f"{name}/{op}", op, [x, kernel], **window(stride, padding))
        return add(f"{name}/add", "BiasAdd", [x, const(f"{name}/bias", values["bias"])]) if "bias" in values else x

    def norm(name, x):
        inputs = [const(f"{name}/{role}", v) for role, v in stored[name].items()]
        return add(name, "FusedBatchNormV3", [x, *inputs], epsilon={"f": 0.001}, is_training={"b": False})

    def dense(name, x):
        kernel = const(f"{name}/kernel", stored[name]["kernel"])
        x = add(f"{name}/MatMul", "MatMul", [x, kernel], transpose_a={"b": False}, transpose_b={"b": False})
        return add(f"{name}/add", "BiasAdd", [x, const(f"{name}/bias", stored[name]["bias"])])

    x = add("relu6", "Relu6", [norm("norm1", conv("conv1", "picture", stride=2, padding="SAME"))])
    x = add("relu", "Relu", [norm("norm2", conv("depthwise", x, "DepthwiseConv2dNative", padding="SAME"))])
    x = add("pointwise/Relu", "Relu", [conv("pointwise", x)])
    x = add("pool", "MaxPool", [x], ksize=numbers(1, 2, 2, 1), **window(2))
    x = add("conv2/Relu", "Relu", [conv("conv2", x)])
    x = add("average", "AvgPool", [x], ksize=numbers(1, 2, 2, 1), **window(1))
    x = add("flat", "Reshape", [x, const("flat/shape", np.array([-1, 60], "int32"))])
    x = add("fc1/Relu", "Relu", [dense("fc1", x)])
    add("Identity", "Identity", [dense("fc2", x)])
    topology = {"node": nodes, "library": {}, "versions": {"producer": 1087}}
    save(folder, topology, weights, {"format": "graph-model", "generatedBy": "2.9.0", "convertedBy": "TensorFlow.js Converter v4.0.0"})
