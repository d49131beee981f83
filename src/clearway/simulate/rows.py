"""Arrays of rows as compiled code sees them: columns are known, and no row counts from the end."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.imputils import impl_ret_untracked
from numba.extending import intrinsic
from numba.np.arrayobj import make_array


def _rows(_context: Any, array: Any, columns: Any) -> Any:
    """Return the same array, uncounted as by ``borrowed``, for use while the caller holds it.

    A place in it is found without a multiplication by how many columns it has, and without a look
    whether its row is below zero: a kernel that handles an event in some tens of nanoseconds does
    both some hundred times in each. So ``columns`` must be right, and no row below zero be used;
    the result says that it has no rows, so that to count from their end changes nothing.
    """
    if not isinstance(columns, types.IntegerLiteral):
        return None
    make: Any = make_array(array)  # type: ignore[no-untyped-call]
    track: Any = impl_ret_untracked
    pack: Any = cgutils.pack_array
    wide = columns.literal_value
    item = array.dtype.bitwidth // 8

    def build(target: Any, builder: Any, signature: Any, values: Any) -> Any:
        whole = make(target, builder, value=values[0])
        whole.meminfo = ir.Constant(whole.meminfo.type, None)
        whole.parent = ir.Constant(whole.parent.type, None)
        count: Any = target.get_value_type(types.intp)
        shape, strides = ((0,), (item,)) if array.ndim == 1 else ((0, wide), (wide * item, item))
        whole.shape = pack(builder, [ir.Constant(count, one) for one in shape])
        whole.strides = pack(builder, [ir.Constant(count, one) for one in strides])
        return track(target, builder, signature.return_type, whole._getvalue())  # noqa: SLF001

    return array(array, columns), build


#: In compiled code: ``rows(array, columns)``, with columns written as a number.
rows: Any = intrinsic(prefer_literal=True)(_rows)
