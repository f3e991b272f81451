"""Free embeddings as LIMIT's script optimises them (arXiv 2508.21038), in PyTorch: InfoNCE of all queries
with all documents, Adam, vectors scaled back to length 1 after each step.

Reads sparse judgements as JSON from standard input, answers with milliseconds per step as JSON.
"""

import json
import sys
import time

import torch


def main() -> None:
    task = json.load(sys.stdin)
    torch.set_num_threads(task["threads"])
    torch.manual_seed(1)
    queries, items, restarts, d = task["queries"], task["items"], task["restarts"], task["d"]
    relevant = torch.zeros(queries, items)
    for query, members in enumerate(task["sets"]):
        relevant[query, members] = 1
    # One restart after the other, as the script is run, or side by side in batched products.
    batch = restarts if task["batched"] else 1
    q = torch.nn.Parameter(torch.nn.functional.normalize(torch.randn(batch, queries, d), dim=-1))
    k = torch.nn.Parameter(torch.nn.functional.normalize(torch.randn(batch, items, d), dim=-1))
    optimizer = torch.optim.Adam([q, k], lr=0.01)
    pairs = relevant.sum()

    def step() -> float:
        optimizer.zero_grad(set_to_none=True)
        logits = q @ k.transpose(1, 2) / 0.1
        loss = -(torch.log_softmax(logits, dim=-1) * relevant).sum() / pairs
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            q.copy_(torch.nn.functional.normalize(q, dim=-1))
            k.copy_(torch.nn.functional.normalize(k, dim=-1))
        return loss.item()

    step()
    started = time.perf_counter()
    for _ in range(task["steps"]):
        loss = step()
    seconds = time.perf_counter() - started
    rounds = 1 if task["batched"] else restarts
    milliseconds = 1000 * seconds / task["steps"] * rounds
    print(json.dumps({"version": torch.__version__, "milliseconds": milliseconds, "loss": loss}))


main()
