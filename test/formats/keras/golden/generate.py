"""Writes the models that the readers of Keras's formats are tested with, and what Keras itself computes with them.

    pip install keras jax scipy h5py && KERAS_BACKEND=jax python generate.py

The weights are random. The input is the picture whose element i, in height, width, channels, is sin(0.1 i).
"""

import json
import os

import keras
import numpy as np
from keras import layers as L

os.chdir(os.path.dirname(os.path.abspath(__file__)))
rng = np.random.default_rng(7)


def randomise(model):
    for variable in model.variables:
        # What a Normalization layer learnt is fixed once it is adapted.
        if "seed_generator" in variable.path or variable.path.startswith("scale/"):
            continue
        noise = rng.normal(size=variable.shape) * 0.3
        if "variance" in variable.path or "gamma" in variable.path:
            noise = 1 + np.abs(noise)
        variable.assign(noise)


def sequential():
    model = keras.Sequential(
        [
            L.Input((13, 11, 3)),
            L.Conv2D(6, 3, strides=2, padding="same", activation="relu", name="first"),
            L.BatchNormalization(scale=False),
            L.DepthwiseConv2D((3, 2), depth_multiplier=2, padding="same", use_bias=False),
            L.ReLU(max_value=6),
            L.SeparableConv2D(8, 3, depth_multiplier=2, dilation_rate=1, activation="hard_sigmoid"),
            L.MaxPooling2D(3, strides=2, padding="same"),
            L.Dropout(0.3),
            L.Flatten(),
            L.BatchNormalization(),
            L.Activation("tanh"),
            L.Dense(7, activation="relu6"),
            L.Dense(5, activation="softmax"),
        ],
        name="small",
    )
    return model


def functional():
    inner_in = L.Input((None, None, 4))
    inner = L.Conv2D(4, 3, padding="same", name="conv")(inner_in)
    inner = keras.Model(inner_in, L.Add()([inner, inner_in]), name="block")
    squeeze = keras.Sequential(
        [L.GlobalAveragePooling2D(keepdims=True), L.Conv2D(4, 1, activation="sigmoid", name="conv")], name="squeeze"
    )
    shared = L.Conv2D(4, 3, dilation_rate=2, padding="same", name="shared")
    scale = L.Normalization(axis=-1, name="scale")
    scale.adapt(rng.normal(size=(20, 10, 10, 3)) + 2)

    start = L.Input((10, 10, 3), name="picture")
    x = L.Rescaling(0.5, offset=0.1)(start)
    x = scale(x)
    x = L.ZeroPadding2D(((1, 2), (0, 1)))(x)
    x = L.Conv2D(8, 3, groups=1, name="conv")(x)
    x = L.Conv2D(4, 3, groups=4, name="grouped")(x)
    x = L.LeakyReLU(negative_slope=0.2)(x)
    x = inner(x)
    x = L.Multiply()([x, squeeze(x)])
    a = L.Activation("gelu")(shared(x))
    b = L.Activation("silu")(shared(a))
    x = L.Concatenate()([a, b, L.ELU(0.5)(x)])
    x = L.Dense(6, name="on_map")(x)
    x = x - L.ReLU(6.0)(3.0 - x) * 0.25
    x = L.AveragePooling2D(2, padding="same")(x)
    y = L.GlobalMaxPooling2D()(x)
    flat = L.Flatten()(x)
    both = L.Concatenate()([flat, y])
    out = L.Dense(5, activation="hard_swish", name="head")(both)
    return keras.Model(start, out, name="branches")


def image(shape):
    return np.sin(0.1 * np.arange(np.prod(shape))).reshape((1, *shape)).astype("float32")


golden = {}
for build in (sequential, functional):
    model = build()
    randomise(model)
    name = model.name
    # The format of Keras 1 and 2, which Keras 3 still writes.
    model.save(f"{name}.h5")
    model.save(f"{name}.keras")
    golden[name] = np.asarray(model(image(model.input_shape[1:]), training=False)).ravel().tolist()
with open("outputs.json", "w") as file:
    json.dump(golden, file, indent=1)
