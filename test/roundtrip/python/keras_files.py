"""The network as Keras 2 and Keras 3 describe and store it."""

import json

import h5py
import numpy as np

SHAPE = [22, 15, 3]

LAYERS = [
    ("Conv2D", "conv1", {"filters": 8, "kernel_size": [3, 3], "strides": [2, 2], "padding": "same"}),
    ("BatchNormalization", "norm1", {"axis": -1, "momentum": 0.99, "epsilon": 0.001}),
    ("ReLU", "relu6", {"max_value": 6.0}),
    ("DepthwiseConv2D", "depthwise", {"kernel_size": [3, 3], "depth_multiplier": 2, "padding": "same", "use_bias": False}),
    ("BatchNormalization", "norm2", {"axis": -1, "momentum": 0.99, "epsilon": 0.001}),
    ("Activation", "relu", {"activation": "relu"}),
    ("Conv2D", "pointwise", {"filters": 12, "kernel_size": [1, 1], "activation": "relu"}),
    ("MaxPooling2D", "pool", {"pool_size": [2, 2], "strides": [2, 2], "padding": "valid"}),
    ("Conv2D", "conv2", {"filters": 10, "kernel_size": [2, 2], "activation": "relu"}),
    ("AveragePooling2D", "average", {"pool_size": [2, 2], "strides": [1, 1], "padding": "valid"}),
    ("Flatten", "flatten", {"data_format": "channels_last"}),
    ("Dropout", "drop", {"rate": 0.3}),
    ("Dense", "fc1", {"units": 16, "activation": "relu"}),
    ("Dense", "fc2", {"units": 6, "activation": "linear"}),
]  # fmt: skip

# Keras 3 stores layers under their class, numbered.
PATHS = {
    "conv1": "conv2d", "pointwise": "conv2d_1", "conv2": "conv2d_2", "norm1": "batch_normalization",
    "norm2": "batch_normalization_1", "depthwise": "depthwise_conv2d", "fc1": "dense", "fc2": "dense_1",
}  # fmt: skip


def config(version):
    shape = {"batch_shape" if version == 3 else "batch_input_shape": [None, *SHAPE]}
    layers = [("InputLayer", "picture", shape), *LAYERS]
    described = [
        {"class_name": kind, "config": {"name": name, **values}}
        | ({"module": "keras.layers", "registered_name": None} if version == 3 else {})
        for kind, name, values in layers
    ]
    return {"class_name": "Sequential", "config": {"name": "net", "layers": described}}


def tensors(state):
    """Layer → its tensors in Keras's names, order and layout."""
    numbers = {name: value.numpy() for name, value in state.items()}
    out = {}
    for kind, name, _ in LAYERS:
        get = lambda role: numbers.get(f"{name}.{role}")  # noqa: E731
        if kind == "BatchNormalization":
            roles = {"gamma": "weight", "beta": "bias", "moving_mean": "running_mean", "moving_variance": "running_var"}
            out[name] = {role: get(torch) for role, torch in roles.items()}
        elif kind == "DepthwiseConv2D":  # [C·M, 1, h, w] → [h, w, C, M]
            kernel = get("weight")
            out[name] = {"depthwise_kernel": kernel.reshape(8, 2, 3, 3).transpose(2, 3, 0, 1)}
        elif kind == "Conv2D":
            out[name] = {"kernel": get("weight").transpose(2, 3, 1, 0), "bias": get("bias")}
        elif kind == "Dense":
            kernel = get("weight")
            if name == "fc1":  # rows in the order height, width, channels
                kernel = kernel.reshape(16, 10, 3, 2).transpose(0, 2, 3, 1).reshape(16, 60)
            out[name] = {"kernel": kernel.T, "bias": get("bias")}
    return {name: {role: np.ascontiguousarray(v) for role, v in group.items()} for name, group in out.items()}


def legacy_h5(state, path):
    stored = tensors(state)
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = "2.9.0"
        file.attrs["backend"] = "tensorflow"
        file.attrs["model_config"] = json.dumps(config(2))
        root = file.create_group("model_weights")
        root.attrs["layer_names"] = [name.encode() for _, name, _ in LAYERS]
        root.attrs["backend"] = "tensorflow"
        root.attrs["keras_version"] = "2.9.0"
        for _, name, _ in LAYERS:
            group = root.create_group(name)
            values = stored.get(name, {})
            group.attrs["weight_names"] = [f"{name}/{role}:0".encode() for role in values]
            for role, value in values.items():
                group.create_dataset(f"{name}/{role}:0", data=value)


def weights_h5(state, path):
    with h5py.File(path, "w") as file:
        for name, values in tensors(state).items():
            group = file.create_group(f"layers/{PATHS[name]}/vars")
            for i, value in enumerate(values.values()):
                group.create_dataset(str(i), data=value)
