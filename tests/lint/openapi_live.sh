#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a running Usher answers is as docs/openapi.json says. TAP.
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
exec python3 "${USHER_SRC:-.}/tests/lint/openapi_live.py"
