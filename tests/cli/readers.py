#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens a result, panel or claims file with every reader that is installed and compares what they see.

usage: readers.py FILE.h5          exit 0: every installed reader agrees; 1: one does not
A reader that is not installed is named and left out; h5py must be there.
"""
import importlib
import shutil
import subprocess
import sys
import traceback

import h5py
import numpy as np


def have(module):
    try:
        return importlib.import_module(module)
    except ImportError:
        print(f"left out: {module} is not installed")
        return None


def same(a, b):
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype.kind in "OSU" or b.dtype.kind in "OSU":
        return [str(x) for x in a.ravel()] == [str(x) for x in b.ravel()]
    return a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def with_h5py(path):
    """The reference: name -> (dimensions, values); and the rules that h5py can see."""
    seen = {}
    with h5py.File(path, "r") as file:
        for name, item in file.items():
            if not isinstance(item, h5py.Dataset):
                continue
            for key in ("long_name", "long_name_zh", "units"):
                assert key in item.attrs, f"{name} has no {key}"
            dims = tuple(d[0].name.lstrip("/") if len(d) else None for d in item.dims)
            if item.attrs.get("CLASS") == b"DIMENSION_SCALE":
                dims = (name,)
            assert None not in dims, f"{name} has an axis without a scale"
            text = h5py.check_string_dtype(item.dtype)
            assert text is None or (text.length is None and text.encoding == "utf-8"), f"{name}: fixed length"
            assert h5py.check_enum_dtype(item.dtype) is None, f"{name}: enum"
            seen[name] = dims, item.asstr()[...] if text else item[...]
        for key in ("program", "version", "revision", "scenario", "scenario_sha256", "seed"):
            assert key in file.attrs, f"no attribute {key}"
    return seen


def with_xarray(path, engine, seen):
    xarray = have("xarray")
    if xarray is None or have(engine.replace("netcdf4", "netCDF4") if engine == "netcdf4" else engine) is None:
        return
    with xarray.open_dataset(path, engine=engine, decode_times=False) as data:
        assert set(data.variables) == set(seen), set(data.variables) ^ set(seen)
        for name, (dims, values) in seen.items():
            assert data[name].dims == dims, (name, data[name].dims, dims)
            assert same(data[name].values, values), name
    with xarray.open_dataset(path, engine=engine) as data:
        spans = [name for name in seen if data[name].dtype.kind == "m"]
        assert not spans, f"{spans}: units that xarray takes for spans of time"
        if "time" in data:
            first = str(data.time.values[0])[:10]
            assert first == data.attrs["start"] + "-01", first
            days = [str(value)[8:10] for value in data.time.values]
            assert set(days) == {"01"}, "time is not the first day of each month"
    with h5py.File(path, "r") as file:
        if "parameters" in file:
            with xarray.open_dataset(path, engine=engine, group="parameters") as group:
                texts = {key: value.decode() for key, value in file["parameters"].attrs.items()}
                assert dict(group.attrs) == texts, "the parameters differ"
    print(f"xarray, {engine}: {len(seen)} variables agree")


def with_netcdf4(path, seen):
    library = have("netCDF4")
    if library is None:
        return
    with library.Dataset(path) as data:
        data.set_auto_mask(False)
        assert set(data.variables) == set(seen)
        for name, (dims, values) in seen.items():
            assert data[name].dimensions == dims, name
            assert same(data[name][...], values), name
    print(f"netCDF4: {len(seen)} variables agree")


def with_pandas(path, seen):
    """A table file becomes a frame; of a result one series becomes a long one."""
    if have("pandas") is None or have("xarray") is None:
        return
    import xarray

    with xarray.open_dataset(path) as data:
        if "row" in seen:
            frame = data.to_dataframe()
            assert len(frame) == len(seen["row"][1])
        else:
            name = next(n for n, (dims, _) in seen.items() if len(dims) >= 3)
            frame = data[name].to_dataframe()
            assert len(frame) == data[name].size
    print(f"pandas: {len(frame)} rows")


def with_programs(path):
    for program, arguments in (("ncdump", ["-h"]), ("ncdump", []), ("h5dump", ["-H"])):
        if shutil.which(program) is None:
            print(f"left out: {program} is not installed")
            continue
        done = subprocess.run([program, *arguments, path], capture_output=True)
        assert done.returncode == 0, (program, done.stderr)
        print(f"{program} {' '.join(arguments)}: {len(done.stdout)} bytes")


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    path = sys.argv[1]
    try:
        seen = with_h5py(path)
        print(f"h5py: {len(seen)} variables")
        for engine in ("h5netcdf", "netcdf4"):
            with_xarray(path, engine, seen)
        with_netcdf4(path, seen)
        with_pandas(path, seen)
        with_programs(path)
    except AssertionError as what:
        traceback.print_exc()
        print(f"{path}: readers disagree {what}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
