"""A network in SpikingJelly in its multi-step mode: all steps of a layer, layer by layer."""

import importlib.metadata

import torch
from torch import nn

try:
    from spikingjelly.activation_based import base, functional, layer as layers_of, neuron, surrogate
    MISSING = None
except ImportError as error:
    MISSING = str(error)


def version():
    if MISSING is not None:
        return None
    try:
        return importlib.metadata.version("spikingjelly")
    except importlib.metadata.PackageNotFoundError:
        return "from a folder"


def build(layers, slope, backend):
    return nn.Sequential(*(module for layer in layers for module in modules(layer, slope, backend)))


def count(network, spikes):
    """Spikes of each output. Shape [sample, class]."""
    functional.reset_net(network)
    return network(spikes).sum(0)


def modules(layer, slope, backend):
    if layer["kind"] == "dense":
        flatten = [layers_of.Flatten(step_mode="m")] if "inputGrid" in layer else []
        linear = layers_of.Linear(layer["weights"].shape[1], layer["weights"].shape[0], step_mode="m")
        fill(linear, layer)
        if "recurrentWeights" in layer:
            return [*flatten, Recurrent(linear, layer, slope)]
        return [*flatten, linear, neurons(layer, slope, "m", backend)]
    outputs, inputs, size, _ = layer["weights"].shape
    convolution = layers_of.Conv2d(
        inputs, outputs, size, layer["stride"], layer["padding"], groups=layer["groups"], step_mode="m"
    )
    fill(convolution, layer)
    return [*pool(layer, "inputPooling"), convolution, *pool(layer, "pooling"), neurons(layer, slope, "m", backend)]


def pool(layer, place):
    if place not in layer:
        return []
    return [layers_of.MaxPool2d(layer[place]["size"], layer[place]["stride"], step_mode="m")]


def neurons(layer, slope, step_mode, backend):
    """The same neuron; its surrogate has the same curve, slope / 2 times as high."""
    return neuron.LIFNode(
        tau=1 / (1 - layer["neuron"]["decay"]),
        decay_input=False,
        v_threshold=float(layer["neuron"]["threshold"]),
        v_reset=None,
        surrogate_function=surrogate.SoftSign(alpha=slope),
        detach_reset=True,
        step_mode=step_mode,
        backend=backend,
    )


class Recurrent(nn.Module):
    """Input currents of all steps at once, the layer's own step by step: cheaper than LinearRecurrentContainer."""

    def __init__(self, linear, layer, slope):
        super().__init__()
        size = layer["bias"].shape[0]
        self.input = linear
        self.own = nn.Linear(size, size, bias=False)
        self.own.weight.data.copy_(layer["recurrentWeights"])
        self.neurons = neurons(layer, slope, "s", "torch")

    def forward(self, spikes):
        currents = self.input(spikes)
        last = torch.zeros_like(currents[0])
        record = []
        for current in currents:
            last = self.neurons(current + self.own(last))
            record.append(last)
        return torch.stack(record)


def fill(module, layer):
    module.weight.data.copy_(layer["weights"])
    module.bias.data.copy_(layer["bias"])
