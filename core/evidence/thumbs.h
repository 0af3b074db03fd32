/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_THUMBS_H
#define DEED_CORE_EVIDENCE_THUMBS_H

#include "core/evidence/dossier.h"

/*
 * The pictures among the exhibits, small: deed-report decodes each and makes
 * it anew, so that nothing of a stranger's file but the picture gets into the
 * page.
 */

#define THUMB_SIZE 320 /* pixels across and down, at most */
#define THUMBS_MAX 200 /* pictures of one package */

struct thumb {
	const struct exhibit *exhibit; /* borrowed from the dossier */
	int64_t width, height;
	char *jpeg; /* Base64 */
};

struct thumbs {
	VEC(struct thumb) v;
};

/* A file that is no picture has none; without the helper nothing has. */
struct err *thumbs_make(
    struct thumbs *out, const struct dossier *d, const char *helper) MUST_CHECK;
void thumbs_release(struct thumbs *t);
const struct thumb *thumbs_of(
    const struct thumbs *t, const struct exhibit *x); /* or NULL */

/* By its name: is it a picture that can be shown? */
bool thumbs_is_picture(const char *path);
/* The file of an exhibit on this machine, or NULL; borrowed. */
const char *thumbs_file(const struct dossier *d, const struct exhibit *x);

#endif
