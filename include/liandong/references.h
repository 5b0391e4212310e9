/* SPDX-License-Identifier: GPL-3.0-or-later */
/* references - what the short names in sources of defaults stand for (references.def). */
#ifndef LIANDONG_REFERENCES_H
#define LIANDONG_REFERENCES_H
#include <stddef.h>

enum reference_kind {
    REFERENCE_DOCUMENT,
    REFERENCE_FACT,
    REFERENCE_READ,
    REFERENCE_LOW,
    REFERENCE_WORKED_OUT,
    REFERENCE_MEMORY,
    REFERENCE_MECHANISM
};

struct reference {
    const char *key; /* "F041", "E5.2", "M9", "001" */
    enum reference_kind kind;
    const char *place_en, *place_zh, *when, *figure_en, *figure_zh, *what_en, *what_zh;
    const char *from; /* key of a document, an address, a part of the description of the model */
};
extern const struct reference reference_table[];
extern const size_t n_references;
#endif
