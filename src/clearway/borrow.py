"""Arrays that compiled code uses without counting who else does."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core.imputils import impl_ret_untracked
from numba.extending import intrinsic
from numba.np.arrayobj import make_array


def _borrowed(context: Any, array: Any) -> Any:
    """Return the same array without its reference count, for use while the caller holds it.

    Numba counts references at each use of an array, by atomic operations; in a kernel that handles
    an event in some tens of nanoseconds they would take nine tenths of the time.
    """
    del context

    make: Any = make_array(array)  # type: ignore[no-untyped-call]
    track: Any = impl_ret_untracked

    def build(target: Any, builder: Any, signature: Any, values: Any) -> Any:
        whole = make(target, builder, value=values[0])
        nobody = ir.Constant(whole.meminfo.type, None)
        whole.meminfo = nobody
        whole.parent = ir.Constant(whole.parent.type, None)
        return track(target, builder, signature.return_type, whole._getvalue())  # noqa: SLF001

    return array(array), build


#: In compiled code: the array given, uncounted.
borrowed: Any = intrinsic(_borrowed)
