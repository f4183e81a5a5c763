#!/usr/bin/python3
"""Folds of whole groups as scikit-learn deals them: /usr/bin/python3 test/golden/make_folds.py

Groups differ in size and mixture, so that no order has to be agreed on. Writes folds.json beside itself.
"""

import numpy as np
import sklearn
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

from cases import write


def example(seed, groups, classes, folds):
    rng = np.random.default_rng(seed)
    while True:
        counts = rng.integers(0, 9, (groups, classes))
        sizes, spread = counts.sum(1), counts.std(1).round(9)
        if len(set(sizes)) == groups and len(set(spread)) == groups and sizes.min() > 0:
            break
    rows = [(label, group) for group in range(groups) for label in range(classes) for _ in range(counts[group, label])]
    rng.shuffle(rows)
    labels, of = np.array(rows).T
    deal = lambda splitter: [sorted(map(int, part)) for _, part in splitter.split(labels, labels, of)]
    return {
        "labels": labels.tolist(),
        "groups": of.tolist(),
        "stratified": deal(StratifiedGroupKFold(folds)),
        "plain": deal(GroupKFold(folds)),
    }


def main():
    cases = [example(1, 8, 2, 3), example(2, 12, 3, 4), example(3, 9, 4, 2)]
    write("folds.json", {"sklearn": sklearn.__version__, "examples": cases})


if __name__ == "__main__":
    main()
