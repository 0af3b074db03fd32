/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_PAGE_ANNEX_H
#define DEED_CORE_EVIDENCE_PAGE_ANNEX_H

#include "core/evidence/sheet.h"

/*
 * Sections of the page behind the story: exhibits, who vouches, what was
 * withheld, what nobody checked, how to check (name is the package's).
 */
void page_exhibits(const struct sheet *p);
void page_grades(const struct sheet *p);
void page_withheld(const struct sheet *p);
void page_unchecked(const struct sheet *p);
void page_check(const struct sheet *p, const char *name);

#endif
