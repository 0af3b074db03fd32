/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_PAGE_SUMMARY_H
#define DEED_CORE_EVIDENCE_PAGE_SUMMARY_H

#include "core/evidence/sheet.h"

/*
 * Sections of the page: five lines, agreed beside delivered, gaps.
 */
void page_summary(const struct sheet *p);
void page_agreed(const struct sheet *p);
void page_gaps(const struct sheet *p);

#endif
