#!/usr/bin/env python3
"""The models of src/study/models in idiomatic eager PyTorch, trained on the weights and batches that
export-twin.ts wrote: the reference for our results and the peer for our speed. One thread.

usage: twin.py FOLDER [--steps N | --serve] [--as-ours] [--compile]

Prints one JSON line {"step", "loss", "gradientNorm"} per step. With --serve it takes one step, prints
{"version", "ceiling", "loss", "firstStepSeconds"}, where ceiling is the GFLOP/s of a large product, and then
takes N steps for every number N that it reads and prints {"samples"}, a list of {"ms", "cpuMs"}. --as-ours
computes only the part of the last layer that is read, as our models do; without it the last layer is computed
in full, as PyTorch users write it. --compile compiles loss and gradients with torch.compile, and Adam is fused.
"""

import argparse
import json
import math
import os
import statistics
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

UNSEEN = -1e9
NORM_EPSILON = 1e-5
FARTHEST = 6
SMALLEST_SHARE = 1e-9


def read(folder, name, kind, shape):
    values = np.fromfile(os.path.join(folder, name), dtype=kind)
    return torch.from_numpy(values.reshape(shape))


class Twin:
    """One of the two models, its loss and its optimizer. Weights are [out, in], as F.linear takes them."""

    def __init__(self, folder, as_ours, compiled):
        with open(os.path.join(folder, "twin.json"), encoding="utf8") as file:
            self.config = config = json.load(file)
        self.as_ours = as_ours
        self.model = config["model"]
        self.encoder = config["model"]["encoder"]
        self.p = {}
        for name, entry in config["parameters"].items():
            values = read(folder, entry["file"], np.float32, entry["shape"])
            if name.endswith(".weight"):
                values = values.t().contiguous()
            self.p[name] = values.clone().requires_grad_(True)
        self.batches = {
            name: read(folder, entry["file"], np.dtype(entry["dtype"]), entry["shape"])
            for name, entry in config["batches"].items()
        }
        for name in ("tokens", "slots", "keys"):
            if name in self.batches:
                self.batches[name] = self.batches[name].long()
        slow = [p for name, p in self.p.items() if name != "keys.table"]
        groups = [{"params": slow, "factor": 1.0}]
        if "keys.table" in self.p:
            groups.append({"params": [self.p["keys.table"]], "factor": config["keyRate"]})
        adam = config["adam"]
        self.optimizer = torch.optim.Adam(
            groups, lr=0.0, betas=(adam["beta1"], adam["beta2"]), eps=adam["epsilon"], fused=compiled or None
        )
        self.loss_of = torch.compile(self.loss) if compiled else self.loss
        self.trained = list(self.p.values())

    def batch(self, step):
        return {name: values[step % len(values)] for name, values in self.batches.items()}

    # Layers

    def linear(self, name, x):
        return F.linear(x, self.p[name + ".weight"], self.p[name + ".bias"])

    @staticmethod
    def normalise(x):
        return F.layer_norm(x, x.shape[-1:], eps=NORM_EPSILON)

    def embed(self, batch):
        x = F.embedding(batch["tokens"], self.p["tokens.table"])
        if "slots" not in batch:
            return x
        length = x.shape[1]
        roles = torch.tensor([3 if t in (0, length - 1) else t % 3 for t in range(length)])
        x = x + F.embedding(batch["slots"], self.p["positions.slots"])
        return x + F.embedding(roles, self.p["positions.roles"])

    def bias(self, layer, batch):
        """Added to attention scores; broadcasts to [B, H, T, T]."""
        if "present" in batch:
            return ((1 - batch["present"]) * UNSEEN)[:, None, None, :]
        length = batch["tokens"].shape[1]
        t = torch.arange(length)
        rows = (t[None, :] - t[:, None]).clamp(-FARTHEST, FARTHEST) + FARTHEST
        mark = (t == 0) | (t == length - 1)
        rows = torch.where(mark[:, None] | mark[None, :], 2 * FARTHEST + 1, rows)
        table = self.p[f"layer{layer}.attention.distance"]
        return F.embedding(rows, table).permute(2, 0, 1)[None]

    def heads(self, layer, x, first=0, last=3):
        """Of [query, key, value] those asked for, each [B, H, T, h]."""
        batch, length, width = x.shape
        heads = self.encoder["heads"]
        weight = self.p[f"layer{layer}.attention.in.weight"]
        bias = self.p[f"layer{layer}.attention.in.bias"]
        if last - first < 3:
            weight, bias = (some[first * width : last * width] for some in (weight, bias))
        rows = F.linear(x, weight, bias)
        split = rows.view(batch, length, last - first, heads, width // heads)
        return split.permute(2, 0, 3, 1, 4).unbind(0)

    def attention(self, q, k, v, bias):
        scores = torch.matmul(q * q.shape[-1] ** -0.5, k.transpose(-1, -2))
        weights = F.softmax(scores if bias is None else scores + bias, dim=-1)
        return torch.matmul(weights, v)

    def merge(self, layer, mixed):
        batch, heads, length, size = mixed.shape
        rows = mixed.transpose(1, 2).reshape(batch, length, heads * size)
        return self.linear(f"layer{layer}.attention.out", rows)

    def hidden(self, layer, x):
        return F.relu(self.linear(f"layer{layer}.feedForward.in", self.normalise(x)))

    def feed_forward(self, layer, x):
        return x + self.linear(f"layer{layer}.feedForward.out", self.hidden(layer, x))

    def attend(self, layer, x, qkv, batch):
        return x + self.merge(layer, self.attention(*qkv, self.bias(layer, batch)))

    def encoder_layer(self, layer, x, qkv, batch):
        return self.feed_forward(layer, self.attend(layer, x, qkv, batch))

    def pool(self, x, batch):
        if "present" not in batch:
            return x.mean(1)
        share = batch["present"] / batch["present"].sum(1, keepdim=True)
        return torch.einsum("bt,btn->bn", share, x)

    def encode(self, batch):
        x = self.embed(batch)
        last = self.encoder["layers"] - 1
        for layer in range(last):
            x = self.encoder_layer(layer, x, self.heads(layer, self.normalise(x)), batch)
        mean = self.encoder["pooling"] == "mean"
        if not self.as_ours:
            x = self.encoder_layer(last, x, self.heads(last, self.normalise(x)), batch)
            return self.pool(x, batch) if mean else x[:, 0]
        z = self.normalise(x)
        if mean:
            x = self.attend(last, x, self.heads(last, z), batch)
            units = self.pool(self.hidden(last, x), batch)
            return self.pool(x, batch) + self.linear(f"layer{last}.feedForward.out", units)
        (q,) = self.heads(last, z[:, :1], 0, 1)
        k, v = self.heads(last, z, 1, 3)
        bias = self.bias(last, batch)[:, :, :1]
        start = x[:, :1] + self.merge(last, self.attention(q, k, v, bias))
        return self.feed_forward(last, start)[:, 0]

    # Models

    def query_vectors(self, batch):
        return self.linear("projection", self.normalise(self.encode(batch)))

    def pair_scores(self, batch):
        """Non-contrastive scores of all keys, packed: [B, K]."""
        last = max(1, math.floor(self.encoder["layers"] / 2 + 0.5)) - 1
        x = self.embed(batch)
        y = self.p["keys.tokens"][None]
        for layer in range(last + 1):
            z = self.normalise(x)
            if layer < last:
                qkv = self.heads(layer, z)
            else:
                qkv = (None, *self.heads(layer, z, 1, 3))
            y = self.key_layer(layer, qkv[1], qkv[2], y, batch)
            if layer < last:
                x = self.encoder_layer(layer, x, qkv, batch)
        read_out = F.relu(self.linear("head.in", self.normalise(y)))
        return self.linear("head.out", read_out).squeeze(-1)

    def key_layer(self, layer, k, v, y, batch):
        q, own_key, own_value = self.heads(layer, self.normalise(y))
        q = q * q.shape[-1] ** -0.5
        on_query = torch.matmul(q, k.transpose(-1, -2))
        if "present" in batch:
            on_query = on_query + self.bias(layer, batch)
        on_itself = (q * own_key).sum(-1, keepdim=True).expand(*on_query.shape[:-1], 1)
        weights = F.softmax(torch.cat([on_query, on_itself], -1), dim=-1)
        mixed = torch.matmul(weights[..., :-1], v) + weights[..., -1:] * own_value
        return self.feed_forward(layer, y + self.merge(layer, mixed))

    def loss(self, batch):
        sampled = self.config["objective"] == "sampled"
        size = batch["tokens"].shape[0]
        if self.model["model"] == "noncontrastive":
            scores = self.pair_scores(batch)
            if sampled:
                return F.cross_entropy(scores, batch["keys"])
            return -(batch["shares"] * F.log_softmax(scores, -1)).sum() / size
        queries, table = self.query_vectors(batch), self.p["keys.table"]
        if sampled:
            scores = queries @ F.embedding(batch["keys"], table).t()
            labels = torch.arange(size)
            return (F.cross_entropy(scores, labels) + F.cross_entropy(scores.t(), labels)) / 2
        scores = queries @ table.t()
        shares = batch["shares"]
        counts = shares.sum(0)
        prior = counts.clamp(min=SMALLEST_SHARE).log()
        rows = torch.logsumexp(scores + prior, 1).sum()
        columns = (counts * torch.logsumexp(scores, 0)).sum()
        return ((rows + columns) / 2 - (shares * scores).sum()) / size

    def step(self, number):
        rates = self.config["learningRates"]
        for group in self.optimizer.param_groups:
            group["lr"] = rates[number % len(rates)] * group["factor"]
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss_of(self.batch(number))
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.trained, self.config["adam"]["clipNorm"])
        self.optimizer.step()
        return loss.item(), norm.item()


def timed(run):
    start, used = time.perf_counter(), time.process_time()
    run()
    used = time.process_time() - used
    return {"ms": (time.perf_counter() - start) * 1e3, "cpuMs": used * 1e3}


def product_speed(size=1024, times=9):
    a, b = torch.rand(size, size), torch.rand(size, size)
    return 2 * size**3 / statistics.median(timed(lambda: a @ b)["ms"] for _ in range(times)) / 1e6


def serve(twin):
    ceiling = product_speed()
    start = time.perf_counter()
    loss, _ = twin.step(0)
    first = {"version": torch.__version__, "ceiling": ceiling, "loss": loss}
    print(json.dumps({**first, "firstStepSeconds": time.perf_counter() - start}), flush=True)
    done = 1
    for line in sys.stdin:
        samples = []
        for _ in range(int(line)):
            samples.append(timed(lambda: twin.step(done)))
            done += 1
        print(json.dumps({"samples": samples}), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--as-ours", action="store_true")
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    twin = Twin(options.folder, options.as_ours, options.compile)
    if options.serve:
        serve(twin)
        return
    for number in range(options.steps):
        loss, norm = twin.step(number)
        print(json.dumps({"step": number + 1, "loss": loss, "gradientNorm": norm}), flush=True)


if __name__ == "__main__":
    main()
