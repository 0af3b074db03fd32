/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_UTIL_FIRSTS_H
#define DEED_CORE_UTIL_FIRSTS_H

/* What was met first under a key.  Begins as { NULL }; a NULL key is none. */
struct firsts {
	void *tree;
};

const void *firsts_find(const struct firsts *f, const char *key);
/* The first under a key stays; what is borrowed, the key copied. */
void firsts_add(struct firsts *f, const char *key, const void *what);
void firsts_release(struct firsts *f);

#endif
