/* SPDX-License-Identifier: GPL-3.0-or-later */
/* version - what this build is: the attributes by which a result names the program that made it.
 *
 * One file is compiled with the values (Makefile), so that a commit does not rebuild the rest. */
#ifndef LIANDONG_VERSION_H
#define LIANDONG_VERSION_H

/* "0.1.0" */
extern const char version_number[];

/* Revision of the source, 12 hex digits, "-dirty" behind it if files were changed; "unknown" outside of git. */
extern const char version_revision[];

/* "gcc 12.2.0", "clang 14.0.6" */
extern const char version_compiler[];

/* The flags that can change bits; neither OpenMP nor paths. */
extern const char version_flags[];

/* Folder of an installed program that holds scenarios/. */
extern const char version_datadir[];
#endif
