"""Measures what PyTorch does with fixed inputs: optimizers, schedules, clipping, smoothed and pairwise losses.

Prints JSON for tests/vectors/torch-training.json. Needs only PyTorch (made with Debian's python3-torch):

    /usr/bin/python3 scripts/torch-vectors.py > tests/vectors/torch-training.json && npm run format

Everything runs in float64 on inputs that float32 holds exactly, so the numbers show definitions, not rounding.
"""

import json
import math
import sys
import warnings

import torch

warnings.filterwarnings("ignore")
torch.set_default_dtype(torch.float64)


def fixed(count, seed):
    """Numbers in -1...1 on a grid of 1/256: exact in float32."""
    return [round(256 * math.sin(1.7 * i + 2.9 * seed + 0.3 * i * seed)) / 256 for i in range(count)]


def listed(tensor):
    return [float(f"{value:.12g}") for value in tensor.detach().flatten().tolist()]


def optimizer_case(spec, make):
    weights = torch.tensor(fixed(5, 1), requires_grad=True)
    optimizer = make([weights])
    trace = []
    for step in range(12):
        weights.grad = torch.tensor(fixed(5, 2 + step))
        optimizer.step()
        trace.append(listed(weights))
    return {"spec": spec, "weights": trace}


optim = torch.optim
rate = 1 / 32
optimizer_cases = [
    optimizer_case({"kind": "sgd"}, lambda p: optim.SGD(p, rate)),
    optimizer_case({"kind": "sgd", "momentum": 0.9}, lambda p: optim.SGD(p, rate, momentum=0.9)),
    optimizer_case(
        {"kind": "sgd", "momentum": 0.8, "dampening": 0.25, "weightDecay": 0.1},
        lambda p: optim.SGD(p, rate, momentum=0.8, dampening=0.25, weight_decay=0.1),
    ),
    optimizer_case(
        {"kind": "sgd", "momentum": 0.9, "nesterov": True, "weightDecay": 0.01},
        lambda p: optim.SGD(p, rate, momentum=0.9, nesterov=True, weight_decay=0.01),
    ),
    optimizer_case({"kind": "adam"}, lambda p: optim.Adam(p, rate)),
    optimizer_case(
        {"kind": "adam", "meanDecay": 0.8, "squareDecay": 0.95, "epsilon": 0.01, "weightDecay": 0.1},
        lambda p: optim.Adam(p, rate, betas=(0.8, 0.95), eps=0.01, weight_decay=0.1),
    ),
    optimizer_case({"kind": "adamw"}, lambda p: optim.AdamW(p, rate)),
    optimizer_case({"kind": "adamw", "weightDecay": 0.5}, lambda p: optim.AdamW(p, rate, weight_decay=0.5)),
    optimizer_case({"kind": "rmsprop"}, lambda p: optim.RMSprop(p, rate)),
    optimizer_case(
        {"kind": "rmsprop", "squareDecay": 0.9, "momentum": 0.5, "weightDecay": 0.1},
        lambda p: optim.RMSprop(p, rate, alpha=0.9, momentum=0.5, weight_decay=0.1),
    ),
    optimizer_case(
        {"kind": "rmsprop", "isCentered": True, "momentum": 0.5, "epsilon": 0.01},
        lambda p: optim.RMSprop(p, rate, centered=True, momentum=0.5, eps=0.01),
    ),
]


def schedule_case(spec, make, observe=None):
    """The rate of every epoch of 20; the full rate is 1."""
    optimizer = optim.SGD([torch.zeros(1, requires_grad=True)], 1.0)
    schedule = make(optimizer)
    rates = []
    for epoch in range(20):
        rates.append(float(f"{optimizer.param_groups[0]['lr']:.12g}"))
        optimizer.step()
        if observe is None:
            schedule.step()
        else:
            schedule.step(observe[epoch])
    return {"spec": spec, "rates": rates, **({} if observe is None else {"observed": observe})}


lr = optim.lr_scheduler
losses = [2.0, 1.0, 0.9, 0.95, 0.91, 0.92, 0.8999999, 0.85, 0.86, 0.87, 0.88, 0.89, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]
schedule_cases = [
    schedule_case({"kind": "cosine", "floor": 0.1}, lambda o: lr.CosineAnnealingLR(o, 20, eta_min=0.1)),
    schedule_case({"kind": "cosine", "period": 5}, lambda o: lr.CosineAnnealingWarmRestarts(o, 5)),
    schedule_case(
        {"kind": "cosine", "period": 3, "stretch": 2, "floor": 0.05},
        lambda o: lr.CosineAnnealingWarmRestarts(o, 3, T_mult=2, eta_min=0.05),
    ),
    schedule_case({"kind": "step", "every": 4}, lambda o: lr.StepLR(o, 4)),
    schedule_case({"kind": "step", "every": 3, "factor": 0.5}, lambda o: lr.StepLR(o, 3, gamma=0.5)),
    schedule_case(
        {"kind": "multi-step", "at": [2, 7, 8], "factor": 0.3}, lambda o: lr.MultiStepLR(o, [2, 7, 8], gamma=0.3)
    ),
    schedule_case({"kind": "exponential", "factor": 0.9}, lambda o: lr.ExponentialLR(o, 0.9)),
    schedule_case({"kind": "plateau"}, lambda o: lr.ReduceLROnPlateau(o), [1.0] * 20),
    schedule_case(
        {"kind": "plateau", "patience": 2, "factor": 0.5, "cooldown": 1, "floor": 0.2},
        lambda o: lr.ReduceLROnPlateau(o, patience=2, factor=0.5, cooldown=1, min_lr=0.2),
        losses,
    ),
    schedule_case(
        {"kind": "plateau", "patience": 1, "factor": 0.9, "cooldown": 3},
        lambda o: lr.ReduceLROnPlateau(o, patience=1, factor=0.9, cooldown=3),
        [1.0] * 20,
    ),
    schedule_case(
        {"kind": "plateau", "watch": "accuracy", "patience": 1, "threshold": 0.05},
        lambda o: lr.ReduceLROnPlateau(o, mode="max", patience=1, threshold=0.05),
        [1 - loss / 4 for loss in losses],
    ),
]

steps, samples, classes = 4, 5, 3
labels = [0, 2, 1, 2, 0]
outputs = fixed(steps * samples * classes, 4)
target = torch.tensor(labels)
functional = torch.nn.functional


def loss_case(spec, measure, values=outputs):
    record = torch.tensor(values).reshape(steps, samples, classes).requires_grad_()
    loss = measure(record)
    loss.backward()
    return {"spec": spec, "values": values, "loss": float(f"{loss.item():.12g}"), "gradient": listed(record.grad)}


def pairs(record, kernel):
    flat = record.transpose(0, 1).reshape(samples, -1)
    products = flat @ flat.t()
    squares = products.diagonal()
    if kernel == "linear":
        lengths = flat.norm(dim=1, keepdim=True)
        return products / (lengths @ lengths.t() + 1e-8)
    if kernel == "sigmoid":
        return torch.sigmoid(0.5 * products)
    return torch.exp(-(squares[:, None] + squares[None, :] - 2 * products) / (2 * 1.5**2))


same = (target[:, None] == target[None, :]).double()
positive = [abs(value) + 1 / 256 for value in outputs]
loss_cases = [
    loss_case(
        {"kind": "cross-entropy", "labelSmoothing": 0.2},
        lambda r: functional.cross_entropy(r.sum(0), target, label_smoothing=0.2),
    ),
    loss_case(
        {"kind": "ce-rate", "labelSmoothing": 0.1},
        lambda r: sum(functional.cross_entropy(r[t], target, label_smoothing=0.1) for t in range(steps)) / steps,
    ),
    loss_case(
        {"kind": "tet", "pull": 0.25, "target": 0.5},
        lambda r: 0.75 * sum(functional.cross_entropy(r[t], target) for t in range(steps)) / steps
        + 0.25 * functional.mse_loss(r, torch.full_like(r, 0.5)),
    ),
    loss_case({"kind": "mse-rate"}, lambda r: functional.mse_loss(r.mean(0), functional.one_hot(target, classes).double())),
    loss_case({"kind": "similarity"}, lambda r: functional.mse_loss(pairs(r, "linear"), same)),
    loss_case(
        {"kind": "similarity", "kernel": {"kind": "sigmoid", "slope": 0.5}, "distance": "bce"},
        lambda r: functional.binary_cross_entropy(pairs(r, "sigmoid"), same),
        positive,
    ),
    loss_case(
        {"kind": "similarity", "kernel": {"kind": "gaussian", "width": 1.5}, "distance": "l1"},
        lambda r: functional.l1_loss(pairs(r, "gaussian"), same),
    ),
]


def clip_case(spec, clip):
    arrays = [torch.zeros(3, requires_grad=True), torch.zeros(4, requires_grad=True)]
    arrays[0].grad = torch.tensor(fixed(3, 5))
    arrays[1].grad = torch.tensor(fixed(4, 6))
    before = [listed(array.grad) for array in arrays]
    clip(arrays)
    return {"spec": spec, "before": before, "after": [listed(array.grad) for array in arrays]}


clip_cases = [
    clip_case({"kind": "norm", "limit": 0.5}, lambda a: torch.nn.utils.clip_grad_norm_(a, 0.5)),
    clip_case({"kind": "norm", "limit": 100}, lambda a: torch.nn.utils.clip_grad_norm_(a, 100)),
    clip_case({"kind": "value", "limit": 0.25}, lambda a: torch.nn.utils.clip_grad_value_(a, 0.25)),
]

json.dump(
    {
        "madeBy": "scripts/torch-vectors.py",
        "torch": torch.__version__,
        "dtype": "float64",
        "optimizers": {
            "learningRate": rate,
            "initial": fixed(5, 1),
            "gradients": [fixed(5, 2 + step) for step in range(12)],
            "cases": optimizer_cases,
        },
        "schedules": {"learningRate": 1, "cases": schedule_cases},
        "losses": {"shape": [steps, samples, classes], "labels": labels, "cases": loss_cases},
        "clips": {"cases": clip_cases},
    },
    sys.stdout,
    separators=(",", ":"),
)
sys.stdout.write("\n")
