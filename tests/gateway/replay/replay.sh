#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usher replay on the journal of a real server. Python 3 drives it: Debian's, with python3-websockets.
if ! /usr/bin/python3 -c 'import websockets' 2>/dev/null; then
	echo "1..0 # SKIP python3 with python3-websockets is not installed"
	exit 0
fi
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
exec /usr/bin/python3 "$USHER_SRC/tests/gateway/replay/replay.py"
