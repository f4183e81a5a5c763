#!/usr/bin/python3
"""Measurements with missing values as scikit-learn prepares them: /usr/bin/python3 test/golden/make_standardize.py

Standardised columns, 0 for what is missing, marks of what is. Writes standardize.json beside itself; null is NaN.
"""

import warnings

import numpy as np
import sklearn
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

from cases import write

warnings.simplefilter("ignore")


def rows(rng, count):
    values = rng.normal([0, 100, -3, 5], [1, 20, 0.01, 0], (count, 4))
    values[rng.random((count, 4)) < 0.3] = np.nan
    values[:, 3] = np.where(np.isnan(values[:, 3]), np.nan, 5)  # a column that doesn't vary
    return values.round(6)


def plain(values):
    return [[None if np.isnan(value) else float(value) for value in row] for row in values]


def main():
    rng = np.random.default_rng(5)
    train, test = rows(rng, 12), rows(rng, 5)
    zeros = make_pipeline(StandardScaler(), SimpleImputer(strategy="constant", fill_value=0))
    both = make_union(zeros, MissingIndicator(features="all")).fit(train)
    scaler = StandardScaler().fit(train)
    write("standardize.json", {
        "sklearn": sklearn.__version__,
        "train": plain(train),
        "test": plain(test),
        "mean": scaler.mean_.tolist(),
        "scale": scaler.scale_.tolist(),
        "standardized": both.transform(test).astype(float).tolist(),
    })


if __name__ == "__main__":
    main()
