"""Fits a polynomial by least squares. It needs nothing but Python."""

import csv
import json
import os


def solve(matrix, right):
    """Gaussian elimination with pivots; the matrix is square."""
    rows = [row + [value] for row, value in zip(matrix, right)]
    size = len(rows)
    for i in range(size):
        pivot = max(range(i, size), key=lambda row: abs(rows[row][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for j in range(i + 1, size):
            factor = rows[j][i] / rows[i][i]
            rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i])]
    solution = [0.0] * size
    for i in reversed(range(size)):
        known = sum(rows[i][j] * solution[j] for j in range(i + 1, size))
        solution[i] = (rows[i][size] - known) / rows[i][i]
    return solution


stage = json.load(open(os.environ["PIPE_STAGE"]))
degree = stage["params"]["degree"]
with open(stage["inputs"]["table"]) as file:
    points = [(float(row["x"]), float(row["y"])) for row in csv.DictReader(file)]

powers = range(degree + 1)
normal = [[sum(x ** (i + j) for x, _ in points) for j in powers] for i in powers]
moments = [sum(y * x**i for x, y in points) for i in powers]
coefficients = solve(normal, moments)


def value(x):
    return sum(c * x**i for i, c in enumerate(coefficients))


low, high = min(x for x, _ in points), max(x for x, _ in points)
with open(stage["outputs"]["curve"], "w") as file:
    print("x,y", file=file)
    for i in range(101):
        x = low + (high - low) * i / 100
        print(f"{x:.4f},{value(x):.4f}", file=file)

error = (sum((value(x) - y) ** 2 for x, y in points) / len(points)) ** 0.5
with open(stage["outputs"]["metrics"], "w") as file:
    json.dump({"error": round(error, 4)}, file)
