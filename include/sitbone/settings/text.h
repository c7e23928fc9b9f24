/* SPDX-License-Identifier: MIT */
/* Size of a setting that holds a path, an address or a name. */
#ifndef SITBONE_SETTINGS_TEXT_H
#define SITBONE_SETTINGS_TEXT_H

enum { SETTING_TEXT_MAX = 256 };

#endif
