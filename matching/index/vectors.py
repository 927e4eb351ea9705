"""Vectors of eight words of 64 bits, for compiled loops that LLVM does not vectorise by itself.

Processors without such vectors get what LLVM makes of them, with the same results.
"""

# ruff: noqa: ANN401 - numba's compiler interface is untyped

from __future__ import annotations

from typing import Any

from llvmlite import ir

LANES = 8

WORD = ir.IntType(64)
VECTOR = ir.VectorType(WORD, LANES)
_LANE_INDEX = ir.VectorType(ir.IntType(32), LANES)


def vector_function(builder: Any, name: str, returned: Any) -> Any:
    """Return LLVM's function of this name that takes one vector."""
    known = builder.module.globals.get(name)
    return known or ir.Function(builder.module, ir.FunctionType(returned, [VECTOR]), name)


def in_all_lanes(builder: Any, word: Any) -> Any:
    """Return the vector that holds the word eight times."""
    empty = ir.Constant(VECTOR, ir.Undefined)
    first = builder.insert_element(empty, word, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(first, empty, ir.Constant(_LANE_INDEX, [0] * LANES))
