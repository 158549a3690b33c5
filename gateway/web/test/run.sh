#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The unit tests of the browser code, as TAP. Nested results are indented, which the TAP driver
# passes over; each test is one line of its own at the top.
dir=$(CDPATH= cd "$(dirname "$0")" && pwd) || exit 99
exec "${NODE:-node}" --test --test-reporter=tap "$dir"/*.test.mjs
