/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_INPUT_H
#define DEED_CORE_INTAKE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ext/digest.h"
#include "core/util/buf.h"
#include "core/util/vec.h"

/*
 * What somebody hands in: a file, an archive, or a folder.  Whichever it is,
 * a reader sees parts: regular files with a name inside the export, which may
 * be read as often as is wanted.
 *
 * An archive is unpacked whole, through core/ext/unpack with all its checks,
 * under names of our own; one bad member refuses it all.  Links in a folder
 * are not followed.
 */

#define INPUT_PARTS_MAX 200000                 /* of a folder or archive */
#define INPUT_UNPACKED_MAX ((int64_t)16 << 30) /* bytes of an archive */
#define INPUT_TEXT_MAX ((int64_t)4 << 30)      /* bytes of a text or JSON */

enum input_type { INPUT_FILE, INPUT_ARCHIVE, INPUT_FOLDER };

struct part {
	char *name; /* inside the export: "general/2024-03-01.json" */
	char *path; /* where its bytes are now */
	int64_t size;
};

struct input {
	enum input_type type;
	char *name;              /* as it was given, its last component */
	char *path;              /* of the file or folder */
	int64_t size;            /* of a folder: of all files in it */
	char sha256[SHA256_HEX]; /* of a folder: its content digest */
	VEC(struct part) parts;  /* sorted by name, as bytes */
	struct strs ignored;     /* links and the like, by name */
	char *temp;              /* a folder of ours, or NULL */
};

/*
 * path NULL: read fd to its end, as a file called name.  temp_dir is where
 * what is unpacked or read from fd is put; it goes with input_close().
 * ERR_NOT_FOUND, ERR_INVALID and ERR_LIMIT of a bad archive.
 */
struct err *input_open(struct input **out, const char *path, int fd,
    const char *name, const char *temp_dir) MUST_CHECK;
void input_close(struct input *in); /* NULL is fine */

/* The part of exactly this name, or NULL. */
const struct part *input_part(const struct input *in, const char *name);
/* The first of the parts that is not before this name, or how many there are. */
size_t input_from(const struct input *in, const char *name);
/* The folder a part is in: "" or "media/"; yours. */
char *input_dir(const struct part *part);
/*
 * The part a path written in an export means: relative to the folder base
 * ("" is the top).  NULL if there is none, or if the path is absolute, a URL,
 * or climbs with "..".
 */
const struct part *input_locate(
    const struct input *in, const char *base, const char *path, size_t len);

/* The first bytes of a part, at most max, behind what is in out. */
struct err *part_head(
    struct buf *out, const struct part *part, size_t max) MUST_CHECK;
/* An open file of the part's bytes; the caller closes it. */
struct err *part_open(int *fd, const struct part *part) MUST_CHECK;
/* The same to read messages from; ERR_LIMIT beyond INPUT_TEXT_MAX. */
struct err *part_open_text(int *fd, const struct part *part) MUST_CHECK;

#endif
