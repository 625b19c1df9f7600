"""The peers of the engine's benchmark. Requests and answers are JSON, one to a line; see bench/peer-process.ts.

A network comes as plain data with its weights, so that its shape is written down once, in bench/workloads.ts.
"""

import base64
import json
import sys
import time

import numpy
import torch

import snntorch_peer
import spikingjelly_peer

PEERS = {
    "snntorch": (snntorch_peer, {}),
    "spikingjelly": (spikingjelly_peer, {"backend": "torch"}),
    "spikingjelly-inductor": (spikingjelly_peer, {"backend": "inductor"}),
}


def array(text, kind, shape):
    """An array that came as base64."""
    return torch.from_numpy(numpy.frombuffer(base64.b64decode(text), dtype=kind).reshape(shape).copy())


def read_layer(layer):
    """Replaces the arrays of a layer by tensors, in the layout of torch; neurons of a grid are numbered channels-last here."""
    outputs = layer["bias"]["shape"][0]
    tensors = {name: array(layer[name]["data"], "float32", layer[name]["shape"]) for name in ("weights", "bias")}
    weights = tensors["weights"]
    if layer["kind"] == "conv":
        weights = weights.permute(3, 2, 0, 1)
    else:
        grid = layer.get("inputGrid")
        if grid is not None:
            weights = weights.reshape(grid["rows"], grid["columns"], grid["channels"], outputs).permute(2, 0, 1, 3)
        weights = weights.reshape(-1, outputs).T
    tensors["weights"] = weights.contiguous()
    if "recurrentWeights" in layer:
        own = layer["recurrentWeights"]
        tensors["recurrentWeights"] = array(own["data"], "float32", own["shape"]).T.contiguous()
    return {**layer, **tensors}


def read_input(workload):
    """Spikes as floats: [step, sample, input] or [step, sample, channel, row, column]."""
    shape = (workload["stepCount"], workload["sampleCount"], -1)
    values = array(workload["input"], "uint8", shape).float()
    first = workload["layers"][0]
    if first["kind"] == "conv":
        grid = first["input"]
        values = values.reshape(*shape[:2], grid["rows"], grid["columns"], grid["channels"]).permute(0, 1, 4, 2, 3)
    return values.contiguous()


class Prepared:
    """A peer's network with its input, ready to run one batch."""

    def __init__(self, request):
        module, options = PEERS[request["peer"]]
        workload = request["workload"]
        torch.manual_seed(0)
        self.train = request["mode"] == "train"
        self.input = read_input(workload)
        self.labels = torch.tensor(workload["labels"])
        self.network = module.build([read_layer(layer) for layer in workload["layers"]], workload["slope"], **options)
        self.count = module.count
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=1e-3)

    def outputs(self):
        with torch.no_grad():
            return self.count(self.network, self.input)

    def run(self):
        started = time.perf_counter()
        if self.train:
            self.optimizer.zero_grad(set_to_none=True)
            loss = torch.nn.functional.cross_entropy(self.count(self.network, self.input), self.labels)
            loss.backward()
            self.optimizer.step()
        else:
            self.outputs()
        return time.perf_counter() - started


prepared = {}


def answer(request):
    if request["do"] == "describe":
        return {
            "python": sys.version.split()[0],
            "torch": torch.__version__,
            "peers": {name: PEERS[name][0].version() for name in PEERS},
            "missing": {name: PEERS[name][0].MISSING for name in PEERS},
        }
    torch.set_num_threads(request["threads"])
    if request["do"] == "prepare":
        prepared[request["peer"]] = Prepared(request)
        return {"outputs": prepared[request["peer"]].outputs().flatten().tolist()}
    return {"seconds": prepared[request["peer"]].run()}


def main():
    # What libraries print must not end up between the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        try:
            result = answer(json.loads(line))
        except Exception as error:  # the caller decides what a failing peer means
            result = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(result), file=answers, flush=True)


main()
