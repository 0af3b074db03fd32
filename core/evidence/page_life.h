/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_PAGE_LIFE_H
#define DEED_CORE_EVIDENCE_PAGE_LIFE_H

#include "core/evidence/sheet.h"

/*
 * A picture of an order's life: a line from the first event to the last, what
 * was delivered and what was said of it, the day it was due, and silences.
 */
void page_life(const struct sheet *p, const struct dossier_order *o);

#endif
