#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The system's Python: it has the WebSocket library that the client is written with.
dir=$(CDPATH= cd "$(dirname "$0")" && pwd) || exit 99
exec /usr/bin/python3 "$dir/chat.py"
