/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/intake/reader.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/util/utf8.h"
#include "tests/fuzz/fuzz.h"

/*
 * The law of reading what others export: no message is lost silently.
 *
 *	messages + left out + skipped + continued = lines or records
 *
 * and the warnings say so if something was skipped.  Whatever is refused is
 * refused with a sentence.
 *
 * An input is a file, its format to be found out; or, if its first line is the
 * name of a reader, what that one is given; or, if it begins with "=== NAME",
 * a folder whose files each follow a line of that form.  Mails have a target
 * of their own.
 */

#define FILES_MAX 32

static char *dir;

static void
clean_up(void)
{
	file_remove_tree(dir);
	free(dir);
}

static void
start(void)
{
	const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	struct err *e;

	if (dir != NULL)
		return;
	e = file_temp_dir(&dir, base);
	LAW(e == NULL);
	atexit(clean_up);
}

static void
put(const char *path, const char *p, size_t len)
{
	FILE *f = fopen(path, "wb");

	LAW(f != NULL);
	LAW(fwrite(p, 1, len, f) == len);
	LAW(fclose(f) == 0);
}

/* Could it be the name of a file in one folder, or at the top? */
static bool
is_name(const char *p, size_t len)
{
	size_t slashes = 0;

	for (size_t i = 0; i < len; i++) {
		slashes += p[i] == '/';
		if ((unsigned char)p[i] <= ' ' || (unsigned char)p[i] >= 0x7f)
			return false;
	}
	return len > 0 && len < 80 && slashes <= 1 && p[0] != '/' &&
	    p[0] != '.' && p[len - 1] != '/' && memchr(p, '.', len) != p;
}

/* "=== NAME\n" at p: behind it, and the name; else NULL. */
static const char *
separator(const char *p, const char *end, char **name)
{
	const char *lf = memchr(p, '\n', (size_t)(end - p));

	if (end - p < 6 || memcmp(p, "=== ", 4) != 0 || lf == NULL ||
	    !is_name(p + 4, (size_t)(lf - p) - 4))
		return NULL;
	*name = mem_ndup(p + 4, (size_t)(lf - p) - 4);
	return lf + 1;
}

static void
put_folder(const char *folder, const char *p, const char *end)
{
	char *name = NULL, *next_name = NULL;

	p = separator(p, end, &name);
	for (int i = 0; p != NULL && i < FILES_MAX; i++) {
		const char *at = p, *next = NULL;
		char *path = path_join(folder, name);
		char *parent = path_parent(path);

		while (at < end &&
		    (next = separator(at, end, &next_name)) == NULL) {
			at = memchr(at, '\n', (size_t)(end - at));
			at = at == NULL ? end : at + 1;
		}
		/* a name may be given twice, or as file and folder */
		if (access(path, F_OK) != 0 &&
		    (access(parent, F_OK) == 0 || mkdir(parent, 0700) == 0) &&
		    access(parent, X_OK) == 0)
			put(path, p, (size_t)(at - p));
		free(path);
		free(parent);
		free(name);
		name = next_name;
		next_name = NULL;
		p = next;
	}
	free(name);
}

static void
vet(struct err *e)
{
	LAW(err_text(e)[0] != '\0');
	LAW(utf8_valid(err_text(e), strlen(err_text(e))));
	LAW(!err_is(e, ERR_SYSTEM));
	err_drop(e);
}

static void
law(const struct intake_facts *f)
{
	const char *text;

	LAW(f->messages > 0);
	LAW(f->units == f->messages + f->left_out + f->skipped + f->continued);
	LAW(f->system <= f->messages);
	LAW(f->skipped == 0 || f->warnings.n > 0);
	for (size_t i = 0; i < f->warnings.n; i++) {
		text = f->warnings.v[i];
		LAW(utf8_valid(text, strlen(text)));
	}
	for (size_t i = 0; i < f->authors.n; i++) {
		text = f->authors.v[i];
		LAW(utf8_valid(text, strlen(text)));
	}
}

static void
run(const char *path, const char *format)
{
	struct sink_options options = { .since = INT64_MIN,
		.until = INT64_MAX,
		.now = 1795000000,
		.temp_dir = dir };
	struct input *in = NULL;
	struct choice choice;
	struct intake_facts facts = { 0 };
	struct err *e = input_open(&in, path, -1, NULL, dir);

	/* archives have a reader, and tests, of their own */
	if (e == NULL && in->type != INPUT_ARCHIVE &&
	    (e = reader_choose(&choice, in, format)) == NULL &&
	    strcmp(choice.reader->name, "eml") != 0 &&
	    strcmp(choice.reader->name, "mbox") != 0 &&
	    strcmp(choice.reader->name, "maildir") != 0 &&
	    (e = reader_run(&facts, &choice, in, &options, DATE_UNKNOWN)) ==
		NULL)
		law(&facts);
	intake_facts_release(&facts);
	input_close(in);
	if (e != NULL)
		vet(e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *end = p + size, *lf;
	char *path, *format = NULL, *name = NULL;

	start();
	if (size == 0 || size > 1u << 20)
		return 0;
	path = path_join(dir, "input");
	if (separator(p, end, &name) != NULL) {
		LAW(mkdir(path, 0700) == 0);
		put_folder(path, p, end);
	} else {
		lf = memchr(p, '\n', size);
		if (lf != NULL && lf - p < 32)
			format = mem_ndup(p, (size_t)(lf - p));
		if (format != NULL && reader_find(format) != NULL)
			p = lf + 1;
		put(path, p, (size_t)(end - p));
	}
	run(path,
	    format != NULL && reader_find(format) != NULL ? format : NULL);
	file_remove_tree(path);
	free(name);
	free(format);
	free(path);
	return 0;
}
