#!/usr/bin/python3
"""The names of PyTorch that the guide for those who come from it uses: /usr/bin/python3 test/golden/make_names.py

Looks each up in PyTorch itself, and writes those that are there to torch_names.json beside itself.
"""

import importlib
import os
import re

import torch

from cases import HERE, write

GUIDE = os.path.join(HERE, "../../docs/guides/migrating.md")


def exists(name):
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:end]))
        except ImportError:
            continue
        for part in parts[end:]:
            found = getattr(found, part, None)
        return found is not None
    return False


def main():
    with open(GUIDE, encoding="utf-8") as file:
        named = re.findall(r"^\| `(torch[\w.]*)` \|", file.read(), re.MULTILINE)
    names = sorted(filter(exists, set(named)))
    write("torch_names.json", names)


if __name__ == "__main__":
    main()
