/* SPDX-License-Identifier: MIT */
#ifndef UTIL_VERSION_H
#define UTIL_VERSION_H

extern const char sitbone_version[]; /* "0.1.0", from CMakeLists.txt */

#endif
