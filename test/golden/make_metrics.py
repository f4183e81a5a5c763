#!/usr/bin/python3
"""Golden numbers of figures of merit: /usr/bin/python3 test/golden/make_metrics.py

What scikit-learn gives for classes, for two classes and for several labels; temperatures by SciPy. Writes metrics.json beside itself.
"""

import json
import os
import warnings

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_softmax, softmax
from scipy.stats import bootstrap
import sklearn
from sklearn import metrics as m
from sklearn.calibration import calibration_curve
from sklearn.preprocessing import label_binarize

import weights

warnings.simplefilter("ignore")
AVERAGES = ["macro", "micro", "weighted", None]


def plain(value):
    """For JSON: nested lists of floats."""
    return np.asarray(value, dtype=float).tolist()


def uniform(name, shape):
    return weights.uniform(f"metrics/{name}", shape).astype(float)


def scores(y_true, y_pred, averages, **options):
    results = []
    for zero_division in [0, 1]:
        for average in averages:
            for beta in [1, 2]:
                p, r, f, _ = m.precision_recall_fscore_support(
                    y_true, y_pred, average=average, beta=beta, zero_division=zero_division, **options)
                results.append({
                    "options": {"average": average, "zeroDivision": zero_division, **{
                        {"pos_label": "posLabel"}.get(k, k): v for k, v in options.items()}},
                    "beta": beta, "precision": plain(p), "recall": plain(r), "fscore": plain(f),
                })
    return results


def temperature(loss):
    return float(np.exp(minimize_scalar(lambda t: loss(np.exp(t)), bounds=(-4, 4), method="bounded",
                                        options={"xatol": 1e-12}).x))


def ece(confidence, right, bins):
    """Guo et al. 2017, eq. 3: bins (from, to]."""
    edges = np.linspace(0, 1, bins + 1)
    total = 0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return float(total)


def classes(name, n, width, sharp, unseen=()):
    """Labels, outputs that know something of them, and every figure. Classes of `unseen` don't occur."""
    present = [c for c in range(width) if c not in unseen]
    y = np.array([present[i * 7 % len(present)] if i % 5 else present[0] for i in range(n)])
    logits = sharp * uniform(name, (n, width)) + np.eye(width)[y] * sharp / 2
    probabilities = softmax(logits, 1)
    predicted = logits.argmax(1)
    case = {
        "name": name, "yTrue": plain(y), "logits": plain(logits), "yPred": plain(predicted),
        "probabilities": plain(probabilities),
        "accuracy": m.accuracy_score(y, predicted), "balanced": m.balanced_accuracy_score(y, predicted),
        "logLoss": m.log_loss(y, probabilities, labels=range(width)),
        "confusion": {str(by): plain(m.confusion_matrix(y, predicted, normalize=by)) for by in [None, "true", "pred", "all"]},
        "confusionOfThree": plain(m.confusion_matrix(y, predicted, labels=[2, 0, width])),
        "topK": [m.top_k_accuracy_score(y, np.round(logits, 1), k=k, labels=range(width)) for k in [1, 2, 3]],
        "rounded": plain(np.round(logits, 1)),
        "scores": scores(y, predicted, AVERAGES) + scores(y, predicted, AVERAGES, labels=[0, 2, width]),
        "support": plain(m.precision_recall_fscore_support(y, predicted)[3]),
        "ece": {bins: ece(probabilities.max(1), predicted == y, bins) for bins in [5, 15]},
        "temperature": temperature(lambda t: m.log_loss(y, softmax(logits / t, 1), labels=range(width), eps=1e-300)),
    }
    indicators = label_binarize(y, classes=range(width))
    case["averagePrecision"] = {str(a): plain(m.average_precision_score(indicators, probabilities, average=a))
                                for a in ["macro", "weighted", "micro", None]}
    if not unseen:
        case["rocAuc"] = {str(a): plain(m.roc_auc_score(y, probabilities, multi_class="ovr", average=a))
                          for a in ["macro", "weighted", "micro", None]}
    return case


def binary(name, n, digits):
    y = np.array([1 if i % 3 == 0 else 0 for i in range(n)])
    score = np.round(expit(2 * uniform(name, (n,)) + y), digits)
    predicted = (score > 0.5).astype(int)
    fpr, tpr, thresholds = m.roc_curve(y, score)
    every = m.roc_curve(y, score, drop_intermediate=False)
    other = m.roc_curve(y, score, pos_label=0)
    precision, recall, at = m.precision_recall_curve(y, score)
    prob_true, prob_pred = calibration_curve(y, score, n_bins=6)
    f1 = lambda a, b: m.f1_score(a, b)
    interval = bootstrap((y, predicted), f1, paired=True, vectorized=False, n_resamples=20000, method="percentile",
                         random_state=0)
    return {
        "name": name, "yTrue": plain(y), "yScore": plain(score), "yPred": plain(predicted),
        "roc": {"fpr": plain(fpr), "tpr": plain(tpr), "thresholds": plain(thresholds)},
        "rocEvery": {"fpr": plain(every[0]), "tpr": plain(every[1]), "thresholds": plain(every[2])},
        "rocOther": {"fpr": plain(other[0]), "tpr": plain(other[1]), "thresholds": plain(other[2])},
        "precisionRecall": {"precision": plain(precision), "recall": plain(recall), "thresholds": plain(at)},
        "auc": m.auc(fpr, tpr), "rocAuc": m.roc_auc_score(y, score),
        "averagePrecision": m.average_precision_score(y, score),
        "calibration": {"probTrue": plain(prob_true), "probPred": plain(prob_pred)},
        "scores": scores(y, predicted, ["binary"]) + scores(y, predicted, ["binary"], pos_label=0),
        "bootstrap": {"low": interval.confidence_interval.low, "high": interval.confidence_interval.high,
                      "standardError": interval.standard_error},
    }


def several(name, n, width):
    """Several labels an example; some have none."""
    y = (uniform(name + "/truth", (n, width)) > 0.3).astype(int)
    y[3] = 0
    logits = 2 * uniform(name, (n, width)) + y
    logits[3] = -1
    score = expit(logits)
    predicted = (score > 0.5).astype(int)
    ranked = np.delete(np.arange(n), np.where((y.sum(1) == 0) | (y.sum(1) == width))[0])
    best = []
    for label in range(width):
        precision, recall, thresholds = m.precision_recall_curve(y[:, label], score[:, label])
        f1 = [m.f1_score(y[:, label], score[:, label] >= t) for t in thresholds]
        best.append(float(max(f1)))
    loss = lambda t: float(-np.mean(np.log(np.where(y == 1, expit(logits / t), expit(-logits / t)))))
    return {
        "name": name, "yTrue": plain(y), "logits": plain(logits), "yScore": plain(score), "yPred": plain(predicted),
        "accuracy": m.accuracy_score(y, predicted),
        "scores": scores(y, predicted, AVERAGES + ["samples"]) + scores(y, predicted, AVERAGES, labels=[1, 0]),
        "rocAuc": {str(a): plain(m.roc_auc_score(y, score, average=a)) for a in ["macro", "weighted", "micro", None]},
        "ranked": plain(ranked),
        "rocAucOfSamples": m.roc_auc_score(y[ranked], score[ranked], average="samples"),
        "averagePrecision": {str(a): plain(m.average_precision_score(y, score, average=a))
                             for a in ["macro", "weighted", "micro", "samples", None]},
        "bestF1": best,
        "temperature": temperature(loss),
        "logLoss": loss(1.0),
        "ece": ece(np.maximum(score, 1 - score).ravel(), (predicted == y).ravel(), 10),
    }


def main():
    cases = {
        "classes": [classes("four classes", 40, 4, 3.0), classes("too sure", 60, 3, 12.0), classes("one unseen", 25, 5, 2.0, (3,))],
        "binary": [binary("scores", 30, 6), binary("scores with ties", 45, 1)],
        "several": [several("three labels", 24, 3)],
        "nothing": [
            {"yTrue": y_true, "yPred": y_pred, "scores": scores(y_true, y_pred, averages, **options)}
            for y_true, y_pred, averages, options in [
                ([0, 0, 0], [0, 0, 0], ["binary"], {}),
                ([0, 1, 1], [0, 0, 1], ["weighted", "macro", "micro"], {"labels": [5]}),
                ([0, 5, 5], [5, 0, 7], ["weighted"], {"labels": [7]}),
            ]
        ],
    }
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "metrics.json"), "w", encoding="utf8") as file:
        json.dump({"sklearn": sklearn.__version__, "cases": cases}, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
