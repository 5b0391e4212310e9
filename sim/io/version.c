/* SPDX-License-Identifier: GPL-3.0-or-later */
/* version - the only file that sees LIANDONG_VERSION and its kin.  See include/liandong/version.h. */
#include <liandong/version.h>

const char version_number[] = LIANDONG_VERSION;
const char version_revision[] = LIANDONG_REVISION;
#define TEXT_OF(x) #x
#define TEXT(x)    TEXT_OF(x)
#if defined(__clang__)
const char version_compiler[] = "clang " TEXT(__clang_major__) "." TEXT(__clang_minor__) "." TEXT(__clang_patchlevel__);
#else
const char version_compiler[] = "gcc " TEXT(__GNUC__) "." TEXT(__GNUC_MINOR__) "." TEXT(__GNUC_PATCHLEVEL__);
#endif
const char version_flags[] = LIANDONG_FLAGS;
const char version_datadir[] = LIANDONG_DATADIR;
