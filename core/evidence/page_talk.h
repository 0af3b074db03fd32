/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_PAGE_TALK_H
#define DEED_CORE_EVIDENCE_PAGE_TALK_H

#include "core/evidence/sheet.h"

/*
 * The section of the page that shows the chats as they were taken in, with
 * the messages marked that entries cite.
 */
void page_talk(const struct sheet *p);

#endif
