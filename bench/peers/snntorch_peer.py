"""A network in snnTorch as its tutorials write it: all layers of a step, step by step."""

import torch
from torch import nn

try:
    import snntorch
    from snntorch import surrogate

    MISSING = None
except ImportError as error:
    MISSING = str(error)


def version():
    return None if MISSING is not None else snntorch.__version__


def build(layers, slope):
    return Network(layers, slope)


def count(network, spikes):
    """Spikes of each output. Shape [sample, class]."""
    return network(spikes).sum(0)


class Network(nn.Module):
    def __init__(self, layers, slope):
        super().__init__()
        self.synapses = nn.ModuleList(synapses(layer) for layer in layers)
        self.neurons = nn.ModuleList(neurons(layer, slope) for layer in layers)

    def forward(self, spikes):
        states = [neuron.init_rleaky() if isinstance(neuron, snntorch.RLeaky) else None for neuron in self.neurons]
        potentials = [neuron.init_leaky() if state is None else state for neuron, state in zip(self.neurons, states)]
        record = []
        for x in spikes:
            for index, (synapse, neuron) in enumerate(zip(self.synapses, self.neurons)):
                current = synapse(x)
                if states[index] is None:
                    x, potentials[index] = neuron(current, potentials[index])
                else:
                    x, potential = neuron(current, *potentials[index])
                    potentials[index] = (x, potential)
            record.append(x)
        return torch.stack(record)


def synapses(layer):
    """What turns spikes into currents."""
    if layer["kind"] == "dense":
        linear = nn.Linear(layer["weights"].shape[1], layer["weights"].shape[0])
        fill(linear, layer)
        return nn.Sequential(nn.Flatten(), linear) if "inputGrid" in layer else linear
    outputs, inputs, size, _ = layer["weights"].shape
    convolution = nn.Conv2d(inputs, outputs, size, layer["stride"], layer["padding"], groups=layer["groups"])
    fill(convolution, layer)
    pools = {place: nn.MaxPool2d(layer[place]["size"], layer[place]["stride"]) for place in POOLS if place in layer}
    return nn.Sequential(*([pools["inputPooling"]] if "inputPooling" in pools else []), convolution,
                         *([pools["pooling"]] if "pooling" in pools else []))


POOLS = ("inputPooling", "pooling")


def neurons(layer, slope):
    decay, threshold = layer["neuron"]["decay"], layer["neuron"]["threshold"]
    options = {"beta": decay, "threshold": threshold, "spike_grad": surrogate.fast_sigmoid(slope=slope)}
    if "recurrentWeights" not in layer:
        return snntorch.Leaky(**options)
    neuron = snntorch.RLeaky(**options, linear_features=layer["bias"].shape[0])
    neuron.recurrent.weight.data.copy_(layer["recurrentWeights"])
    neuron.recurrent.bias.data.zero_()
    return neuron


def fill(module, layer):
    module.weight.data.copy_(layer["weights"])
    module.bias.data.copy_(layer["bias"])
