#!/usr/bin/python3
"""Golden numbers of several labels a picture: /usr/bin/python3 test/golden/make_labels.py

Thresholds chosen on one half of the examples by scikit-learn's precision-recall curve, figures of the other half. Writes labels.json.
"""

import json
import os
import warnings

import numpy as np
from sklearn import metrics as m

warnings.simplefilter("ignore")
COUNT, LABELS = 40, 4


def answers(rng):
    """The last label is rare, and none of the examples of the second half has it."""
    truth = (rng.random((COUNT, LABELS)) < [0.5, 0.3, 0.6, 0.1]).astype(int)
    scores = np.round(np.clip(0.5 + 0.3 * (truth - 0.5) + 0.25 * rng.standard_normal(truth.shape), 0.01, 0.99), 3)
    truth[COUNT // 2 :, 3] = 0
    return truth, scores


def threshold(truth, scores):
    precision, recall, thresholds = m.precision_recall_curve(truth, scores)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    best = np.flatnonzero(f1[:-1] == f1[:-1].max())[-1]
    return float(thresholds[best])


truth, scores = answers(np.random.default_rng(3))
half = COUNT // 2
thresholds = [threshold(truth[:half, c], scores[:half, c]) for c in range(LABELS)]
said = (scores[half:] >= thresholds).astype(int)
real = truth[half:]
precision, recall, f1, support = m.precision_recall_fscore_support(real, said, zero_division=0)
average = [m.average_precision_score(real[:, c], scores[half:, c]) if real[:, c].any() else None for c in range(LABELS)]
found = {
    "macroF1": m.f1_score(real, said, average="macro", zero_division=0),
    "microF1": m.f1_score(real, said, average="micro"),
    "meanAveragePrecision": float(np.mean([value for value in average if value is not None])),
    "exact": m.accuracy_score(real, said),
    "precision": precision.tolist(),
    "recall": recall.tolist(),
    "f1": f1.tolist(),
    "support": support.tolist(),
    "averagePrecision": average,
}
with open(os.path.join(os.path.dirname(__file__), "labels.json"), "w", encoding="utf-8") as file:
    json.dump({"truth": truth.tolist(), "scores": scores.tolist(), "thresholds": thresholds, "found": found}, file)
    file.write("\n")
