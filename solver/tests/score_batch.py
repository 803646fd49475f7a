#!/usr/bin/env python3
"""Score many timetables in one go: a JSON list of cases on standard input, a list of scores on standard output.

A case is {"instance": file, "solution": timetable, "event": absence or null}. score.py does the scoring.
"""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "reference"))
sys.dont_write_bytecode = True
import score  # noqa: E402

files = {}
results = []
for case in json.load(sys.stdin):
    name = case["instance"]
    if name not in files:
        files[name] = json.load(open(name, encoding="utf-8"))
    results.append(score.score(files[name], case["solution"], case["event"]))
json.dump(results, sys.stdout)
