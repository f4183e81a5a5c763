#!/usr/bin/python3
"""Golden numbers of explanations: /usr/bin/python3 test/golden/make_explain.py

Grad-CAM of a small network with PyTorch's hooks in float64, neighbours by scikit-learn. Writes explain.json beside itself.
"""

import torch
from sklearn.neighbors import NearestNeighbors
from torch import nn
from torch.nn import functional as F

import weights
from cases import numbers, write


def network():
    model = nn.Sequential(
        nn.Conv2d(3, 5, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(5, 6, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(24, 4),
    ).double()
    for name, parameter in model.named_parameters():
        values = weights.uniform(f"explain/{name}", tuple(parameter.shape), 0.5)
        parameter.data = torch.from_numpy(values).double()
    return model


def cam(model, layer, images, classes):
    """Selvaraju et al. 2017, eq. 1 and 2; scaled to 1."""
    kept = {}
    handle = model[layer].register_forward_hook(lambda _, __, output: kept.update(map=output))
    score = model(images).gather(1, classes[:, None]).sum()
    handle.remove()
    gradient, = torch.autograd.grad(score, kept["map"])
    maps = F.relu((gradient.mean((2, 3), keepdim=True) * kept["map"]).sum(1))
    most = maps.amax((1, 2), keepdim=True)
    return torch.where(most > 0, maps / most, maps).detach()


def main():
    model = network()
    images = torch.from_numpy(weights.uniform("explain/images", (3, 3, 8, 10))).double()
    predicted = model(images).argmax(1)
    cases = []
    for layer, classes in [(4, predicted), (4, torch.tensor([3, 0, 2])), (1, torch.tensor([1, 1, 1])), (2, predicted)]:
        maps = cam(model, layer, images, classes)
        cases.append({"layer": str(layer), "classes": classes.tolist(), "shape": list(maps.shape), "maps": numbers(maps)})
    among = weights.uniform("explain/among", (20, 6))
    queries = weights.uniform("explain/queries", (4, 6))
    nearest = {}
    for metric in ["cosine", "euclidean"]:
        distances, indices = NearestNeighbors(n_neighbors=3, metric=metric).fit(among).kneighbors(queries)
        nearest[metric] = {"indices": indices.tolist(), "distances": distances.tolist()}
    features = model[:7](images)
    write("explain.json", {
        "predicted": predicted.tolist(), "gradCam": cases, "nearest": nearest,
        "embeddings": numbers(features),
    })


if __name__ == "__main__":
    main()
