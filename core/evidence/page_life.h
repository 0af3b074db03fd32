/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_PAGE_LIFE_H
#define DEED_CORE_EVIDENCE_PAGE_LIFE_H

#include "core/evidence/sheet.h"

/* The picture of an order's life, as life.h has it. */
void page_life(const struct sheet *p, size_t order);

#endif
