"""Write the model as an ONNX graph with 7-bit weights and 8-bit activations, scaled token by token.

In: the open weight file. Out: a graph from token embeddings (texts, tokens, 384) to unit vectors
(texts, 384) and to the states of tokens on their way (texts, tokens, 384), with every fusion
already made, so that loading it optimises nothing. It is run by `soi.core.meaning.quantised`; only
the building of the cache imports this module and `onnx`.

Why not the usual dynamic quantisation: it takes one scale for all activations of a call, so a
vector moved by up to .02 in a coordinate with the texts beside it. One scale a token costs 0.7 ms
a query, makes a vector the same alone and in company (to 1e-7), and lifts the lowest cosine to the
4-bit reference from .990 to .998.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from soi.core.meaning.weights import Weights

INPUT: Final = "tokens"
OUTPUT: Final = "vectors"
STATES: Final = "states"

STATES_AFTER: Final = 8
"""The layer whose states tell words apart best: later ones take on the meaning of the whole text.
Measured as features of "same claim" (see `evaluation/README.md`)."""

_FUSED: Final = "com.microsoft"
"""The domain of onnxruntime's own fused operators."""

_OPSETS: Final = {"": 20, _FUSED: 1}
_IR_VERSION: Final = 9

_WEIGHT_LIMIT: Final = 63
"""7 bits: processors without VNNI add two products of 8 bits in 16 (VPMADDUBSW), and
2 * 255 * 127 would overflow there while 2 * 255 * 63 does not. So all processors agree."""

_GELU_FLOOR: Final = 0.17
"""GELU never falls below -0.16997; lifting it by this much leaves all 8 bits to what is above."""


def write_graph(weights: Weights, path: Path) -> None:
    """Write the whole encoder to `path`, about 22 MB."""
    graph = _Graph()
    sizes = weights.sizes
    state = graph.node(
        "LayerNormalization",
        INPUT,
        graph.constant("embedding.gain", weights.vector("emb.ln.w")),
        graph.constant("embedding.bias", weights.vector("emb.ln.b")),
        epsilon=sizes.epsilon,
    )
    for layer in range(sizes.layers):
        state = _Layer(graph, weights, layer).apply(state)
        if layer + 1 == STATES_AFTER:
            graph.node("Identity", state, output=STATES)
    mean = graph.node("ReduceMean", state, graph.constant("text", np.array([1])), keepdims=0)
    graph.node("LpNormalization", mean, axis=-1, p=2, output=OUTPUT)
    onnx.save(graph.model(width=sizes.width), path)


class _Graph:
    """Collects nodes and constants; a node's output has a name of its own making."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def constant(self, name: str, values: NDArray[Any]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(
        self, operator: str, *inputs: str, output: str = "", domain: str = "", **attributes: Any
    ) -> str:
        output = output or f"{operator}.{len(self._nodes)}"
        self._nodes.append(
            helper.make_node(operator, inputs, [output], domain=domain, **attributes)
        )
        return output

    def split(self, value: str, parts: int) -> list[str]:
        outputs = [f"{value}.{part}" for part in range(parts)]
        self._nodes.append(helper.make_node("Split", [value], outputs, axis=-1, num_outputs=parts))
        return outputs

    def model(self, *, width: int) -> Any:
        tokens = helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["n", "length", width])
        vectors = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["n", width])
        states = helper.make_tensor_value_info(STATES, TensorProto.FLOAT, ["n", "length", width])
        outputs = [vectors, states]
        graph = helper.make_graph(self._nodes, "e5", [tokens], outputs, self._constants)
        opsets = [helper.make_opsetid(domain, version) for domain, version in _OPSETS.items()]
        return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)


@dataclass(frozen=True, slots=True)
class _IntegerRows:
    """A matrix as whole numbers of 7 bits, with one scale a row."""

    name: str
    integers: NDArray[np.int8]
    scales: NDArray[np.float32]


class _Layer:
    """One layer of the encoder: attention and two projections, each followed by a norm."""

    def __init__(self, graph: _Graph, weights: Weights, layer: int) -> None:
        self._graph = graph
        self._weights = weights
        self._prefix = f"l{layer}."

    def apply(self, state: str) -> str:
        """Add the layer that reads `state`; the name of the new state."""
        graph, sizes = self._graph, self._weights.sizes
        projected = self._projection(state, self._rows("q", "k", "v", width=sizes.width))
        projected = graph.node("Add", projected, self._joined_bias("q", "k", "v"))
        query, key, value = graph.split(projected, 3)
        context = graph.node(
            "MultiHeadAttention", query, key, value, domain=_FUSED, num_heads=sizes.heads
        )
        mixed = self._projection(context, self._rows("ao", width=sizes.width))
        state = self._normed(mixed, state, bias="ao.b", norm="aln")
        inner = self._projection(state, self._rows("fi", width=sizes.width))
        lit = graph.node("BiasGelu", inner, self._floats("fi.b"), domain=_FUSED)
        outer = self._projection_of_gelu(lit, self._rows("fo", width=sizes.inner_width))
        return self._normed(outer, state, bias="fo.b", norm="oln")

    def _projection(self, state: str, rows: _IntegerRows) -> str:
        """`state` times `rows`; the numbers of a token may have either sign."""
        largest = self._largest(self._graph.node("Abs", state))
        return self._product(state, largest, rows, zero=128)

    def _projection_of_gelu(self, state: str, rows: _IntegerRows) -> str:
        """The same for a state that is never below GELU's floor: lifted, and lowered again."""
        graph = self._graph
        floor = graph.constant(f"{rows.name}.floor", np.array(_GELU_FLOOR, np.float32))
        lifted = graph.node("Add", state, floor)
        product = self._product(lifted, self._largest(lifted), rows, zero=0)
        excess = _GELU_FLOOR * rows.integers.sum(axis=1) * rows.scales
        lowered = graph.constant(f"{rows.name}.excess", excess.astype(np.float32))
        return graph.node("Sub", product, lowered)

    def _largest(self, state: str) -> str:
        """The largest number of each token. A norm or a mixture of values is never all zero."""
        axis = self._graph.constant(f"{state}.last", np.array([-1]))
        return self._graph.node("ReduceMax", state, axis, keepdims=1)

    def _product(self, state: str, largest: str, rows: _IntegerRows, *, zero: int) -> str:
        """The integer product, where `largest` of each token becomes 255 and 0 becomes `zero`."""
        graph, name = self._graph, rows.name
        step = 1 / (255 - zero)
        zero_point = graph.constant(f"{name}.zero", np.array(zero, np.uint8))
        activations = graph.node(
            "QuantizeLinear",
            graph.node("Div", state, largest),
            graph.constant(f"{name}.step", np.array(step, np.float32)),
            zero_point,
        )
        columns = graph.constant(f"{name}.columns", rows.integers.T)
        sums = graph.node("MatMulInteger", activations, columns, zero_point)
        scales = graph.constant(f"{name}.scales", (rows.scales * step).astype(np.float32))
        scaled = graph.node("Mul", graph.node("Cast", sums, to=TensorProto.FLOAT), scales)
        return graph.node("Mul", scaled, largest)

    def _rows(self, *names: str, width: int) -> _IntegerRows:
        """The rows of the named matrices, one matrix below the other."""
        matrices = [
            self._weights.matrix(f"{self._prefix}{name}.w", row_length=width) for name in names
        ]
        dense = np.concatenate([matrix.dense() for matrix in matrices])
        scales = np.abs(dense).max(axis=1) / np.float32(_WEIGHT_LIMIT)
        integers = np.rint(dense / scales[:, None]).astype(np.int8)
        return _IntegerRows(self._prefix + "".join(names), integers, scales)

    def _joined_bias(self, *names: str) -> str:
        biases = [self._weights.vector(f"{self._prefix}{name}.b") for name in names]
        return self._graph.constant(f"{self._prefix}{''.join(names)}.b", np.concatenate(biases))

    def _normed(self, projected: str, state: str, *, bias: str, norm: str) -> str:
        """The layer norm of `projected` plus its bias plus the state that went in."""
        return self._graph.node(
            "SkipLayerNormalization",
            projected,
            state,
            self._floats(f"{norm}.w"),
            self._floats(f"{norm}.b"),
            self._floats(bias),
            domain=_FUSED,
            epsilon=self._weights.sizes.epsilon,
        )

    def _floats(self, name: str) -> str:
        return self._graph.constant(self._prefix + name, self._weights.vector(self._prefix + name))
