/* SPDX-License-Identifier: MIT */
/* Keys of a description that would say nothing in it. */
#ifndef CONFIGURE_FORMAT_KEY_H
#define CONFIGURE_FORMAT_KEY_H

#include "core/acquire/formats.h"

/* NULL, or why this key, which was given, has no effect or says too little in this description. */
const char *format_key_wrong(const struct format *format, const char *key);

#endif
