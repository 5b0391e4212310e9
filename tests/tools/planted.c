/* SPDX-License-Identifier: GPL-3.0-or-later */
/* planted - leaks on purpose: a check that does not find this finds nothing. */
#include <stdlib.h>

static void *volatile kept;

int main(void)
{
    kept = malloc(100);
    kept = NULL;
    return 0;
}
