"""Measures what PyTorch's convolutions and poolings do in spiking networks: spike counts and gradients of small nets.

Prints JSON for tests/vectors/torch-conv.json. Needs only PyTorch (made with Debian's python3-torch):

    /usr/bin/python3 scripts/torch-conv-vectors.py > tests/vectors/torch-conv.json && npm run format

Everything runs in float64 on inputs that float32 holds exactly, so spikes agree and gradients show definitions, not rounding.
Arrays are in Lacuna's layout: channels last, kernels [row, column, input channel, output channel].
"""

import json
import math
import sys

import torch
from torch.nn import functional

torch.set_default_dtype(torch.float64)

STEPS, SAMPLES, DECAY, SLOPE = 4, 2, 0.5, 4


def fixed(count, seed, scale=1.0):
    """Numbers on a grid of 1/64: sums of them, halved four times, are exact in float32."""
    return torch.tensor([round(64 * scale * math.sin(1.7 * i + 2.9 * seed + 0.3 * i * seed)) / 64 for i in range(count)])


class Spike(torch.autograd.Function):
    @staticmethod
    def forward(context, u):
        context.save_for_backward(u)
        return (u > 0).to(u.dtype)

    @staticmethod
    def backward(context, gradient):
        (u,) = context.saved_tensors
        return gradient / (1 + SLOPE * u.abs()) ** 2


def pool(x, pooling):
    if pooling is None:
        return x
    size, stride = pooling["size"], pooling["stride"]
    if pooling["kind"] == "max":
        return functional.max_pool2d(x, size, stride)
    average = functional.avg_pool2d(x, size, stride)
    return average * size * size if pooling["kind"] == "sum" else average


def normalization(layer, seed):
    """Batch normalization over time and batch, its scale around what the case says; None where the layer has none."""
    if "normalized" not in layer:
        return None
    channels = layer["channels"]
    scale = (layer["normalized"] + fixed(channels, seed, 0.2)).requires_grad_()
    return {"scale": scale, "mean": torch.zeros(channels), "variance": torch.ones(channels)}


def run(case):
    """Counts of the output layer, and dLoss/dWeights for loss = sum of counts times fixed factors."""
    layers = case["layers"]
    grid = case["input"]
    shape = [SAMPLES, grid["rows"], grid["columns"], grid["channels"]]
    count = math.prod(shape)
    direct = case.get("direct", False)
    frames = [
        (fixed(count, 11) if direct else (fixed(count, 3 + step) > 0.4).to(torch.float64)).reshape(shape).permute(0, 3, 1, 2)
        for step in range(STEPS)
    ]
    arrays = []
    for index, layer in enumerate(layers):
        size, channels, inputs = layer["kernel"], layer["channels"], layer["inputChannels"]
        weights = fixed(size * size * inputs // layer.get("groups", 1) * channels, 20 + index, 0.7)
        kernel = weights.reshape(size, size, inputs // layer.get("groups", 1), channels).permute(3, 2, 0, 1)
        bias = fixed(channels, 30 + index, 0.2)
        arrays.append((kernel.clone().requires_grad_(), bias.clone().requires_grad_()))
    norms = [normalization(layer, 50 + index) for index, layer in enumerate(layers)]
    x = torch.stack(frames)
    for index, layer in enumerate(layers):
        kernel, bias = arrays[index]
        norm = norms[index]
        # All steps and samples at once: a normalized layer's statistics run over both.
        y = pool(x.flatten(0, 1), layer.get("inputPooling"))
        y = functional.conv2d(
            y, kernel, bias if norm is None else None, layer.get("stride", 1), layer.get("padding", 0), 1, layer.get("groups", 1)
        )
        y = pool(y, layer.get("pooling"))
        if norm is not None:
            y = functional.batch_norm(y, norm["mean"], norm["variance"], norm["scale"], bias, True, 0.1, 1e-5)
        v, sent = 0, []
        for current in y.unflatten(0, (STEPS, SAMPLES)):
            v = DECAY * v + current
            sent.append(Spike.apply(v - 1))
            v = v - sent[-1].detach()
        x = torch.stack(sent)
    counts = x.sum(0)
    flat = counts.permute(0, 2, 3, 1).reshape(SAMPLES, -1)
    factors = fixed(flat.numel(), 40).reshape(flat.shape)
    (flat * factors).sum().backward()
    listed = lambda t: [float(f"{value:.10g}") for value in t.detach().flatten().tolist()]
    last = lambda t: listed(t.permute(2, 3, 1, 0))
    return {
        **case,
        "frames": [listed(f.permute(0, 2, 3, 1)) for f in (frames[:1] if direct else frames)],
        "counts": listed(flat),
        "factors": listed(factors),
        "arrays": [
            {
                "weights": last(kernel),
                "bias": listed(bias),
                "weightGradient": last(kernel.grad),
                "biasGradient": listed(bias.grad),
                **(
                    {}
                    if norm is None
                    else {
                        "scale": listed(norm["scale"]),
                        "scaleGradient": listed(norm["scale"].grad),
                        "runningMean": listed(norm["mean"]),
                        "runningVariance": listed(norm["variance"]),
                    }
                ),
            }
            for (kernel, bias), norm in zip(arrays, norms)
        ],
    }


def window(kind, size=2, stride=2):
    return {"kind": kind, "size": size, "stride": stride}


grid = {"rows": 7, "columns": 6, "channels": 2}
first = {"kernel": 3, "channels": 4, "inputChannels": 2}
second = {"kernel": 2, "channels": 3, "inputChannels": 4}
cases = [
    {"title": "plain", "input": grid, "layers": [first, second]},
    {
        "title": "stride and padding",
        "input": grid,
        "layers": [{**first, "stride": 2, "padding": 1}, {**second, "padding": 1}],
    },
    {"title": "groups", "input": grid, "layers": [{**first, "groups": 2}, {**second, "channels": 6, "groups": 2}]},
    {"title": "maximum of currents", "input": grid, "layers": [{**first, "pooling": window("max")}, {**second, "padding": 1}]},
    {"title": "overlapping maximum", "input": grid, "layers": [{**first, "pooling": window("max", 3, 1)}, {**second, "padding": 1}]},
    {"title": "sum of currents", "input": grid, "layers": [{**first, "pooling": window("sum")}, {**second, "padding": 1}]},
    {"title": "average of currents", "input": grid, "layers": [{**first, "pooling": window("average")}, {**second, "padding": 1}]},
    {"title": "union of spikes", "input": grid, "layers": [first, {**second, "padding": 1, "inputPooling": window("max")}]},
    {"title": "counts of spikes", "input": grid, "layers": [first, {**second, "padding": 1, "inputPooling": window("sum")}]},
    {"title": "mean of spikes", "input": grid, "layers": [first, {**second, "padding": 1, "inputPooling": window("average")}]},
    {"title": "normalized", "input": grid, "layers": [{**first, "normalized": 1}, {**second, "normalized": 0.8}]},
    {
        "title": "normalized maximum and average",
        "input": grid,
        "layers": [
            {**first, "normalized": 0.9, "pooling": window("max")},
            {**second, "padding": 1, "normalized": 0.9, "pooling": window("average", 2, 1)},
        ],
    },
    {
        "title": "normalized direct input",
        "input": grid,
        "direct": True,
        "layers": [{**first, "normalized": 1, "pooling": window("max")}, {**second, "padding": 1, "normalized": 1}],
    },
    {"title": "direct input", "input": grid, "direct": True, "layers": [{**first, "pooling": window("max")}, {**second, "padding": 1}]},
]

json.dump(
    {
        "madeBy": "scripts/torch-conv-vectors.py",
        "torch": torch.__version__,
        "dtype": "float64",
        "stepCount": STEPS,
        "sampleCount": SAMPLES,
        "decay": DECAY,
        "slope": SLOPE,
        "cases": [run(case) for case in cases],
    },
    sys.stdout,
    separators=(",", ":"),
)
sys.stdout.write("\n")
