#!/bin/sh
# Run a command where there is no network: a namespace of its own with loopback alone, no route.
# Exit codes: those of the command; 125 where the system gives no such namespace.
set -eu

if [ "$#" -eq 0 ]; then
    echo "usage: scripts/no-network.sh COMMAND [ARGUMENT...]" >&2
    exit 2
fi
# Raising loopback needs no tool beyond Python where ip(8) is missing.
up='
if command -v ip >/dev/null 2>&1; then
    ip link set lo up
else
    python3 - <<PY
import fcntl, socket, struct
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
    fcntl.ioctl(one, 0x8914, struct.pack("16sh14x", b"lo", 0x1 | 0x40))
PY
fi
exec "$@"'
for how in "-n" "-rn"; do
    if unshare "$how" true 2>/dev/null; then
        exec unshare "$how" sh -eu -c "$up" no-network "$@"
    fi
done
echo "no-network: this system gives no network namespace (unshare is not permitted)" >&2
exit 125
