/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_PAGE_TIMELINE_H
#define DEED_CORE_EVIDENCE_PAGE_TIMELINE_H

#include "core/evidence/sheet.h"

/*
 * The section of the page that tells every entry, in the order of events.
 */
void page_timeline(const struct sheet *p);

#endif
