#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Thousands of answers about zones and hours, held to those of Python's zoneinfo. TAP.
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
exec python3 "${USHER_SRC:=.}/tests/gateway/calendar/oracle.py" \
	"${USHER_BUILD:-build}/tests/gateway/calendar/test_hours"
