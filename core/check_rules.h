/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_CHECK_RULES_H
#define DEED_CORE_CHECK_RULES_H

#include "core/finding.h"

/*
 * The rules behind core/check.h.  core/check.c has the table; each rule is a
 * function that looks for one thing, in the file about its subject.
 */

/* core/check_work.c: what is handed in, and the talk about it */
void find_blank_note(const struct finder *f);
void find_thin_note(const struct finder *f);
void find_blank_delivery(const struct finder *f);
void find_thin_delivery(const struct finder *f);
void find_links_only(const struct finder *f);
void find_no_delivery(const struct finder *f);
void find_undelivered(const struct finder *f);
void find_no_recap(const struct finder *f);
void find_not_submitted(const struct finder *f);
void find_no_acceptance(const struct finder *f);
void find_over_quota(const struct finder *f);
void find_unanswered(const struct finder *f);

/* core/check_terms.c: what is agreed */
void find_no_requirement(const struct finder *f);
void find_not_frozen(const struct finder *f);
void find_no_legal_name(const struct finder *f);
void find_unfunded(const struct finder *f);
void find_under_fee(const struct finder *f);
void find_one_submission(const struct finder *f);

/* core/check_files.c: the files of the newest delivery */
void find_secret(const struct finder *f);
void find_git_folder(const struct finder *f);
void find_windows_name(const struct finder *f);
void find_too_large(const struct finder *f);
/* The same of one that is only packed. */
void find_git_folder_in(const struct finder *f, const struct buf *sums);
void find_windows_name_in(const struct finder *f, const struct buf *sums);
void find_too_large_in(const struct finder *f, const char *zip, int64_t size);

/* core/check_hours.c: what an hourly contract is paid for */
void find_unprotected_hours(const struct finder *f);
void find_no_diary(const struct finder *f);

/* core/check_ledger.c: the record itself */
void find_no_second_copy(const struct finder *f);
void find_no_timestamp(const struct finder *f);
void find_many_entries(const struct finder *f);

#endif
