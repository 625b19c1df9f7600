"""Compare two HDF5 files data set by data set with h5py, and read the second with the nir package when it can be imported.

python3 compare.py ORIGINAL WRITTEN -> one line of JSON: values, differing, nir
"""

import json
import sys

import h5py
import numpy as np


def contents(path):
    found = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            found[name] = item[()]

    with h5py.File(path, "r") as file:
        file.visititems(visit)
    return found


def equal(a, b):
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        return False
    if a.dtype.kind in "OS":
        return bool(np.array_equal(a.astype(object), b.astype(object)))
    return a.dtype == b.dtype and bool(np.array_equal(a, b))


def read_by_nir(original, written):
    try:
        import nir
    except ImportError as error:
        return f"by h5py; the nir package is not installed: {error}"
    graphs = []
    for path in (original, written):
        try:
            graphs.append(nir.read(path))
            how = "typed"
        except Exception:  # its own type check refuses some sound files
            graphs.append(nir.read(path, type_check=False))
            how = "untyped"
    first, second = graphs
    if set(first.edges) != set(second.edges) or set(first.nodes) != set(second.nodes):
        raise SystemExit("nir.read: other nodes or edges")
    for name in first.nodes:
        a, b = first.nodes[name].to_dict(), second.nodes[name].to_dict()
        for key in a:
            if not isinstance(a[key], dict) and not equal(a[key], b[key]):
                raise SystemExit(f"nir.read: {name}.{key} differs")
    return f"by h5py and nir.read, {how}"


original, written = sys.argv[1:3]
one, two = contents(original), contents(written)
names = set(one) | set(two)
differing = [name for name in names if name not in one or name not in two or not equal(one[name], two[name])]
print(json.dumps({"values": len(names), "differing": len(differing), "nir": read_by_nir(original, written)}))
