/* SPDX-License-Identifier: ISC */
/*
 * Objects that rotted on disk.  libgit2 reads a loose object that was cut off
 * for ever, so these are inflated here first, by themselves.
 */

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "core/ext/digest.h"
#include "core/ext/repo.h"
#include "core/ext/repo_parts.h"
#include "core/util/path.h"

#define CHUNK (64u << 10)
#define OBJECT_MAX (256u << 20) /* bytes of one on disk */

/* Do these bytes inflate, to their end and no further, to this SHA-1? */
static bool
inflates_to(const struct buf *packed, const char *hex)
{
	z_stream z = { .next_in = (unsigned char *)packed->data,
		.avail_in = (uInt)packed->len };
	struct digest *d = digest_new_named("sha1");
	char *room = mem_alloc(CHUNK), found[DIGEST_HEX_MAX];
	int rc = inflateInit(&z);

	while (rc == Z_OK) {
		z.next_out = (unsigned char *)room;
		z.avail_out = CHUNK;
		rc = inflate(&z, Z_NO_FLUSH);
		digest_add(d, room, CHUNK - z.avail_out);
	}
	digest_hex_long(d, found);
	inflateEnd(&z);
	digest_free(d);
	free(room);
	return rc == Z_STREAM_END && z.avail_in == 0 && strcmp(found, hex) == 0;
}

static struct err *
look_at(struct strs *out, const char *folder, const char *shard)
{
	struct strs names = VEC_INIT;
	struct err *e = file_list(&names, folder);

	for (size_t i = 0; i < names.n && e == NULL; i++) {
		char *path = path_join(folder, names.v[i]);
		char *hex = mem_printf("%s%s", shard, names.v[i]);
		struct buf packed = BUF_INIT;

		if (strlen(hex) == REPO_HEX - 1 &&
		    strspn(hex, "0123456789abcdef") == REPO_HEX - 1) {
			e = file_read(&packed, path, OBJECT_MAX);
			if (e != NULL || !inflates_to(&packed, hex))
				strs_add(out, hex);
			err_drop(e); /* it is among those that rotted */
			e = NULL;
		}
		buf_release(&packed);
		free(hex);
		free(path);
	}
	strs_release(&names);
	return e;
}

struct err *
repo_rotten(struct repo *r, struct strs *out)
{
	char *objects = path_join(r->dir, ".git/objects");
	struct strs shards = VEC_INIT;
	struct err *e = file_list(&shards, objects);

	for (size_t i = 0; i < shards.n && e == NULL; i++) {
		char *folder = path_join(objects, shards.v[i]);

		if (strlen(shards.v[i]) == 2 && file_is_dir(folder))
			e = look_at(out, folder, shards.v[i]);
		free(folder);
	}
	strs_release(&shards);
	free(objects);
	return e;
}
