#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The kill -9 loop is written in Python: Debian's, with Debian's python3-websockets.
if ! /usr/bin/python3 -c 'import websockets' 2>/dev/null; then
	echo "1..0 # SKIP python3 with python3-websockets is not installed"
	exit 0
fi
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
exec /usr/bin/python3 "$USHER_SRC/tests/crash/kill9.py"
