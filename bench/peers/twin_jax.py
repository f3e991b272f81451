#!/usr/bin/env python3
"""The models of src/study/models in JAX, trained on what export-twin.ts wrote: one jitted step with donated
buffers, one thread, the published objective, mean pooling, and only the part of the last layer that is read.

usage: twin_jax.py FOLDER

Takes one step, prints {"version", "ceiling", "loss", "firstStepSeconds"}, and then takes N steps for every number
N that it reads and prints {"samples"}, as twin.py does.
"""

import functools
import json
import math
import os
import statistics
import sys
import time

# JAX takes as many threads as it may use cores.
os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import jax
import jax.numpy as jnp
import numpy as np

NORM_EPSILON = 1e-5
FARTHEST = 6


def read(folder, entry, kind):
    values = np.fromfile(os.path.join(folder, entry["file"]), dtype=kind)
    return jnp.asarray(values.reshape(entry["shape"]))


def linear(p, name, x):
    return x @ p[name + ".weight"] + p[name + ".bias"]


def normalise(x):
    return jax.nn.standardize(x, axis=-1, epsilon=NORM_EPSILON)


def roles(length):
    return np.array([3 if t in (0, length - 1) else t % 3 for t in range(length)])


def distances(length):
    t = np.arange(length)
    rows = np.clip(t[None, :] - t[:, None], -FARTHEST, FARTHEST) + FARTHEST
    mark = (t == 0) | (t == length - 1)
    return np.where(mark[:, None] | mark[None, :], 2 * FARTHEST + 1, rows)


def embed(p, batch):
    length = batch["tokens"].shape[1]
    x = p["tokens.table"][batch["tokens"]] + p["positions.slots"][batch["slots"]]
    return x + p["positions.roles"][roles(length)]


def heads(p, layer, x, count):
    """Queries, keys and values of every head, each [B, H, T, h]."""
    batch, length, width = x.shape
    rows = linear(p, f"layer{layer}.attention.in", x)
    split = rows.reshape(batch, length, 3, count, width // count)
    return tuple(split.transpose(2, 0, 3, 1, 4))


def merge(p, layer, mixed):
    batch, count, length, size = mixed.shape
    rows = mixed.transpose(0, 2, 1, 3).reshape(batch, length, count * size)
    return linear(p, f"layer{layer}.attention.out", rows)


def hidden(p, layer, x):
    return jax.nn.relu(linear(p, f"layer{layer}.feedForward.in", normalise(x)))


def feed_forward(p, layer, x):
    return x + linear(p, f"layer{layer}.feedForward.out", hidden(p, layer, x))


def attend(p, layer, x, qkv):
    q, k, v = qkv
    bias = p[f"layer{layer}.attention.distance"][distances(x.shape[1])].transpose(2, 0, 1)
    scores = (q * q.shape[-1] ** -0.5) @ k.swapaxes(-1, -2) + bias[None]
    return x + merge(p, layer, jax.nn.softmax(scores, -1) @ v)


def query_vectors(p, model, batch):
    encoder = model["encoder"]
    x = embed(p, batch)
    last = encoder["layers"] - 1
    for layer in range(last + 1):
        x = attend(p, layer, x, heads(p, layer, normalise(x), encoder["heads"]))
        if layer < last:
            x = feed_forward(p, layer, x)
    units = hidden(p, last, x).mean(1)
    pooled = x.mean(1) + linear(p, f"layer{last}.feedForward.out", units)
    return linear(p, "projection", normalise(pooled))


def key_layer(p, layer, k, v, y, count):
    q, own_key, own_value = heads(p, layer, normalise(y), count)
    q = q * q.shape[-1] ** -0.5
    on_query = q @ k.swapaxes(-1, -2)
    on_itself = (q * own_key).sum(-1, keepdims=True)
    on_itself = jnp.broadcast_to(on_itself, (*on_query.shape[:-1], 1))
    weights = jax.nn.softmax(jnp.concatenate([on_query, on_itself], -1), -1)
    mixed = weights[..., :-1] @ v + weights[..., -1:] * own_value
    return feed_forward(p, layer, y + merge(p, layer, mixed))


def pair_scores(p, model, batch):
    """Non-contrastive scores of all keys, packed: [B, K]."""
    encoder = model["encoder"]
    last = max(1, math.floor(encoder["layers"] / 2 + 0.5)) - 1
    x, y = embed(p, batch), p["keys.tokens"][None]
    for layer in range(last + 1):
        qkv = heads(p, layer, normalise(x), encoder["heads"])
        y = key_layer(p, layer, qkv[1], qkv[2], y, encoder["heads"])
        if layer < last:
            x = feed_forward(p, layer, attend(p, layer, x, qkv))
    return linear(p, "head.out", jax.nn.relu(linear(p, "head.in", normalise(y))))[..., 0]


def cross_entropy(scores, labels):
    return -jnp.take_along_axis(jax.nn.log_softmax(scores, 1), labels[:, None], 1).mean()


def loss_of(p, model, batch):
    if model["model"] == "noncontrastive":
        return cross_entropy(pair_scores(p, model, batch), batch["keys"])
    scores = query_vectors(p, model, batch) @ p["keys.table"][batch["keys"]].T
    labels = jnp.arange(scores.shape[0])
    return (cross_entropy(scores, labels) + cross_entropy(scores.T, labels)) / 2


def step(config, state, batch):
    p, first, second, done = state
    adam = config["adam"]
    loss, gradients = jax.value_and_grad(loss_of)(p, config["model"], batch)
    norm = jnp.sqrt(sum(jnp.vdot(g, g) for g in gradients.values()))
    scale = adam["clipNorm"] / jnp.maximum(norm, adam["clipNorm"])
    done = done + 1
    b1, b2 = adam["beta1"], adam["beta2"]

    def moved(name):
        g = gradients[name] * scale
        m = b1 * first[name] + (1 - b1) * g
        v = b2 * second[name] + (1 - b2) * g * g
        rate = config["learningRates"][0] * (config["keyRate"] if name == "keys.table" else 1)
        root = jnp.sqrt(v / (1 - b2**done)) + adam["epsilon"]
        return p[name] - rate * (m / (1 - b1**done)) / root, m, v

    new = {name: moved(name) for name in p}
    parts = tuple({name: values[i] for name, values in new.items()} for i in range(3))
    return loss, (*parts, done)


def timed(run):
    start, used = time.perf_counter(), time.process_time()
    jax.block_until_ready(run())
    used = time.process_time() - used
    return {"ms": (time.perf_counter() - start) * 1e3, "cpuMs": used * 1e3}


def product_speed(size=1024, times=9):
    a, b = (jnp.asarray(np.random.rand(size, size).astype(np.float32)) for _ in range(2))
    product = jax.jit(jnp.matmul)
    product(a, b).block_until_ready()
    return 2 * size**3 / statistics.median(timed(lambda: product(a, b))["ms"] for _ in range(times)) / 1e6


def main():
    folder = sys.argv[1]
    with open(os.path.join(folder, "twin.json"), encoding="utf8") as file:
        config = json.load(file)
    p = {name: read(folder, entry, np.float32) for name, entry in config["parameters"].items()}
    batches = {name: read(folder, entry, entry["dtype"]) for name, entry in config["batches"].items()}
    batch = {name: batches[name][0] for name in ("tokens", "slots", "keys")}
    zeros = {name: jnp.zeros_like(values) for name, values in p.items()}
    state = (p, zeros, {name: jnp.zeros_like(values) for name, values in p.items()}, jnp.float32(0))
    jitted = jax.jit(functools.partial(step, config), donate_argnums=0)
    ceiling = product_speed()
    start = time.perf_counter()
    loss, state = jitted(state, batch)
    first = {"version": jax.__version__, "ceiling": ceiling, "loss": float(loss)}
    print(json.dumps({**first, "firstStepSeconds": time.perf_counter() - start}), flush=True)

    def once():
        nonlocal state
        loss, state = jitted(state, batch)
        return loss, state

    for line in sys.stdin:
        print(json.dumps({"samples": [timed(once) for _ in range(int(line))]}), flush=True)


if __name__ == "__main__":
    main()
