#!/bin/bash
# SPDX-License-Identifier: MIT
# The pure core may not read a clock, allocate, print, open or log. So everything it leaves undefined must stand here:
# memory and string functions without side effects, arithmetic, and functions of liblz4 that need no heap.
# Usage: core_symbols.sh ARCHIVE...
set -euo pipefail
allowed='memchr memcmp memcpy memmove memset strchr strcmp strlen strncmp
acosf asinf atan2f atanf ceilf cosf expf fabsf floorf fmaxf fminf fmodf hypotf ldexpf log10f log1pf logf lrintf powf
rintf roundf sinf sqrtf tanf tanhf exp log sqrt floor ceil fabs pow lround
LZ4_compress_fast_extState LZ4_decompress_safe
__memcpy_chk __memmove_chk __memset_chk __stack_chk_fail _GLOBAL_OFFSET_TABLE_'

defined=$(nm --defined-only "$@" | awk 'NF == 3 && $2 ~ /^[TRDBVWdr]$/ {print $3}' | sort -u)
undefined=$(nm -u "$@" | awk '$1 == "U" {print $2}' | sort -u)
foreign=$(comm -23 <(echo "$undefined") <(printf '%s\n' $allowed $defined | sort -u))
if [ -n "$foreign" ]; then
        echo "the core calls what it may not:"
        for symbol in $foreign; do
                nm -A -u "$@" | grep -w "$symbol" | head -3
        done
        exit 1
fi
mutable=$(nm "$@" | awk '$2 ~ /^[bBdDcC]$/ {print $3}' | grep -v '^\.' || true)
if [ -n "$mutable" ]; then
        echo "the core has mutable state of its own: $mutable"
        exit 1
fi
echo "$(echo "$undefined" | wc -l) undefined symbols, all on the list"
